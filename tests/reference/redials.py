"""Reference model of redials: blocked callers who try again."""

from __future__ import annotations

from tests.reference.comparison import run_model
from tests.reference.prepaid import ReferenceModel, RingingCall
from tests.reference.systems import System


class Redialling(ReferenceModel):
    """The reference model with redials: at one instant, a DID's redials come before its new calls."""

    def run(self) -> None:
        self.to_come: list[tuple[int, RingingCall, int]] = []
        self.made: list[RingingCall] = []
        super().run()

    def arrivals(self, now: int) -> None:
        fresh = [call for call in self.in_order if call.arrival == now and call.attempt == 1]
        while True:
            again = [one for one in self.to_come if one[0] == now]
            best = min(again, key=lambda one: one[1].did, default=None)
            if best is not None and (not fresh or best[1].did <= fresh[0].did):
                self.to_come.remove(best)
                call = RingingCall(
                    best[1].did, now, best[1].ring, best[1].talk, best[1].answered, best[1].again, best[2]
                )
                self.in_order.append(call)  # charged and ended after those that came before
            elif fresh:
                call = fresh.pop(0)
            else:
                return
            self.made.append(call)
            self.arrive(call, now)

    def charges(self, now: int) -> None:
        self.in_order = [*self.made, *(call for call in self.in_order if all(call is not one for one in self.made))]
        super().charges(now)

    def arrive(self, call: RingingCall, now: int) -> None:
        super().arrive(call, now)
        if not call.carried and call.attempt <= len(call.again):
            self.to_come.append((call.again[call.attempt - 1], call, call.attempt + 1))


def run_redials(system: System) -> Redialling:
    """Run the reference model with redials on a copy of the system's calls."""
    return run_model(system, Redialling)
