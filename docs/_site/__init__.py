"""What the site needs beside Sphinx: pages made of capsim's own schema, command line and docstrings.

`pages` puts what `scenario_keys` and `command_line` tell into the pages that ask for it, `docstrings` reads the
docstrings, `references` finds what a signature names. `links` walks the built site; it is no part of the build.
"""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx

from _site import docstrings, pages, references


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("source-read", pages.fill)
    app.connect("autodoc-process-docstring", docstrings.to_rst)
    app.connect("autodoc-process-signature", docstrings.without_internals)
    app.connect("missing-reference", references.find)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
