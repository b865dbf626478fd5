"""``python -m tests.theory``: the long form of the check against exact chains."""

import argparse
import sys

from tests.theory.ladders import score_ladders, table

parser = argparse.ArgumentParser(prog="python -m tests.theory")
parser.add_argument("--ladders", type=int, default=1000)
parser.add_argument("--seed", type=int, default=1)
arguments = parser.parse_args()


def show(done: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{done} of {arguments.ladders}", end="", file=sys.stderr)


print(table(score_ladders(arguments.ladders, arguments.seed, show)))
