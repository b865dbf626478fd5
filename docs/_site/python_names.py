"""Functions and classes of capsim as Markdown, from their signatures and docstrings.

A page names them in the comment of a generated part::

    <!-- generated: python: capsim.compare, capsim.Comparison, Difference -->

``capsim.NAME`` is a name of the package. Any other name is a class that results have; it is looked for in all modules.
A class shows the public methods, properties and fields that have a description. ``NAME(a b)`` shows the members a and b
alone, ``NAME(*)`` all fields, and ``NAME()`` none.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import capsim

from .docstrings import Docstring, Entry, parse, prose
from .pages import GENERATED

PART = re.compile(r"\s*([\w.]+)(?:\(([^)]*)\))?\s*(?:,|$)")
MADE_BY_USERS = frozenset({"Problem", "Factor"})
"""Classes, errors apart, that users make: these show how."""
WIDTH = 88
"""Longest signature on one line, in characters."""


def markdown(names: str) -> str:
    """Return a section for each function and class."""
    return "\n".join(line for name, members in _parts(names) for line in _section(name, members))


def anchor(name: str) -> str:
    """Return the anchor of a documented name; capital letters make no difference to anchors."""
    last = name.rpartition(".")[2]
    return f"class-{last.lower()}" if last[0].isupper() else f"function-{last}"


def _parts(names: str) -> Iterator[tuple[str, str | None]]:
    for found in PART.finditer(names):
        yield found[1], found[2]


@functools.cache
def _pages() -> dict[str, str]:
    """Return the last part of each documented name, and the page that has it."""
    found: dict[str, str] = {}
    for page in sorted((Path(__file__).parents[1] / "reference").glob("*.md")):
        for part in GENERATED.finditer(page.read_text("utf-8")):
            if part["name"] == "python":
                found |= {name.rpartition(".")[2]: f"{page.name}#{anchor(name)}" for name, _ in _parts(part["names"])}
    return found


def _link(name: str) -> str | None:
    return _pages().get(name.removeprefix("capsim."))


@functools.cache
def _modules() -> list[ModuleType]:
    names = [one.name for one in pkgutil.walk_packages(capsim.__path__, "capsim.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]


@functools.cache
def _classes() -> dict[str, list[type]]:
    """Return all classes of capsim by name."""
    found: dict[str, list[type]] = {}
    for module in _modules():
        for name, value in vars(module).items():
            if inspect.isclass(value) and value.__module__ == module.__name__ and not name.startswith("_"):
                found.setdefault(name, []).append(value)
    return found


def _find(name: str) -> Any:
    if name.startswith("capsim."):
        return getattr(capsim, name.removeprefix("capsim."))
    found = [one for one in _classes().get(name, []) if one.__name__ == name]
    if len(found) != 1:
        modules = ", ".join(one.__module__ for one in found) or "none"
        raise LookupError(f"{name}: modules with such a class: {modules}; one is needed. Mend the page that names it")
    return found[0]


def _section(name: str, members: str | None) -> list[str]:
    value = _find(name)
    title = f"capsim.{value.__name__}" if value.__name__ in capsim.__all__ else value.__name__
    doc = parse(value.__doc__, _link)
    lines = [f'<a id="{anchor(name)}"></a>', f"### `{title}`", ""]
    if inspect.isclass(value):
        return [*lines, *_class(value, doc, members)]
    return [*lines, *_signature(value.__name__, value), "", *_text(doc)]


def _class(value: type, doc: Docstring, members: str | None) -> list[str]:
    lines: list[str] = []
    if value.__name__ == "Scenario":
        lines += ["```py", "Scenario(**keys)", "```", ""]
    elif value.__name__ in MADE_BY_USERS or issubclass(value, capsim.CapsimError):
        lines += [*_signature(value.__name__, value), ""]
    attributes, methods = _members(value, doc, members)
    described = Docstring(doc.paragraphs, {k: v for k, v in doc.sections.items() if k != "Attributes"}, doc.texts)
    lines += _text(described)
    if attributes:
        lines += ["| attribute | type | meaning |", "|---|---|---|"]
        lines += [_row(entry) for entry in attributes] + [""]
    for name, member in methods:
        lines += [f"#### `{value.__name__}.{name}`", "", *_signature(name, member), ""]
        lines += _text(parse(member.__doc__, _link))
    return lines


def _row(entry: Entry) -> str:
    names = ", ".join(f"`{name}`" for name in entry.names.split(", "))
    cells = [names, f"`{entry.kind}`" if entry.kind else "", entry.text]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _text(doc: Docstring) -> list[str]:
    """Return paragraphs, then the sections as lists."""
    lines = [line for paragraph in doc.paragraphs for line in (paragraph, "")]
    for title, entries in doc.sections.items():
        lines += [f"**{title}**", ""]
        for entry in entries:
            names = ", ".join(_code(name) for name in entry.names.split(", ")) if entry.names else ""
            kind = f" ({_code(entry.kind)})" if entry.kind else ""
            lines.append("- " + ": ".join(part for part in (names + kind, entry.text) if part))
        lines.append("")
    for title, paragraphs in doc.texts.items():
        lines += [f"**{title}**", ""] + [line for paragraph in paragraphs for line in (paragraph, "")]
    return lines


def _code(text: str) -> str:
    target = _link(text)
    return f"[`{text}`]({target})" if target else f"`{text}`"


def _signature(name: str, value: Any) -> list[str]:
    signature = inspect.signature(value)
    shown: list[str] = []
    for one in signature.parameters.values():
        if one.kind is one.KEYWORD_ONLY and not any(text.startswith("*") for text in shown):
            shown.append("*")
        if one.name != "self":
            shown.append(_parameter(one))
    gives = signature.return_annotation
    after = f" -> {_annotation(gives)}" if gives is not signature.empty and not inspect.isclass(value) else ""
    line = f"{name}({', '.join(shown)}){after}"
    if len(line) > WIDTH:
        line = f"{name}(\n" + "".join(f"    {one},\n" for one in shown) + f"){after}"
    return ["```py", line, "```"]


def _parameter(one: inspect.Parameter) -> str:
    stars = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
    kind = "" if one.annotation is one.empty else f": {_annotation(one.annotation)}"
    equals = " = " if kind else "="
    return f"{stars}{one.name}{kind}" + ("" if one.default is one.empty else f"{equals}{_default(one.default)}")


def _default(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return f"{int(value):_}"
    return f"{value:_}" if isinstance(value, int) and not isinstance(value, bool) else repr(value)


def _annotation(kind: Any) -> str:
    """Return a type as it is written in the code, without modules, and with the values of a choice written out."""
    text = kind if isinstance(kind, str) else inspect.formatannotation(kind)
    text = re.sub(r"\b(?!pd\.|np\.)(?:[a-z_]\w*\.)+(?=[A-Z])", "", text)
    return re.sub(r"\b[A-Z]\w*\b", lambda found: _choices().get(found[0], found[0]), text)


@functools.cache
def _choices() -> dict[str, str]:
    """Return the types of capsim that are a choice of values, by name."""
    found = {}
    for module in _modules():
        for name, value in vars(module).items():
            if get_origin(value) is Literal:
                found[name] = f"Literal[{', '.join(map(repr, get_args(value)))}]"
    return found


def _members(value: type, doc: Docstring, members: str | None) -> tuple[list[Entry], list[tuple[str, Any]]]:
    """Return the fields and properties as entries, and the methods, in the order of the source."""
    chosen = set(members.split()) if members not in (None, "*") else None
    attributes = [_described(value, entry) for entry in doc.sections.get("Attributes", [])]
    seen = {name for entry in attributes for name in entry.names.split(", ")}
    texts = _field_texts(value)
    methods: list[tuple[str, Any]] = []
    for name in dict.fromkeys(name for owner in _owners(value) for name in _names(owner)):
        if name.startswith("_") or name in seen or (chosen is not None and name not in chosen):
            continue
        member = inspect.getattr_static(value, name, None)
        if isinstance(member, (property, functools.cached_property)):
            get = member.fget if isinstance(member, property) else member.func
            text = parse(get.__doc__, _link).on_one_line()
            entry = Entry(name, _annotation(get.__annotations__["return"]), text)
        elif callable(getattr(value, name, None)) and name not in texts:
            if member.__doc__ or members == "*":
                methods.append((name, getattr(value, name)))
            continue
        else:
            entry = Entry(name, _field_type(value, name), prose(texts.get(name, ""), _link))
        if entry.text or members is not None:
            attributes.append(entry)
    return attributes, methods


def _owners(value: type) -> list[type]:
    """Return the class and its bases that are capsim's, bases first."""
    return [one for one in reversed(value.__mro__) if one.__module__.startswith("capsim.")]


def _described(value: type, entry: Entry) -> Entry:
    """Return an entry with the types of its fields, where it does not say one."""
    types = (_field_type(value, name) for name in entry.names.split(", "))
    return Entry(entry.names, entry.kind or "; ".join(dict.fromkeys(filter(None, types))), entry.text)


def _names(owner: type) -> Iterator[str]:
    """Return the names that a class defines, as they stand in its source."""
    for node in _body(owner):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.FunctionDef):
            yield node.name


def _field_type(value: type, name: str) -> str:
    kinds = [inspect.get_annotations(one).get(name) for one in value.__mro__]
    return next((_annotation(kind) for kind in kinds if kind is not None), "")


def _field_texts(value: type) -> dict[str, str]:
    """Return the text below each field of a class."""
    found = {}
    for node, after in (pair for owner in _owners(value) for pair in pairwise(_body(owner))):
        if not (isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)):
            continue
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[node.target.id] = " ".join(str(after.value.value).split())
    return found


def _body(owner: type) -> list[ast.stmt]:
    (found,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    return found.body if isinstance(found, ast.ClassDef) else []
