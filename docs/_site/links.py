"""Walk the built site: every link inside it leads somewhere, and no page loads anything from outside.

``python docs/_site/links.py out/site`` lists the links that lead outside, and exits with 1 where something is wrong.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "src"),
    ("object", "data"),
}
"""Elements and attributes that a browser fetches by itself, without a click."""
IN_STYLES = re.compile(r"""(?:url\(\s*['"]?|@import\s+['"])((?:https?:)?//[^'")\s]+)""")
"""Addresses that a style sheet would fetch."""
IN_SCRIPTS = re.compile(r"""(?:fetch|import|importScripts|open)\(\s*['"`]((?:https?:)?//[^'"`]+)""")
"""Addresses that a script would fetch."""


@dataclass
class Page:
    """Anchors and links of a page, and the addresses that it loads."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.page.anchors |= {given[name] for name in ("id", "name") if given.get(name)}
        for name in ("href", "src", "data"):
            if not given.get(name):
                continue
            if (tag, name) in LOADING:
                self.page.loads.append(given[name])
            elif name != "data":
                self.page.links.append(given[name])
        self.page.loads += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        self.page.loads += IN_STYLES.findall(given.get("style", ""))


def read(path: Path) -> Page:
    text = path.read_text("utf-8")
    reader = _Reader()
    reader.feed(text)
    reader.page.loads += IN_STYLES.findall(text)
    return reader.page


def check(site: Path) -> tuple[list[str], list[str]]:
    """Return what is wrong with a site, and its links that lead outside."""
    pages = {path: read(path) for path in sorted(site.rglob("*.html"))}
    wrong: list[str] = [] if pages else [f"{site} has no page"]
    outside: set[str] = set()
    for path, page in pages.items():
        here = path.relative_to(site)
        wrong += [f"{here} loads {target} from outside" for target in page.loads if _is_outside(target)]
        for target in [*page.links, *(target for target in page.loads if not _is_outside(target))]:
            if _is_outside(target):
                outside.add(target)
                continue
            problem = _problem(path, target, pages)
            wrong += [f"{here}: {target}: {problem}"] if problem else []
    for path in sorted([*site.rglob("*.css"), *site.rglob("*.js")]):
        text, sought = path.read_text("utf-8"), IN_STYLES if path.suffix == ".css" else IN_SCRIPTS
        wrong += [f"{path.relative_to(site)} loads {target} from outside" for target in sought.findall(text)]
    wrong += [f"{target}: a link outside must be https" for target in sorted(outside) if not _is_secure(target)]
    return wrong, sorted(outside)


def _is_outside(target: str) -> bool:
    return bool(urlsplit(target).netloc) or urlsplit(target).scheme not in ("", "data")


def _is_secure(target: str) -> bool:
    return urlsplit(target).scheme == "https"


def _problem(path: Path, target: str, pages: dict[Path, Page]) -> str | None:
    """Why a link inside leads nowhere; None where it does not."""
    parts = urlsplit(target)
    if parts.scheme == "data":
        return None
    found = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if found.is_dir():
        found /= "index.html"
    if not found.exists():
        return "there is no such file"
    if parts.fragment and found in pages and unquote(parts.fragment) not in pages[found].anchors:
        return "the page has no such anchor"
    return None


def main(folder: str) -> int:
    """Print what was found; the exit status."""
    site = Path(folder).resolve()
    wrong, outside = check(site)
    count = sum(1 for _ in site.rglob("*.html"))
    print(f"{folder}/index.html: {count} pages; links outside: {', '.join(outside) or 'none'}")
    for problem in wrong:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
