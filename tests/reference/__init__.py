"""Reference models: the rules of docs/rules.md written a second time, slowly, and sharing no code with capsim.

Tests compare capsim with them on hand-worked and on random cases. What several tests need stands here too, since no
test file imports another.

admission, small_systems
    R1, R9, R13 and R14 for systems that never change; such systems at random, and as the engines take them.
prepaid, events, mutants
    R1, R9 to R11, R13 to R15 and M3 with changes and a prepaid account; counts of events; models that break a rule.
redials
    Blocked callers who try again, on top of ``prepaid``.
watch, tally
    The provider's statistics, and the tallies of a log.
systems, comparison, random_systems, by_hand
    Systems with changes and an account: for the engines, compared with the reference model, at random, and by hand.
bookkeeper, call_price
    M1, M2, M4, M5, R5, R11 to R13: fees of a scenario, day by day. M3: the price of a call.
random_scenarios, scenarios, fees, marked_changes
    Scenarios: at random, named tiny ones, worked by hand, and with a mark where capsim must report a problem.
call_records
    Files of call records in several layouts, and how they are read.
import_graph
    Imports between the files of capsim, and the circles that they make.
"""
