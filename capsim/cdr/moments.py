"""How dates and times are written: recognising a form, and reading it in SQL as microseconds since 1970."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_ZONE = r"Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2}"
_ISO = rf"(\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}[ T]\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,9}})?)?) ?({_ZONE})?"
_CLOCK = r"(?:T|,? )\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,6})?)?"
_HALVES = r"(?P<half> ?[AaPp][Mm])?"
_NUMERIC = re.compile(rf"(\d{{1,2}})(?P<mark>[-/.])(\d{{1,2}})(?P=mark)(\d{{4}}|\d\d){_CLOCK}{_HALVES}")
_YEAR_FIRST = re.compile(rf"\d{{4}}(?P<mark>[-/.])\d{{1,2}}(?P=mark)\d{{1,2}}{_CLOCK}{_HALVES}")
_NAMED = re.compile(rf"\d{{1,2}}(?P<mark>[-/. ])[A-Za-z]{{3}}(?P=mark)(?P<year>\d{{4}}|\d\d){_CLOCK}{_HALVES}")
_ANYWHERE = re.compile(r"(?<![\d/.-])(\d{1,2})([-/.])(\d{1,2})\2(?:\d{4}|\d\d)[ ,T]")

WORDS = {
    "iso": "year-month-day",
    "ymd": "year-month-day",
    "dmy": "day-month-year",
    "mdy": "month-day-year",
    "dby": "day, name of the month, year",
    "compact": "year, month, day, hours, minutes, seconds without marks",
    "epoch": "seconds since 1970 (UTC)",
    "epoch_ms": "milliseconds since 1970 (UTC)",
}


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a moment.

    Parameters
    ----------
    order : a key of `WORDS`.
    mark : between the parts of the date.
    long_year : four digits, not two.
    halves : with AM and PM.
    example : a value of the file.
    assumed : the order of day and month could not be told from what was seen, and is taken to be day first.
    """

    order: str
    mark: str = ""
    long_year: bool = True
    halves: bool = False
    example: str = ""
    assumed: bool = False

    def __str__(self) -> str:
        text = f"{WORDS[self.order]}, as in {self.example}"
        return f"{text} (day before month is an assumption: pass day_first to settle it)" if self.assumed else text

    @property
    def absolute(self) -> bool:
        """Whether every value is an instant by itself, whatever the time zone."""
        return self.order.startswith("epoch")

    def usual_sql(self, text: str) -> str:
        """Whether a value surely has no offset, no fraction, and no other length than 2026-11-02 08:30:00."""
        return f"length({text}) = 19 AND {text}[17] = ':'" if self.order == "iso" else "true"

    def sql(self, text: str, usual: bool = False) -> tuple[str, str]:
        """Two expressions on the column ``text``: microseconds as read, and the offset in the text.

        The first is NULL where the value does not have this form; the second is NULL where a value
        has no offset, so that it is local time. ``usual`` says that all values are as `usual_sql` asks.
        """
        if usual and self.order == "iso":
            return f"epoch_us(TRY_CAST({text} AS TIMESTAMP))", "NULL"
        if self.absolute:
            scale = 1_000_000 if self.order == "epoch" else 1000
            pattern = r"\d{9,11}([.,]\d+)?" if self.order == "epoch" else r"\d{12,14}([.,]\d+)?"
            number = f"TRY_CAST(replace({text}, ',', '.') AS DECIMAL(24, 6))"
            return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN CAST({number} * {scale} AS BIGINT) END", "0"
        if self.order == "iso":
            plain = self.usual_sql(text)
            zone = f"regexp_extract({text}, '{_ISO}', 2)"
            moment = (
                f"CASE WHEN {plain} THEN epoch_us(TRY_CAST({text} AS TIMESTAMP)) "
                f"WHEN regexp_full_match({text}, '{_ISO}') THEN "
                f"epoch_us(TRY_CAST(replace(regexp_extract({text}, '{_ISO}', 1), ',', '.') AS TIMESTAMP)) END"
            )
            minutes = f"CAST({zone}[2:3] AS BIGINT) * 60 + coalesce(TRY_CAST(right({zone}, 2) AS BIGINT), 0)"
            whole = f"CAST({zone}[2:3] AS BIGINT) * 60"
            size = f"(CASE WHEN length({zone}) > 3 THEN {minutes} ELSE {whole} END) * 60000000"
            offset = (
                f"CASE WHEN {plain} OR NOT regexp_full_match({text}, '{_ISO}') OR {zone} = '' THEN NULL "
                f"WHEN {zone} IN ('Z', 'UTC', 'GMT') THEN 0 WHEN {zone}[1] = '-' THEN -({size}) ELSE {size} END"
            )
            return moment, offset
        clean = f"replace(replace({text}, ', ', ' '), ',', '.')"
        tries = ", ".join(f"TRY_STRPTIME({clean}, '{one}')" for one in self._templates)
        return f"epoch_us(coalesce({tries}))", "NULL"

    @property
    def _templates(self) -> list[str]:
        if self.order == "compact":
            return ["%Y%m%d%H%M%S"]
        year = "%Y" if self.long_year else "%y"
        parts = {"y": year, "m": "%m", "d": "%d", "b": "%b"}
        day = self.mark.join(parts[letter] for letter in self.order)
        if self.halves:
            return [f"{day} {clock}" for clock in ("%I:%M:%S %p", "%I:%M %p", "%I:%M:%S%p", "%I:%M%p")]
        return [f"{day} {clock}" for clock in ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M")]


def recognise(values: Iterable[str], elsewhere: str = "", day_first: bool | None = None) -> Form | None:
    """The form that most of ``values`` have; None if none of them reads as a moment.

    Where day and month are both numbers, a number above 12 among the values, or else in ``elsewhere``
    (any text of the file), tells them apart; ``day_first`` settles it.
    """
    seen: Counter[Form] = Counter()
    examples: dict[Form, str] = {}
    pairs: list[tuple[int, int]] = []
    for value in values:
        form = _form(value)
        if form is not None:
            seen[form] += 1
            examples.setdefault(form, value)
            if form.order == "dmy":
                match = _NUMERIC.fullmatch(value)
                assert match is not None
                pairs.append((int(match[1]), int(match[3])))
    if not seen:
        return None
    form = seen.most_common(1)[0][0]
    order, assumed = form.order, False
    if order == "dmy":
        by_pairs = _order(pairs) or _order([(int(one[1]), int(one[3])) for one in _ANYWHERE.finditer(elsewhere)])
        if day_first is not None:
            order = "dmy" if day_first else "mdy"
        elif by_pairs:
            order = by_pairs
        else:
            assumed = True
    return Form(order, form.mark, form.long_year, form.halves, examples[form], assumed)


def _order(pairs: list[tuple[int, int]]) -> str | None:
    days = sum(first > 12 for first, _ in pairs)
    months = sum(second > 12 for _, second in pairs)
    if days == months:
        return None
    return "dmy" if days > months else "mdy"


def _form(value: str) -> Form | None:
    if match := _YEAR_FIRST.fullmatch(value):
        iso = match["mark"] in "-/" and not match["half"] and ", " not in value
        return Form("iso") if iso else Form("ymd", match["mark"], halves=bool(match["half"]))
    if re.fullmatch(_ISO, value):
        return Form("iso")
    if match := _NUMERIC.fullmatch(value):
        return Form("dmy", match["mark"], len(match[4]) == 4, bool(match["half"]))
    if match := _NAMED.fullmatch(value):
        return Form("dby", match["mark"], len(match["year"]) == 4, bool(match["half"]))
    if re.fullmatch(r"(19|20)\d{12}", value):
        return Form("compact")
    if re.fullmatch(r"\d{9,10}([.,]\d+)?", value):
        return Form("epoch")
    if re.fullmatch(r"\d{13}([.,]\d+)?", value):
        return Form("epoch_ms")
    return None
