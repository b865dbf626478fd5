"""HOW SURE WE ARE: samples of replications -> estimates with their intervals, and differences of them.

Knows of replications, and of no study.
"""
