"""A binary heap in arrays: keys with a value each, the least key on top. Its size is kept by the caller.

``push`` and ``pop`` leave open which of equal keys is on top; ``push_in_order`` and ``pop_in_order`` put the least
value on top.
"""

from __future__ import annotations

from typing import NamedTuple

from capsim.kernels.jit import inlined
from capsim.records import Int64


class Heap(NamedTuple):
    """A heap with room for k entries.

    Attributes
    ----------
    keys : (k,) int64
        Keys; those of the heap come first, the least at index 0.
    values : (k,) int64
        Value of each key. May be the same array as ``keys``.
    """

    keys: Int64
    values: Int64


@inlined
def push(heap, size, key, value):
    """Put a key with its value into a heap of ``size`` entries and return its new size."""
    keys, values = heap.keys, heap.values
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
def pop(heap, size):
    """Take the least key, ``keys[0]``, and its value out and return the new size."""
    keys, values = heap.keys, heap.values
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
def push_in_order(heap, size, key, value):
    """Push as ``push`` does, with equal keys by value."""
    keys, values = heap.keys, heap.values
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
def pop_in_order(heap, size):
    """Pop as ``pop`` does, with equal keys by value."""
    keys, values = heap.keys, heap.values
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
