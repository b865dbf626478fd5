"""Random systems with changes and a prepaid account, on clocks of ticks and of microseconds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np

from tests.reference.admission import Did, Group
from tests.reference.prepaid import ROUND, Change, IntervalPrice, PrepaidAccount, RingingCall
from tests.reference.systems import System, with_ticks_of


def random_system(rng: np.random.Generator, prepaid: bool, many: bool = False) -> System:
    """Draw a small system with few channels, calls on few instants, and changes; ``many``: some tiers are wide."""
    groups = [_random_group(rng, many) for _ in range(rng.integers(0 if not prepaid else 1, 4))]
    dids = [_random_did(rng, len(groups), prepaid, many) for _ in range(rng.integers(1, 6))]
    begin, horizon = -int(rng.choice([0, 3, 6])), int(rng.integers(18, 31))
    instants = rng.integers(begin, horizon, 6) if rng.random() < 0.6 else np.arange(begin, horizon)
    calls = [
        RingingCall(
            int(rng.integers(0, len(dids))),
            int(rng.choice(instants)),
            int(rng.choice([0, 0, 0, 1, 2, 3])),
            int(rng.choice([0, 1, 2, 3, 4, 6, 8, 12, 12, 20, 40])),
            bool(rng.random() < 0.85),
        )
        for _ in range(rng.integers(80, 160) if many else rng.integers(5, 50))
    ]
    changes = _random_changes(rng, dids, groups, instants, horizon, prepaid, many)
    account = _random_account(rng, groups, dids, changes, instants, horizon) if prepaid else None
    return System(dids, groups, calls, changes, account, begin, horizon)


def random_cuts(rng: np.random.Generator, system: System) -> list[int]:
    return [int(cut) for cut in rng.integers(system.begin, system.horizon, rng.integers(0, 6))]


def nudged(rng: np.random.Generator, system: System, second: int) -> System:
    """The system on a slower clock, each call at random a tick earlier or later, longer or shorter, or as it was."""
    slow = with_ticks_of(system, second)

    def nudge(at: int) -> int:
        return at + int(rng.choice([-1, 0, 0, 0, 1]))

    calls = [
        replace(one, arrival=max(nudge(one.arrival), slow.begin), ring=abs(nudge(one.ring)), talk=abs(nudge(one.talk)))
        for one in slow.calls
    ]
    fees = sorted(((max(nudge(at), 0), amount) for at, amount in slow.account.fees), key=lambda fee: fee[0])
    return replace(slow, calls=calls, account=replace(slow.account, fees=fees))


def _size(rng: np.random.Generator, most: int, many: bool) -> int:
    return int(rng.choice([9, 10, 11, 14, 40])) if many and rng.random() < 0.4 else int(rng.integers(0, most + 1))


def _limit(rng: np.random.Generator, most: int, many: bool) -> int | None:
    return int(rng.integers(1, most * (5 if many else 1) + 1)) if rng.random() < 0.25 else None


def _random_group(rng: np.random.Generator, many: bool) -> Group:
    return Group(_size(rng, 2, many), _size(rng, 4, many), _limit(rng, 6, many))


def _random_did(rng: np.random.Generator, groups: int, prepaid: bool, many: bool) -> Did:
    group = int(rng.integers(0, groups)) if groups and rng.random() < 0.85 else None
    own = rng.integers(0, 4, 2) if not prepaid or rng.random() < 0.4 else (0, 0)
    return Did(_size(rng, own[0], many and own[0]), _size(rng, own[1], many and own[1]), _limit(rng, 4, many), group)


def _random_changes(rng, dids, groups, instants, horizon, prepaid, many) -> list[Change]:
    """Draw changes: some of one value of a DID or a group, some of all its values, and some of none."""
    changes = []
    now: dict[type, list] = {Did: list(dids), Group: list(groups)}
    places = [place for place in instants if place >= 0]
    when = [int(rng.choice(places)) if places else int(rng.integers(0, horizon)) for _ in range(rng.integers(0, 9))]
    for at in sorted(when):
        kind = Group if groups and rng.random() < 0.4 else Did
        row = int(rng.integers(0, len(now[kind])))
        new = _random_group(rng, many) if kind is Group else _random_did(rng, len(groups), prepaid, many)
        if kind is Group and rng.random() < 0.2:
            new = replace(now[kind][row], shared=0, metered=0)
        elif rng.random() < 0.7:
            name = str(rng.choice(list(vars(new))))
            new = replace(now[kind][row], **{name: getattr(new, name)})
        now[kind][row] = new
        changes.append(Change(at, row, new))
    return changes


def _random_account(rng, groups, dids, changes, instants, horizon) -> PrepaidAccount:
    fees = [
        (int(rng.choice(instants)) if rng.random() < 0.5 else int(rng.integers(0, horizon)), int(rng.integers(-4, 12)))
        for _ in range(rng.integers(0, 4))
    ]
    later = [(change.row, change.becomes) for change in changes if isinstance(change.becomes, Group)]
    metered = {row for row, group in [*enumerate(groups), *later] if group.metered}
    top_up = rng.random() < 0.4
    return PrepaidAccount(
        int(rng.integers(-1, 3)) if rng.random() < 0.2 else int(rng.integers(3, 40)),
        int(rng.integers(0, 12)) if top_up else None,
        int(rng.integers(1, 15)) if top_up else None,
        sorted(((at, fee) for at, fee in fees if at >= 0), key=lambda one: one[0]),
        [_random_price(rng) if row in metered or rng.random() < 0.5 else None for row in range(len(groups))],
        [_random_price(rng) if rng.random() < 0.3 else None for _ in dids],
    )


def _random_price(rng: np.random.Generator) -> IntervalPrice:
    parts = int(rng.choice([1, 1, 2, 3, 7]))
    return IntervalPrice(
        int(rng.integers(1, 7)),
        int(rng.choice([1, 1, 2, 3, 6])),
        Fraction(int(rng.integers(0, 8 * parts)), parts),
        Fraction(int(rng.integers(0, 5 * parts)), parts),
        str(rng.choice(list(ROUND))),
        int(rng.choice([1, 1, 1, 10])),
    )
