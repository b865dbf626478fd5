"""Local dates and the calendar: days of 23 and 25 hours, months of 28 to 31 days."""

from datetime import date

import pytest

import capsim
from capsim.units import Duration, add_months


def horizon(start, duration, zone="Europe/London", **keys):
    return capsim.Scenario(start=start, duration=duration, timezone=zone, dids={"a": {}}, **keys).horizon


@pytest.mark.parametrize(
    ("start", "duration", "hours"),
    [
        ("2026-03-29", "1 days", 23),
        ("2026-10-25", "1 days", 25),
        ("2026-03-29", "24 h", 24),
        ("2026-10-01", "1 month", 31 * 24 + 1),
        ("2026-01-31", "1 month", 28 * 24),
        ("2026-03-23", "1 week", 7 * 24 - 1),
        ("2026-11-02 08:30", "90 min", 1.5),
    ],
)
def test_days_weeks_and_months_are_local_and_hours_elapse(start, duration, hours):
    assert horizon(start, duration).hours == hours


def test_a_warm_up_goes_back_from_the_start():
    assert horizon("2026-03-30", "1 days", warm_up="1 days").warm_up_microseconds == 23 * 3_600_000_000


def test_months_keep_their_day_where_it_exists():
    assert [add_months(date(2026, 1, 31), n) for n in (1, 2, -2)] == [
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2025, 11, 30),
    ]


def test_a_midnight_that_does_not_exist_is_the_first_instant_after_it():
    assert horizon("2026-04-23", "1 days", "Africa/Cairo").hours == 24
    assert horizon("2026-04-24 01:00", "1 days", "Africa/Cairo").hours == 24
    assert horizon("2026-04-24", "1 days", "Africa/Cairo").hours == 23
    with pytest.raises(capsim.ScenarioError, match="clocks go forward"):
        horizon("2026-04-24 00:30", "1 days", "Africa/Cairo")


def test_durations_are_written_as_they_are_read():
    for text in ("90 s", "3 min", "2.5 h", "7 days", "1 day", "4 weeks", "1 month", "0 s"):
        assert str(Duration.parse(text)) == text
    assert Duration.parse("0.0000005 s").microseconds == 0, "half to even"
    assert Duration.parse("0.0000015 s").microseconds == 2
