"""The picture in the README is one of today's report, small, and not cut off."""

from __future__ import annotations

import pytest
from PIL import Image

from docs._site import picture
from tests.browser.browsing import BROWSER, NOT_RUN
from tests.docs.examples import run_quickly


def said(path):
    with Image.open(path) as image:
        return image.text["Description"]


def test_the_picture_is_small():
    assert picture.PICTURE.stat().st_size <= picture.LARGEST


@pytest.mark.slow
def test_the_picture_says_what_the_scenario_gives_today():
    summary = run_quickly(f"capsim run {picture.SCENARIO} --quiet", picture.ROOT)
    assert said(picture.PICTURE) in summary, "the picture is not current: `make picture` takes it again"


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason=NOT_RUN)
def test_the_picture_can_be_taken_again(tmp_path):
    assert picture.main(tmp_path / "report.png") == 0
    assert said(tmp_path / "report.png") == said(picture.PICTURE)
