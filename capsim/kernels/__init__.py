"""Compiled code: functions on numbers and arrays, no objects. The only room that knows numba.

`jit` compiles, `chance` draws by counter, `calls` draws calls, `tally` counts them, `usage` follows the
channels that are busy, `rating` prices calls. A kernel fills the arrays it is given; its caller owns them.
"""
