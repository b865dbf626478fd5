"""Damaged scenario files: each gives a valid scenario, or errors with their places; nothing else, and soon.

``python -m tests.fuzz.mutate --count 10000 --seed 1`` runs it at length, and prints what came of each kind.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import capsim
from capsim.capacity import build_schedule
from capsim.scenario.language.document import read_document
from capsim.tariff import build_prices
from capsim.traffic import build_streams

ROOT = Path(__file__).parents[2]
SEEDS = [
    path.read_text("utf-8") for folder in ("scenarios", "tests/fuzz") for path in sorted((ROOT / folder).glob("*.yaml"))
]
SLOWEST = 60.0
"""Seconds above which `make fuzz` fails; the largest file that is read takes about 20 on a slow machine."""

VALUES = (
    (
        "0 1 -1 -0 1e9 1e300 1e-300 99999999999999999999 0.5 .inf -.inf .nan ~ null true false yes no '' ' ' 'x' \"1\" '0.01' "
        "[] {} [1,2] {a: 1} 3 3min 3_min -5_s 0_s 1e3_s 5_days 1_month 1.5_months 9999999999_h 2026-13-01 2026-02-30 0001-01-01 "
        "9999-12-31 2026-11-02T25:00 2026-03-29_01:30 GB UK gb XX USD usd BTC DID+2 DID+0 metered DID+3 standard extended "
        "Friday_17:00 day_25:00 weekday_08:00 36_h 2026-11-20_17:00 none town-2 92% 101% exponential gamma empirical Europe/London Mars/Base ../../etc/passwd support london \\x00 \u202e \u2603 &a *a !!int !x | > @ ` %"
    )
    .replace("_", " ")
    .split(" ")
)

KEYS = re.compile(r"[A-Za-z_]+(?=:)")
SCALARS = re.compile(r"(?<=: )[^\s{}\[\],#][^{}\[\],#\n]*")


def _change(
    pattern: re.Pattern[str], with_: Callable[[random.Random, str], str]
) -> Callable[[random.Random, str], str]:
    """A mutation of one match of a pattern."""

    def mutate(rng: random.Random, text: str) -> str:
        matches = list(pattern.finditer(text))
        if not matches:
            return text
        match = rng.choice(matches)
        return text[: match.start()] + with_(rng, match[0]) + text[match.end() :]

    return mutate


def _typo(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word))
    return rng.choice(
        [word[:at] + word[at + 1 :], word[:at] + rng.choice("aeiou_-. ") + word[at:], word[::-1], word.upper()]
    )


def _number(rng: random.Random, value: str) -> str:
    factor = rng.choice(["0", "-", "1e6", "1e-9", "000", "."])
    return factor + value if factor in "-." else value + factor


def _line(rng: random.Random, text: str) -> str:
    lines = text.splitlines(keepends=True)
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[one]
        case 1:
            lines.insert(other, lines[one])
        case 2:
            lines[one], lines[other] = lines[other], lines[one]
        case _:
            lines[one] = rng.choice(["\t", " ", "   ", ""]) + lines[one].lstrip(" " if rng.random() < 0.5 else "")
    return "".join(lines)


def _insert(*pieces: str) -> Callable[[random.Random, str], str]:
    def mutate(rng: random.Random, text: str) -> str:
        at = rng.randrange(len(text) + 1)
        return text[:at] + rng.choice(pieces) + text[at:]

    return mutate


def _aliases(rng: random.Random, text: str) -> str:
    width, depth = rng.randrange(2, 12), rng.randrange(3, 60)
    lines = [f"b0: &b0 [{', '.join('x' * width)}]"]
    lines += [f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * width)}]" for n in range(1, depth)]
    return text + "\n".join(lines) + "\n"


def _bytes(rng: random.Random, text: str) -> bytes:
    raw = bytearray(text.encode())
    for _ in range(rng.randrange(1, 6)):
        raw[rng.randrange(len(raw))] = rng.randrange(256)
    return bytes(raw)


def _large(rng: random.Random, text: str) -> str:
    size = rng.choice([100_000, 300_000, 10_000_000])
    filler = rng.choice(["# " + "x" * 78 + "\n", "[", "a", "- x\n", "k: {a: 1}\n", "\n"])
    return text + filler * (size // len(filler))


MUTATIONS: dict[str, tuple[float, Callable[[random.Random, str], str | bytes]]] = {
    "key dropped or renamed": (20, _change(KEYS, _typo)),
    "key doubled": (6, _change(re.compile(r"^( *)(\w+:.*)$", re.MULTILINE), lambda _, line: f"{line}\n{line}")),
    "value of another kind": (30, _change(SCALARS, lambda rng, _: rng.choice(VALUES))),
    "value of another size": (12, _change(re.compile(r"(?<=[ :])\d[\d.]*"), _number)),
    "value quoted or unquoted": (
        5,
        _change(SCALARS, lambda rng, v: rng.choice([f"'{v}'", f'"{v}"', v.strip("\"'"), f'"{v}'])),
    ),
    "value very long": (2, _change(SCALARS, lambda rng, v: v * rng.choice([100, 5000]))),
    "line moved, lost or shifted": (20, _line),
    "sign of YAML put in": (
        15,
        _insert("{", "}", "[", "]", ":", ": ", "- ", "\t", "'", '"', "#", "&a ", "*a", "!!str ", "? ", "| ", "<<: "),
    ),
    "document or directive put in": (4, _insert("\n---\n", "\n...\n", "\n%YAML 1.1\n---\n", "\n%TAG ! x\n")),
    "odd character put in": (6, _insert("\x00", "\x07", "\x85", "\u2028", "\u202e", "\ufeff", "\U0001f4de", "\r")),
    "aliases that explode": (3, _aliases),
    "bytes flipped": (8, _bytes),
    "cut short": (5, lambda rng, text: text[: rng.randrange(len(text))]),
    "very large": (0.15, _large),
}


@dataclass
class Report:
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    """Seconds of the slowest file, and which it was."""
    simulated: int = 0


def mutant(rng: random.Random) -> tuple[str, bytes]:
    kind = rng.choices(list(MUTATIONS), [weight for weight, _ in MUTATIONS.values()])[0]
    text: str | bytes = rng.choice(SEEDS)
    for _ in range(rng.choice([1, 1, 2, 3]) if kind not in ("very large", "bytes flipped") else 1):
        if not text:  # cut short to nothing
            break
        text = MUTATIONS[kind][1](rng, text)  # type: ignore[arg-type]
    return kind, text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")


def judge(raw: bytes, simulate: bool) -> tuple[str, bool]:
    """``valid`` or ``errors``, and whether it was simulated; AssertionError where an error lacks its place."""
    try:
        scenario = capsim.Scenario(read_document(raw, "mutant.yaml"))
    except capsim.ScenarioError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.file == "mutant.yaml"
            assert problem.message
            assert problem.line is not None
            assert problem.line >= 1
            assert problem.column is not None
            assert problem.column >= 1
        str(error)
        return "errors", False
    list(build_schedule(scenario).in_turn())
    build_prices(scenario)
    streams = build_streams(scenario)
    calls = streams.expected_calls(streams.begin, streams.end)
    if simulate and calls < 2000 and scenario.replay is None:
        capsim.simulate(scenario, replications=1).to_dict()
        return "valid", True
    return "valid", False


def run(count: int, seed: int, most_simulated: int = 60) -> Report:
    rng, report = random.Random(seed), Report()
    for number in range(count):
        kind, raw = mutant(rng)
        start = time.monotonic()
        try:
            outcome, simulated = judge(raw, report.simulated < most_simulated)
        except Exception as error:
            error.add_note(f"mutant {number} of seed {seed}: {kind}: {raw[:3000]!r}")
            raise
        taken = time.monotonic() - start
        report.slowest = max(report.slowest, (taken, f"mutant {number} of seed {seed}: {kind}"))
        report.simulated += simulated
        report.outcomes[kind, outcome] += 1
    return report


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.mutate")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    found = run(arguments.count, arguments.seed)
    print(f"{'mutation':32s} {'valid':>7s} {'errors':>7s}")
    for kind in MUTATIONS:
        print(f"{kind:32s} {found.outcomes[kind, 'valid']:7d} {found.outcomes[kind, 'errors']:7d}")
    seconds, name = found.slowest
    print(f"slowest {seconds:.1f} s ({name}); {found.simulated} of the valid ones simulated")
    if seconds > SLOWEST:
        raise SystemExit(f"one file may take {SLOWEST:g} s")
