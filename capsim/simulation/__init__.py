"""HOW WE RUN: a scenario is compiled once, and its replications run in threads, processes or another executor.

Gives tallies, charges and logs, of which the rooms above make estimates and results.
"""
