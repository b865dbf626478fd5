"""A binary heap in arrays: keys with a value each, the least key on top. Its size is the caller's."""

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
