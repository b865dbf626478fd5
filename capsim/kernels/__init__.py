"""Compiled code: functions on numbers, arrays and named tuples of them. The only room that knows numba.

In the order in which a call meets them:

- `chance` draws random numbers by counter, `distributions` draws lengths, and `calls` draws calls from `streams`
- `admission` is the rule; `ladder` serves calls by it, `coupled` those that a limit couples, and `together` all of them,
  with an `account` or with `redials`; `occupancy` counts busy channels; `order` puts calls in order
- `carry_over` finds the calls in progress that a window leaves to the next; `channels` numbers channels
- `tally` counts calls, and `usage` adds up busy channels, with `follow` for what sums leave open; `watch` follows
  `exhaustion`, and `samples` samples busy channels; `hunting` tells what other sizes of a group would have carried
- `rating` prices calls

`tables` has the named tuples that several kernels take; `heap` and `division` are tools; `jit` compiles. A kernel makes no
array: it fills those it is given, and the compiler refuses one that does otherwise.
"""
