"""The documentation site builds without a warning, its links lead somewhere, and a browser can read and search it."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

import capsim
from docs._site.python_names import anchor
from tests.browser.browsing import BROWSER, NOT_RUN, SHOTS, browser
from tests.docs.examples import ROOT

DOCS = ROOT / "docs"


def load_links():
    spec = importlib.util.spec_from_file_location("links", DOCS / "_site" / "links.py")
    links = importlib.util.module_from_spec(spec)
    sys.modules["links"] = links
    spec.loader.exec_module(links)
    return links


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going", "-E", "-q", "-b", "html"]
    done = subprocess.run(
        [*command, "-d", folder / "doctrees", DOCS, folder / "html"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


@pytest.mark.slow
def test_the_site_builds_its_links_lead_somewhere_and_it_asks_nobody(site):
    wrong, outside = load_links().check(site)
    assert not wrong, "\n".join(wrong)
    assert all(target.startswith("https://") for target in outside)


@pytest.mark.slow
def test_the_reference_has_every_name_every_key_and_every_option(site):
    python = "".join((site / "reference" / f"{name}.html").read_text("utf-8") for name in ("python", "python-results"))
    for name in set(capsim.__all__) - {"__version__"}:
        assert f'id="{anchor(name).replace("_", "-")}"' in python, name
    from capsim.cli import COMMANDS, build_app

    app, page = build_app(), (site / "reference" / "command-line.html").read_text("utf-8")
    for command in COMMANDS:
        section = page.partition(f'id="capsim-{command}"')[2].partition("</section>")[0]
        for one in app[command].assemble_argument_collection():
            if one.names[0] == "*":  # options that several commands share; each of them comes too
                continue
            assert one.names[0].removesuffix("S") in section, (command, one.names)
    from capsim.scenario import json_schema

    page = (site / "reference" / "scenario.html").read_text("utf-8")
    schema = json_schema()
    for name, part in {"Scenario": schema, **schema["$defs"]}.items():
        section = page.partition(f'id="keys-{name.lower()}"')[2].partition("</section>")[0]
        for key in part["properties"]:
            assert f'<span class="pre">{key}</span>' in section, (name, key)


def test_links_that_lead_nowhere_and_pages_that_ask_others_are_found(tmp_path):
    (tmp_path / "index.html").write_text(
        '<a href="away.html"></a> <a href="#there"></a> <a id="here" href="#here"></a> <a href="http://a.example"></a>'
        '<img src="https://b.example/x.png"> <script src="//c.example/x.js"></script>'
        '<style>@import "//d.example"</style>'
    )
    (tmp_path / "x.css").write_text("@font-face { src: url('https://e.example/font.woff2') }")
    wrong, outside = load_links().check(tmp_path)
    assert outside == ["http://a.example"]
    assert len(wrong) == 7
    for sign in ("away.html", "#there", "http://a.example", "b.example", "c.example", "d.example", "e.example"):
        assert sum(sign in problem for problem in wrong) == 1, sign


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason=NOT_RUN)
def test_the_site_is_read_and_searched_in_a_browser_without_a_network(site, tmp_path):
    pages = partial(SimpleHTTPRequestHandler, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), pages) as server, browser(tmp_path) as tab:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home = f"http://127.0.0.1:{server.server_port}/"
        for name, sought in (
            ("index", "Where to go"),
            ("tutorial/index", "Save a report"),
            ("how-to/plan", "Other targets"),
            ("reference/scenario", "A file with every key"),
            ("reference/python", "Simulate a scenario"),
        ):
            tab.open(f"{home}{name}.html")
            tab.wait_for(sought)
            tab.picture(SHOTS / f"site_{name.replace('/', '_')}.png", 1300, 1800)
            tab.picture(SHOTS / f"site_{name.replace('/', '_')}_narrow.png", 420, 1800)
            assert tab.value("document.documentElement.scrollWidth <= window.innerWidth"), name
        tab.open(f"{home}search.html?q=prepaid")
        tab.wait_for("Model a quarter of changes|prepaid balance")
        server.shutdown()
    assert [one for one in tab.asked if not one.startswith((home, "data:"))] == []
    assert tab.complaints == []
