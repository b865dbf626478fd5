"""The command line as Markdown, from what ``--help`` knows."""

from __future__ import annotations

import re
from pathlib import Path
from types import UnionType
from typing import Any, get_args

from capsim.cli import COMMANDS, build_app

KINDS = {int: "N", str: "TEXT", Path: "FILE"}


def markdown() -> str:
    """A section for each command: how it is called, its arguments, its options."""
    app = build_app()
    lines: list[str] = []
    for command, purpose in COMMANDS.items():
        arguments = [one for one in app[command].assemble_argument_collection() if one.show]
        positional = [one for one in arguments if not one.names[0].startswith("-")]
        options = [one for one in arguments if one.names[0].startswith("-")]
        usage = " ".join(["capsim", command, *map(_usage, positional), *(["[OPTIONS]"] if options else [])])
        lines += [
            f'<a id="capsim-{command}"></a>',
            f"## `capsim {command}`",
            "",
            _prose(purpose),
            "",
            "```text",
            usage,
            "```",
            "",
        ]
        if positional:
            lines += ["| argument | meaning |", "|---|---|"]
            lines += [f"| `{_usage(one)}` | {_prose(one.parameter.help)}{_default(one)} |" for one in positional]
            lines.append("")
        lines += ["| option | meaning |", "|---|---|"]
        lines += [f"| {_names(one)} | {_prose(one.parameter.help)}{_default(one)} |" for one in options]
        lines.append("")
    return "\n".join(lines)


def _usage(argument: Any) -> str:
    name = argument.names[0].upper()
    if argument.field_info.kind is argument.field_info.VAR_POSITIONAL:
        return f"{name.removesuffix('S')}..."
    return name if argument.required else f"[{name}]"


def _names(argument: Any) -> str:
    kind = "FOLDER" if argument.parameter.help.startswith("Folder") else _kind(argument.hint)
    return ", ".join(f"`{name}{f' {kind}' if kind else ''}`" for name in argument.names)


def _kind(hint: Any) -> str:
    """What an option is followed by; a switch is followed by nothing."""
    if isinstance(hint, UnionType) or get_args(hint):
        hint = next(one for one in get_args(hint) if one is not type(None))
    return "" if hint is bool else KINDS[hint]


def _default(argument: Any) -> str:
    value = argument.field_info.default
    if value in (None, (), False) or value is argument.field_info.empty or "default:" in argument.parameter.help:
        return ""
    shown = f"{value:,}" if isinstance(value, int) and value > 9_999 else value
    return f" Default: `{shown}`."


def _prose(text: str) -> str:
    """Help text as Markdown: names that a user types in code, and nothing of it taken for markup."""
    text = text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;")
    coded = r"(?<![\w`])(--?[a-z][a-z-]*(?: [A-Z]+)?|[A-Z]{3,}=[A-Z0-9:,=]+[A-Z0-9]|[a-z]+\.(?:json|csv|yaml))"
    return re.sub(coded, r"`\1`", text)
