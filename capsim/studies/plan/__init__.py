"""The cheapest mix that keeps a grade of service: asked (`asking`), looked at (`pilot`), chosen (`choosing`), turned
into values of a scenario (`mixing`), proven (`proving`); `recipe` puts the steps together."""

from capsim.studies.plan.ask import plan
from capsim.studies.plan.result import Plan

__all__ = ["Plan", "plan"]
