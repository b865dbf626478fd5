"""A binary heap in arrays: keys with a value each, the least key on top. Its size is the caller's.

``push`` and ``pop`` leave open which of equal keys is on top; with ``push_in_order`` and ``pop_in_order`` it is the least
value.
"""

from __future__ import annotations

from capsim.kernels.jit import inlined


@inlined
def push(keys, values, size, key, value):
    """Put a key with its value into a heap of ``size``; return its new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if keys[above] <= key:
            break
        keys[place], values[place] = keys[above], values[above]
        place = above
    keys[place], values[place] = key, value
    return size + 1


@inlined
def pop(keys, values, size):
    """Take the least key, ``keys[0]``, and its value out; return the new size."""
    size -= 1
    key, value = keys[size], values[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[place], values[place] = keys[below], values[below]
        place = below
    keys[place], values[place] = key, value
    return size


@inlined
def push_in_order(keys, values, size, key, value):
    """``push``, with equal keys by value."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if keys[above] < key or (keys[above] == key and values[above] <= value):
            break
        keys[place], values[place] = keys[above], values[above]
        place = above
    keys[place], values[place] = key, value
    return size + 1


@inlined
def pop_in_order(keys, values, size):
    """``pop``, with equal keys by value."""
    size -= 1
    key, value = keys[size], values[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        beside = below + 1
        if beside < size and (
            keys[beside] < keys[below] or (keys[beside] == keys[below] and values[beside] < values[below])
        ):
            below = beside
        if keys[below] > key or (keys[below] == key and values[below] >= value):
            break
        keys[place], values[place] = keys[below], values[below]
        place = below
    keys[place], values[place] = key, value
    return size
