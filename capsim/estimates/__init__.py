"""HOW SURE WE ARE: samples of replications -> estimates with their intervals, and their differences.

Knows of replications, and of no study. `estimate` and `differences` have the formulas; `samples` holds the tallies of a
run, and each other file makes one kind of figure of replications.
"""
