"""Book of a prepaid account, as time passes (R10)."""

from __future__ import annotations

import numpy as np

from capsim.kernels.account import (
    AMOUNT,
    BALANCE,
    BEYOND_64_BITS,
    DRAWN,
    FAULT,
    HAS_TOP_UP,
    HORIZON,
    STATE_ENTRIES,
    TERMS_ENTRIES,
    THRESHOLD,
    TOP_UPS,
    WIDTH,
    AccountBook,
)
from capsim.kernels.rating import unknown_rounding
from capsim.records import Int64
from capsim.tariff import Account
from capsim.tariff.account import too_large
from capsim.units import NEVER


class Ledger:
    """Account of one replication, written by an engine: what is drawn on it, and its balance over time.

    Attributes
    ----------
    account : Account
        The account at the beginning.
    width : int
        Length of a bin of time, microseconds.
    book : AccountBook
        The account as time passes.
    """

    def __init__(self, account: Account, width: int) -> None:
        self.account, self.width = account, width
        bins = -(-account.horizon // width)
        state, terms = np.zeros(STATE_ENTRIES, np.int64), np.zeros(TERMS_ENTRIES, np.int64)
        state[BALANCE] = account.balance
        terms[WIDTH], terms[HORIZON] = width, account.horizon
        terms[THRESHOLD], terms[AMOUNT] = account.threshold or 0, account.amount or 0
        terms[HAS_TOP_UP] = account.amount is not None
        self.book = AccountBook(
            state=state,
            terms=terms,
            due_at=account.due_at,
            due=account.due,
            prices=account.metered.rows(),
            price_of=account.metered.row_of,
            own_prices=account.own.rows(),
            own_price_of=account.own.row_of,
            closing=np.full(bins, NEVER, np.int64),
            lowest=np.full(bins, NEVER, np.int64),
        )

    @property
    def balance(self) -> int:
        """Balance, units."""
        return int(self.book.state[BALANCE])

    @property
    def drawn(self) -> int:
        """Sum of all that was drawn, units."""
        return int(self.book.state[DRAWN])

    @property
    def top_ups(self) -> int:
        """Number of times that the top-up was added."""
        return int(self.book.state[TOP_UPS])

    def draw(self, at: int, amount: int) -> None:
        """Take an amount from the balance; a charge that takes it below the threshold adds the top-up at once."""
        state = self.book.state
        if not amount or state[FAULT]:
            return
        state[BALANCE] -= amount
        state[DRAWN] += amount
        if self.drawn > NEVER or self.balance < -NEVER:
            state[FAULT] = BEYOND_64_BITS
            return
        account = self.account
        if amount > 0 and account.amount is not None and self.balance < (account.threshold or 0):
            state[BALANCE] += account.amount
            state[TOP_UPS] += 1
        place = at // self.width
        self.book.closing[place] = self.balance
        self.book.lowest[place] = min(int(self.book.lowest[place]), self.balance)

    def check(self) -> None:
        """Raise an error if the account is at fault.

        Raises
        ------
        InputError
            If amounts went beyond 64 bits.
        NotImplementedError
            If no kernel knows the rounding of a price.
        """
        if self.book.state[FAULT] == BEYOND_64_BITS:
            raise too_large(self.account.currency, self.account.decimals)
        if self.book.state[FAULT]:
            raise unknown_rounding(self.book.prices, self.book.own_prices)

    def over_time(self) -> tuple[Int64, Int64]:
        """(B,) balance at the end of each bin, and the lowest in it, units."""
        written = self.book.closing < NEVER
        latest = np.maximum.accumulate(np.where(written, np.arange(len(written)), -1))
        closing = np.where(latest >= 0, self.book.closing[latest], self.account.balance)
        opening = np.append(self.account.balance, closing[:-1])
        return closing, np.where(written, np.minimum(opening, self.book.lowest), opening)
