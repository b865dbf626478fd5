"""The reference in the repository is what capsim says today, and its links lead somewhere on GitHub too."""

from __future__ import annotations

import re

import pytest

import capsim
from docs._site import pages, python_names, scenario_keys, write
from docs._site.docstrings import Entry, parse, prose
from tests.docs.examples import DOCUMENTS, ROOT

LINK = re.compile(r"\]\(([^)\s:]*?)(?:#([^)\s]+))?\)")


@pytest.mark.parametrize("page", write.pages(), ids=lambda page: page.name)
def test_the_reference_is_current(page):
    text = page.read_text("utf-8")
    assert text == write.current(text), (
        f"docs/{page.relative_to(write.DOCS)} is not current: `{write.COMMAND}` writes it"
    )


def test_every_generated_part_has_a_page():
    named = {part["name"] for page in write.pages() for part in pages.GENERATED.finditer(page.read_text("utf-8"))}
    assert named == set(write.MAKERS)


def test_every_public_name_is_in_the_reference():
    text = "".join(
        (ROOT / "docs" / "reference" / name).read_text("utf-8") for name in ("python.md", "python-results.md")
    )
    for name in set(capsim.__all__) - {"__version__"}:
        assert f'<a id="{python_names.anchor(name)}"></a>\n### `capsim.{name}`' in text, name


def anchors(text):
    """What a link to a page may name: its explicit anchors, and its headings as GitHub and the site shorten them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return slugs | set(pages.ANCHOR.findall(text))


@pytest.mark.parametrize("page", DOCUMENTS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_document_lead_somewhere(page):
    for target, anchor in LINK.findall(re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)):
        found = page.parent / target if target else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found.read_text("utf-8")), f"{target}#{anchor}"


def test_a_name_that_is_gone_is_named():
    with pytest.raises(LookupError, match="Weather: modules with such a class: none"):
        python_names.markdown("Weather")


def test_numpydoc_and_the_shorter_form_are_read_alike():
    long = parse(
        "Do it.\n\nParameters\n----------\nhow : str\n    Some way.\n\nRaises\n------\nInputError\n    Where it fails."
    )
    short = parse("Do it.\n\nParameters\n----------\nhow, why : some way. when : some\n    day.")
    assert long.paragraphs == short.paragraphs == ["Do it."]
    assert long.sections == {
        "Parameters": [Entry("how", "str", "Some way.")],
        "Raises": [Entry("InputError", "", "Where it fails.")],
    }
    assert short.sections == {"Parameters": [Entry("how, why", "", "some way."), Entry("when", "", "some day.")]}


def test_examples_of_docstrings_and_indented_text_are_fences():
    found = parse("Do it::\n\n    so\n\nExamples\n--------\n>>> 1 + 1\n2\n")
    assert found.paragraphs == ["Do it:", "```text\nso\n```"]
    assert found.texts == {"Examples": ["```pycon\n>>> 1 + 1\n2\n```"]}


def test_lists_of_docstrings_stay_lists_but_not_in_a_table():
    found = parse("Do it.\n\n- one\n  thing\n- another\n\nRaises\n------\nInputError\n    Where it fails.")
    assert found.paragraphs == ["Do it.", "- one thing\n- another"]
    assert found.on_one_line() == "Do it. **Raises** `InputError`: Where it fails."


def test_prose_links_rules_and_names_and_keeps_code():
    link = {"capsim.load": "python.md#function-load"}.get
    assert prose("See `capsim.load`, R5 and ``R6 * 2``; 2 * 3 < 7.", link) == (
        "See [`capsim.load`](python.md#function-load), [R5](../rules.md#r5) and `R6 * 2`; 2 \\* 3 &lt; 7."
    )


def test_a_page_for_sphinx_has_its_own_anchors_links_and_contents():
    rules = ROOT / "docs" / "reference" / "here.md"
    text = '<a id="here"></a>\n[R5](../rules.md#r5) [list](../rules.md#words)\n<!-- toctree: a b -->'
    assert pages.adapted(text, rules) == (
        "(here)=\n[R5](#r5) [list](../rules.md#words)\n```{toctree}\n:hidden:\n\na\nb\n```"
    )


def test_every_key_has_a_row():
    text = scenario_keys.markdown()
    schema = capsim.scenario.json_schema()
    for name, part in {"Scenario": schema, **schema["$defs"]}.items():
        section = text.partition(f'<a id="keys-{name.lower()}"></a>')[2].partition("<a id=")[0]
        for key in part["properties"]:
            assert f"| `{key}` |" in section, (name, key)
