"""The times of changes: wrong ones, local clocks that change, and recurring ones."""

from __future__ import annotations

import pytest

from tests.reference.marked_changes import check, instants

WRONG_TIMES = [
    ("{at: »2026-11-01, leave: {did: london}}", "at", ["before the start", "2026-11-01"]),
    ("{at: »2026-11-01 23:59, leave: {did: london}}", "at", ["before the start"]),
    ("{at: »2026-12-32, leave: {did: london}}", "at",
     ["local date or date-time", "36 h or 2 weeks", "got '2026-12-32'"]),
    ("{at: »2026-12-01 24:00, leave: {did: london}}", "at", ["local date or date-time", "got '2026-12-01 24:00'"]),
    ("{at: »2026-12-01T12:00Z, leave: {did: london}}", "at", ["local date or date-time"]),
    ("{at: »1 December, leave: {did: london}}", "at", ["local date or date-time", "got '1 December'"]),
    ("{at: »2026-13-01, leave: {did: london}}", "at", ["local date or date-time"]),
    ("{at: »2300-01-01, leave: {did: london}}", "at", ["local date or date-time"]),
    ("{at: »20261201, leave: {did: london}}", "at", ["local date or date-time", "got 20261201"]),
    ("{at: »-3 h, leave: {did: london}}", "at", ["length of time after the start", "got '-3 h'"]),
    ("{at: »3 fortnights, leave: {did: london}}", "at", ["'fortnights'", "got '3 fortnights'"]),
    ("{at: »1.5 weeks, leave: {did: london}}", "at", ["whole number of weeks", "got '1.5 weeks'"]),
    ("{at: »Friday 17:00, leave: {did: london}}", "at", ["local date or date-time", "got 'Friday 17:00'"]),
    ("{at: »999999999999 months, leave: {did: london}}", "at", ["beyond the calendar", "999999999999 months"]),
    ("{at: »999999999999 weeks, leave: {did: london}}", "at", ["beyond the calendar"]),
    ("{at: »999999999999 h, leave: {did: london}}", "at", ["beyond the calendar"]),
    ("{at: »9999999999999 h, leave: {did: london}}", "at", ["number and a unit"]),
    ("{at: 2026-12-01, until: »2026-12-01, assign: {group: support, metered: 1}}", "until",
     ["later than at", "2026-12-01"]),
    ("{at: 2026-12-01, until: »2026-11-30 23:59, assign: {group: support, metered: 1}}", "until", ["later than at"]),
    ("{at: 2 weeks, until: »36 h, assign: {group: support, metered: 1}}", "until", ["later than at", "36 h"]),
    ("{at: 2026-12-01, until: »999999999999 days, assign: {group: support, metered: 1}}", "until",
     ["beyond the calendar"]),
    ("{at: 2026-12-01, until: »soon, assign: {group: support, metered: 1}}", "until", ["got 'soon'"]),
    ("{every: »Frday 17:00, leave: {did: london}}", "every", ["Friday 17:00", "Monday, Tuesday", "got 'Frday 17:00'"]),
    ("{every: »Friday, leave: {did: london}}", "every", ["a day and a local time", "got 'Friday'"]),
    ("{every: »Friday 5pm, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: »Friday 7:00, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: »Friday 24:00, leave: {did: london}}", "every", ["00:00 to 23:59", "got 'Friday 24:00'"]),
    ("{every: »Friday 23:60, leave: {did: london}}", "every", ["00:00 to 23:59"]),
    ("{every: »2026-12-01, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: »2 weeks, leave: {did: london}}", "every", ["a day and a local time"]),
    ("{every: Friday 17:00, until: »Sundy 23:00, assign: {group: support, metered: 1}}", "until",
     ["Sunday", "got 'Sundy 23:00'"]),
    ("{every: day 17:00, until: »Sunday 23:00, assign: {group: support, metered: 1}}", "until",
     ["after the next occurrence", "Sunday 23:00", "day 17:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("change", "key", "words"), WRONG_TIMES, ids=[row[0].replace("»", "") for row in WRONG_TIMES])
def test_a_time_that_cannot_be_is_an_error_at_the_time(broken, change, key, words):
    check(broken(change), [change], "R11", f"changes.0.{key}", words)


@pytest.mark.parametrize(
    ("zone", "start", "at"),
    [
        ("Europe/London", "2026-03-01", "2026-03-29 01:30"),
        ("Europe/London", "2026-03-01", "2026-03-29 01:00"),
        ("America/New_York", "2026-03-01", "2026-03-08 02:00"),
        ("Africa/Cairo", "2026-04-01", "2026-04-24 00:30"),
        ("Pacific/Apia", "2011-12-01", "2011-12-30 12:00"),
    ],
)
def test_a_local_time_that_the_clocks_skip_is_an_error(broken, zone, start, at):
    change = f"{{at: »{at}, leave: {{did: london}}}}"
    replacing = (("timezone: Europe/London", f"timezone: {zone}"), ("start: 2026-11-02", f"start: {start}"))
    check(broken(change, replacing=replacing), [change], "R11", "changes.0.at", ["does not exist", zone, "go forward"])


def test_a_date_is_meant_as_it_begins_also_where_the_clocks_skip_its_midnight(loaded):
    replacing = (("timezone: Europe/London", "timezone: Africa/Cairo"), ("start: 2026-11-02", "start: 2026-04-01"))
    made = loaded("{at: 2026-04-24, set: {did: london, capacity_limit: 4}}", replacing=replacing)
    assert instants(made) == ["Fri 04-24 01:00 +0300"]


def test_an_until_that_the_clocks_skip_is_an_error_too(broken):
    change = "{at: 2026-03-28, until: »2026-03-29 01:30, assign: {group: support, metered: 1}}"
    problems = broken(change, replacing=(("start: 2026-11-02", "start: 2026-03-01"),))
    check(problems, [change], "R11", "changes.0.until", ["does not exist", "2026-03-29 01:30"])


def test_a_local_time_that_comes_twice_is_meant_the_first_time(loaded):
    """In London the clocks go from 02:00 back to 01:00 on 25 October."""
    made = loaded(
        "{at: 2026-10-25 01:30, set: {did: london, capacity_limit: 4}}",
        replacing=(("start: 2026-11-02", "start: 2026-10-20"),),
    )
    assert instants(made) == ["Sun 10-25 01:30 +0100"]


def test_a_recurring_local_time_stays_the_same_on_the_clock(loaded):
    weekends = "{every: Friday 17:00, until: Sunday 23:00, assign: {group: support, metered: 1}}"
    made = loaded(weekends, replacing=(("start: 2026-11-02", "start: 2026-10-20"), ("2 months", "2 weeks")))
    assert instants(made) == [
        "Fri 10-23 17:00 +0100",
        "Sun 10-25 23:00 +0000",
        "Fri 10-30 17:00 +0000",
        "Sun 11-01 23:00 +0000",
    ]


@pytest.mark.parametrize("until", ["02:00", "02:15", "02:30", "02:31", "03:00"])
def test_a_turn_that_begins_in_the_skipped_hour_ends_on_the_same_day_if_it_takes_place_at_all(loaded, until):
    """In London 01:30 is skipped on 29 March; the night's turn to 02:00 or later must not go on to the next night."""
    nightly = f"{{every: day 01:30, until: day {until}, assign: {{group: support, metered: 1}}}}"
    made = loaded(nightly, replacing=(("start: 2026-11-02", "start: 2026-03-28"), ("2 months", "4 days")))
    metered = dict.fromkeys(range(28, 32), 10)
    for step in made.timeline.steps:
        if "support" in step.groups:
            metered[step.day.day] = step.groups["support"].metered
    assert metered == {28: 10, 29: 10, 30: 10, 31: 10}, "what each day ends with"


def test_a_turn_under_way_at_the_start_begins_with_it_and_one_at_the_end_stays(loaded):
    """From Saturday 7 November to Saturday 21 November, 12:00."""
    weekends = "{every: Friday 17:00, until: Sunday 23:00, assign: {group: support, metered: 1}}"
    replacing = (("start: 2026-11-02", "start: 2026-11-07 12:00"), ("2 months", "2 weeks"))
    assert instants(loaded(weekends, replacing=replacing)) == [
        "Sat 11-07 12:00 +0000",
        "Sun 11-08 23:00 +0000",
        "Fri 11-13 17:00 +0000",
        "Sun 11-15 23:00 +0000",
        "Fri 11-20 17:00 +0000",
    ]


def test_weekday_and_day_are_five_and_seven_days(loaded):
    replacing = (("2 months", "1 weeks"),)
    change = "{every: weekday 08:00, until: weekday 18:00, assign: {group: support, metered: 1}}"
    assert len(instants(loaded(change, replacing=replacing))) == 10
    change = change.replace("weekday", "day")
    assert len(instants(loaded(change, replacing=replacing))) == 14


def test_a_turn_may_end_a_minute_before_the_next_begins_even_over_a_weekend(broken):
    assert broken("{every: weekday 09:00, until: weekday 08:59, assign: {group: support, metered: 1}}") == []


def test_one_turn_may_begin_as_the_one_before_it_ends(loaded):
    change = "{every: day 08:00, until: day 08:00, assign: {group: support, metered: 1}}"
    made = loaded(change, replacing=(("2 months", "3 days"),))
    assert [step.groups["support"].metered for step in made.timeline.steps if step.groups] == [11, 11, 11, 11]
