"""Markdown pages of the repository as Sphinx reads them: anchors, links to anchors, and tables of contents.

The pages are written so that GitHub shows them too. Three things differ on the site:

- ``<a id="r5"></a>`` becomes a target of Sphinx;
- a link to such an anchor, ``[R5](../rules.md#r5)``, becomes a reference to that target;
- the comment ``<!-- toctree: compare plan -->`` becomes the hidden table of contents that orders the site.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

GENERATED = re.compile(
    r"^(?P<begin><!-- generated: (?P<name>[a-z ]+?)(?:: (?P<names>[^>]+?))? -->\n)(?P<text>.*?)^(?P<end><!-- end -->)$",
    re.MULTILINE | re.DOTALL,
)
"""A part of a page that `write` makes."""
ANCHOR = re.compile(r'<a id="([\w.-]+)"></a>')
LINK = re.compile(r"\]\((?P<page>[\w./-]*\.md)?#(?P<anchor>[\w.-]+)\)")
TOCTREE = re.compile(r"<!-- toctree: ([^>]+) -->")


def adapt(app: Sphinx, docname: str, source: list[str]) -> None:
    """Make Sphinx's own anchors, links and tables of contents of a page."""
    source[0] = adapted(source[0], Path(app.srcdir, f"{docname}.md"))


def adapted(text: str, page: Path) -> str:
    """Return the text of a page as Sphinx reads it."""

    def link(found: re.Match[str]) -> str:
        target = page.parent / found["page"] if found["page"] else page
        is_anchor = target.exists() and found["anchor"] in ANCHOR.findall(target.read_text("utf-8"))
        return f"](#{found['anchor']})" if is_anchor else found[0]

    text = LINK.sub(link, text)
    text = ANCHOR.sub(r"(\1)=", text)
    return TOCTREE.sub(lambda found: "\n".join(["```{toctree}", ":hidden:", "", *found[1].split(), "```"]), text)
