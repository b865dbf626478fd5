"""The book of a prepaid account, as time passes (R10)."""

from __future__ import annotations

import numpy as np

from capsim.kernels.coupled import BALANCE, BEYOND, DRAWN, TOP_UPS
from capsim.records import Int64
from capsim.tariff import Account
from capsim.tariff.account import too_large
from capsim.units import NEVER


class Ledger:
    """The account of one replication: what is drawn on it, and its balance over time. Engines write it.

    book : (5,) int64, balance, top-ups, sum of what was drawn (units), which fee falls due next, and whether amounts
        went beyond 64 bits: then nothing more is drawn, and there is no result.
    closing, lowest : (B,) int64, balance after the last charge in each bin of time, and at its lowest; NEVER for a bin
        without a charge.
    """

    def __init__(self, account: Account, width: int) -> None:
        self.account, self.width = account, width
        bins = -(-account.horizon // width)
        self.book = np.array([account.balance, 0, 0, 0, 0], np.int64)
        self.closing, self.lowest = np.full(bins, NEVER, np.int64), np.full(bins, NEVER, np.int64)
        top_up = account.amount is not None
        self.terms = np.array(
            [width, account.threshold or 0, account.amount or 0, account.horizon, top_up], np.int64
        )  # fmt: skip

    @property
    def balance(self) -> int:
        return int(self.book[BALANCE])

    @property
    def drawn(self) -> int:
        return int(self.book[DRAWN])

    @property
    def top_ups(self) -> int:
        return int(self.book[TOP_UPS])

    def draw(self, at: int, amount: int) -> None:
        """Take an amount from the balance; a charge that takes it below the threshold adds the top-up at once."""
        if not amount or self.book[BEYOND]:
            return
        self.book[BALANCE] -= amount
        self.book[DRAWN] += amount
        if self.drawn > NEVER or self.balance < -NEVER:
            self.book[BEYOND] = 1
            return
        account = self.account
        if amount > 0 and account.amount is not None and self.balance < (account.threshold or 0):
            self.book[BALANCE] += account.amount
            self.book[TOP_UPS] += 1
        place = at // self.width
        self.closing[place] = self.balance
        self.lowest[place] = min(int(self.lowest[place]), self.balance)

    def check(self) -> None:
        """Raise InputError where amounts went beyond 64 bits."""
        if self.book[BEYOND]:
            raise too_large(self.account.currency, self.account.decimals)

    def over_time(self) -> tuple[Int64, Int64]:
        """(B,) the balance at the end of each bin, and at its lowest in it, units."""
        written = self.closing < NEVER
        latest = np.maximum.accumulate(np.where(written, np.arange(len(written)), -1))
        closing = np.where(latest >= 0, self.closing[latest], self.account.balance)
        opening = np.append(self.account.balance, closing[:-1])
        return closing, np.where(written, np.minimum(opening, self.lowest), opening)
