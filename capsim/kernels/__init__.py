"""Compiled code: functions on numbers and arrays, no objects. The only room that knows numba.

As a call meets them: `chance` draws by counter, and `calls` draws calls; `admission` is the rule, and `ladder` serves
calls by it, put in `order` where they have to be; `channels` numbers channels; `progress` finds the calls that go on;
`tally` counts them, `usage` adds up busy channels, with `follow` for what sums leave open; `rating` prices calls.
`heap` and `division` are tools, and `jit` compiles. A kernel fills the arrays it is given; its caller owns them.
"""
