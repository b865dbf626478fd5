"""Tables of text: one look for the terminal and for files."""

from __future__ import annotations

from rich.console import Console, RenderableType
from rich.table import Table


def new_table(name: str, *figures: str) -> Table:
    """A table of named rows, with figures to the right."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(name, justify="left", overflow="fold")
    for figure in figures:
        table.add_column(figure, justify="right", overflow="fold")
    return table


def as_text(content: RenderableType, width: int = 140) -> str:
    """Plain text, without colour and without blanks at the ends of lines."""
    console = Console(width=width, highlight=False, markup=False, emoji=False, color_system=None)
    with console.capture() as capture:
        console.print(content)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()) + "\n"
