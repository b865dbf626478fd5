"""The cheapest mix that keeps a grade of service, and the proof that it does.

``ask`` puts the steps together: ``targets`` says what has to be kept, ``units`` what may be decided; ``pilot`` looks at
all sizes, ``choosing`` picks the cheapest ones, ``mix`` turns a choice into values of a scenario, ``proving`` runs it.
"""

from capsim.studies.plan.ask import plan
from capsim.studies.plan.result import Plan

__all__ = ["Plan", "plan"]
