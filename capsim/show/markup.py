"""Markup, told from text by its type: text that goes into a fragment is escaped on the way."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from typing import Self


class Fragment(Markup):
    """A part of a page.

    Text that is put into a fragment (by ``format``, ``join`` or ``+``) is escaped; another fragment is not. The
    constructor escapes nothing: it is for tags that we write. Quotes are escaped as `html.escape` does it.

    Examples
    --------
    >>> Fragment("<p>{}</p>").format("R & D")
    Fragment('<p>R &amp; D</p>')
    """

    __slots__ = ()

    @classmethod
    def escape(cls, s: Any, /) -> Self:
        """Return a text as markup; a fragment stays as it is."""
        return cls(s.__html__() if hasattr(s, "__html__") else escape(str(s)))


NOTHING = Fragment()
"""A part of a page that shows nothing."""


def joined(parts: Iterable[str]) -> Fragment:
    """Put parts one after the other, and escape those that are text."""
    return NOTHING.join(parts)
