"""Flat-rate channels of the pools at an instant, bought and assigned (R4, R5, M7)."""

from __future__ import annotations

from collections.abc import Mapping

from capsim.scenario.model.pools import MAX_CHANNELS, Pool
from capsim.scenario.time.breach import Breach, Breaches
from capsim.scenario.time.timeline import Purchase


class PoolChannels:
    """Flat-rate channels bought in each pool, and assigned to DIDs and groups.

    Attributes
    ----------
    bought, assigned : dict of str to int
        number of channels by pool
    purchases : list of Purchase
        channels bought and removed since the list was last cleared
    drawn : set of str
        pools in which channels were bought, or from which they were assigned, since the set was last cleared
    """

    def __init__(self, pools: Mapping[str, Pool], report: Breaches) -> None:
        self.pools, self.report = pools, report
        self.bought = dict.fromkeys(pools, 0)
        self.assigned = dict.fromkeys(pools, 0)
        self.purchases: list[Purchase] = []
        self.drawn: set[str] = set()

    def buy(self, pool: str, channels: int) -> None:
        """Buy channels in a pool that gives their number."""
        self.check_price(pool, "pool")
        self.check_size("channels", self.bought[pool] + channels, "R5")
        self._purchase(pool, channels)
        self.drawn.add(pool)

    def remove(self, pool: str, channels: int) -> None:
        """Give up unassigned channels of a pool."""
        free, bought = self._free(pool), self.bought[pool]
        if channels > free:
            text = f"only unassigned channels can be removed, and the pool '{pool}' has {free} of {bought}"
            self.report(Breach("channels", f"{text} (got {channels})", "R11"))
        self._purchase(pool, -channels)

    def assign(self, pool: str, channels: int, key: str, rule: str, each: str = "") -> None:
        """Assign channels of a pool, or unassign them (``channels`` below zero): R5 for a DID, R4 for a group.

        ``each`` says how the channels are shared out, if among several DIDs.
        """
        if channels > 0:
            self.check_price(pool, key)
            free, bought = max(self._free(pool), 0), self.bought[pool]
            if self.pools[pool].channels is not None and channels > free:
                text = f"the pool '{pool}' has {free:,} of its {bought:,} channels left to assign"
                mend = f"assign fewer, or buy more (pools.{pool}.channels, or a change before)"
                self.report(Breach(key, f"{text} (needed: {channels:,}{each}); {mend}", rule))
            self.drawn.add(pool)
        self.assigned[pool] += channels

    def settle(self) -> None:
        """Buy and remove channels in the pools that give no number: they have as many as are assigned."""
        for pool, settings in self.pools.items():
            added = self.assigned[pool] - self.bought[pool]
            if settings.channels is None and added:
                self._purchase(pool, added)

    def check_price(self, pool: str, key: str) -> None:
        """M7: flat-rate channels need a price."""
        if self.pools[pool].flat_rate is None:
            self.report(no_price(pool, "flat-rate channels", "flat_rate", key))

    def check_size(self, key: str, channels: int, rule: str) -> None:
        """A pool, group or DID has at most as many channels as a scenario may write."""
        if channels > MAX_CHANNELS:
            text = f"adds up to too many channels; allowed: at most {MAX_CHANNELS:,} (they would be {channels:,})"
            self.report(Breach(key, text, rule))

    def _free(self, pool: str) -> int:
        return self.bought[pool] - self.assigned[pool]

    def _purchase(self, pool: str, added: int) -> None:
        self.purchases.append(Purchase(pool, self.bought[pool], added))
        self.bought[pool] += added


def no_price(pool: str, what: str, price: str, key: str) -> Breach:
    """M7: what a pool has in use has no price; ``price`` is the key of the pool for it."""
    text = f"the pool '{pool}' has no price for {what}; add pools.{pool}.{price}, with 0.00 for what costs nothing"
    return Breach(key, text, "M7", lacks=("pools", pool))
