"""HOW WE RUN: a scenario is compiled once, its replications run in threads, processes or anybody's executor.

Gives tallies, charges and logs; estimates and results are made of them above.
"""
