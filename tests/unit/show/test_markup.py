"""Markup is told from text by its type, and text cannot get into it unescaped."""

from __future__ import annotations

from html import escape

import pytest

from capsim.show import page as html
from capsim.show.markup import NOTHING, Fragment, joined

HOSTILE = """<script>alert("1")</script> & 'x' {0}"""


@pytest.mark.parametrize(
    "made",
    [
        Fragment("<p>{}</p>").format(HOSTILE),
        Fragment("<p>") + HOSTILE + Fragment("</p>"),
        joined([Fragment("<p>"), HOSTILE, Fragment("</p>")]),
        html.paragraph(HOSTILE),
    ],
)
def test_text_that_goes_into_a_fragment_is_escaped_once_as_html_does_it(made):
    assert made == f"<p>{escape(HOSTILE)}</p>"
    assert isinstance(made, Fragment)


def test_a_fragment_goes_into_another_as_it_is():
    assert Fragment("<p>{}</p>").format(Fragment("<b>bold</b>")) == "<p><b>bold</b></p>"
    assert Fragment.escape(Fragment("<b>")) == "<b>"


def test_parts_without_anything_to_show_are_nothing():
    empty = [
        html.paragraph(""),
        html.verbatim(""),
        html.folded("more", NOTHING),
        html.tiles([]),
        html.table("t", (), []),
    ]
    assert empty == [NOTHING] * len(empty)
    assert html.section("Nothing", *empty).body == ""


def test_no_part_of_a_page_takes_a_name_for_markup():
    table = html.table(HOSTILE, [HOSTILE], [[HOSTILE, HOSTILE]])
    parts = [
        table,
        html.heading(HOSTILE, HOSTILE),
        html.verdict(HOSTILE),
        html.tiles([(HOSTILE, HOSTILE, HOSTILE, "met")]),
    ]
    whole = html.page(HOSTILE, parts, [html.section(HOSTILE, html.folded(HOSTILE, html.verbatim(HOSTILE)))])
    assert "<script" not in whole
    assert whole.count(escape(HOSTILE)) == 14
