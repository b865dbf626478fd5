"""Markdown pages as Sphinx reads them: generated parts filled in, rules and their anchors linked."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

from _site import command_line, scenario_keys

PARTS = {
    "scenario keys": scenario_keys.markdown,
    "scenario template": scenario_keys.template,
    "command line": command_line.markdown,
}
"""Comment ``<!-- generated: NAME -->`` of a page -> what takes its place."""
RULE = re.compile(r"(?<![\w`\[#/])([RM]\d{1,2})(?![\w`\]])")


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Fill in a page's generated parts; make the anchors of the rules Sphinx's own, and links to them too.

    The rules have several titles, and a page of the site has one: what stands under a further one goes a level down.
    """
    text = re.sub(r"<!-- generated: ([a-z ]+) -->", lambda found: PARTS[found[1]](), source[0])
    text = re.sub(r'<a id="([rm]\d+)"></a>', r"(\1)=", text)
    if docname == "rules":
        title, *others = re.split(r"^(?=# )", text, flags=re.MULTILINE)[1:]
        text = title + "".join(re.sub(r"^#", "##", part, flags=re.MULTILINE) for part in others)
    source[0] = re.sub(r"\]\([./\w-]*rules\.md#([rm]\d+)\)", r"](#\1)", text)


def with_rules(text: str) -> str:
    """Text with the rules that it cites as links."""
    return RULE.sub(lambda found: f"[{found[1]}](#{found[1].lower()})", text)
