"""Tools of the documentation: they write the reference into its pages, and help Sphinx to read the pages.

- `write` (``make reference``) writes the parts of the reference that come from capsim itself. `scenario_keys`,
  `command_line` and `python_names` make Markdown of the schema, the command line and the docstrings (`docstrings`).
- `picture` (``make picture``) takes the picture of a report for the README.
- `pages` adapts a page for Sphinx, and `links` walks the built site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def setup(app: Sphinx) -> dict[str, Any]:
    """Register this package as a Sphinx extension."""
    from . import pages

    app.connect("source-read", pages.adapt)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
