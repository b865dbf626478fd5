"""A scenario over time: what it has at each instant, checked against the rules.

`checking` leads: `start` allocates what the scenario has at its start, as the first instant of the timeline, and
`actions` takes each of the `occurrences` of its changes. Both work on one `allocation` (and its `channels`), which
states R4 to R7 and M7 once; a rule that is broken is a `breach`. The `timeline` is what the rest of capsim reads.
`cycles` are billing cycles, which changes of mode and fees wait for.
"""
