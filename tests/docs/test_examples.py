"""The examples of the README and of every page of docs/ do what they show."""

from __future__ import annotations

import re

import pytest

import capsim
from tests.docs.examples import DOCUMENTS, ROOT, SCENARIOS, blocks_of, outcomes

SHOWN = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
RUN = {"console", "python", "yaml"}
TOLD = [page for page in DOCUMENTS if RUN & {one.language for one in blocks_of(page.read_text("utf-8"))}]


def name_of(page):
    return str(page.relative_to(ROOT))


@pytest.mark.slow
@pytest.mark.parametrize("page", TOLD, ids=name_of)
def test_the_examples_of_a_document_do_what_they_show(page, tmp_path):
    for block, said in outcomes(page.read_text("utf-8"), tmp_path):
        assert said == block.text, f"not current: `python -m tests.docs.examples {name_of(page)}` writes the output"


@pytest.mark.parametrize("page", TOLD, ids=name_of)
def test_yaml_of_a_document_is_a_file_or_stands_in_one(page):
    whole = [*(path.read_text("utf-8") for path in SCENARIOS), capsim.scenario.TEMPLATE]
    for block in blocks_of(page.read_text("utf-8")):
        if block.language == "yaml" and block.file is None:
            assert any(block.text in text for text in whole), f"in no scenario: {block.text}"


def test_commands_that_are_only_shown_exist_with_their_options():
    from capsim.cli import COMMANDS, build_app

    app = build_app()
    known = {
        name: {option for one in app[name].assemble_argument_collection() for option in one.names} for name in COMMANDS
    }
    for page in DOCUMENTS:
        for line in "".join(SHOWN.findall(page.read_text("utf-8"))).splitlines():
            for command, rest in re.findall(r"(?:^|\s)capsim (\w+)([^|;&#]*)", line.partition("#")[0]):
                assert command in COMMANDS, line
                assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known[command], line
