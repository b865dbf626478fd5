"""The examples of a document: what is in its fences, and what a reader gets who does what the document says.

The examples of a document are one story, in a folder of their own that has ``scenarios/`` in it:

- A ``yaml`` block whose first line is a comment with a file's name is written to that file. The file is valid, unless
  its name begins with "broken". Any other ``yaml`` block stands in a scenario.
- A ``console`` block has commands after ``$``, each followed by its output.
- ``python`` blocks run one after the other, with the same names. A ``text`` block directly below is the output.
- ``sh`` blocks and other ``text`` blocks are shown and not run.

``python -m tests.docs.examples README.md docs/how-to/plan.md`` runs documents, and writes the output into them.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w-]+\.yaml)\n")
PLAIN = re.compile(r"""capsim ((?:[^|;<>&*$`'"\\]|'[^']*'|"[^"$`\\]*")*)(?:\| (.*))?""")
"""A command of capsim by itself, or what it prints handed on; it leaves nothing for the shell to find or to fill in."""
PAGES = sorted((ROOT / "docs").rglob("*.md"))
DOCUMENTS = [*sorted(ROOT.glob("*.md")), ROOT / "scenarios" / "README.md", *PAGES]


@dataclass
class Block:
    """A fence of a page. ``at_once``: nothing but a blank line is between it and the one before."""

    language: str
    text: str
    start: int
    end: int
    at_once: bool

    @property
    def file(self) -> str | None:
        """The file that it is to be written to."""
        found = FILE.match(self.text) if self.language == "yaml" else None
        return found[1] if found else None


def blocks_of(text: str) -> list[Block]:
    """All fences of a page, in order."""
    found: list[Block] = []
    for match in FENCE.finditer(text):
        before = text[found[-1].end + 4 : match.start(2)] if found else text[: match.start(2)]
        at_once = bool(found) and before.strip() == f"```{match[1]}"
        found.append(Block(match[1], match[2], match.start(2), match.end(2), at_once))
    return found


def blocks(text: str, language: str) -> list[str]:
    """What is in the fences of one language."""
    return [block.text for block in blocks_of(text) if block.language == language]


def run_shell(command: str, folder: Path = ROOT) -> str:
    """Standard output of a command, with this environment's capsim."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "COLUMNS": "100"}
    done = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"{command}: {done.returncode}: {done.stderr}"
    return done.stdout


def run_quickly(command: str, folder: Path) -> str:
    """The same, without a process for capsim, whose start takes longer than most runs; other programs have theirs."""
    plain = PLAIN.fullmatch(command)
    if plain is None:
        return run_shell(command, folder)
    output = _in_this_process(shlex.split(plain[1]), folder)
    if plain[2] is None:
        return output
    done = subprocess.run(plain[2], shell=True, cwd=folder, input=output, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}: {done.returncode}: {done.stderr}"
    return done.stdout


def _in_this_process(arguments: list[str], folder: Path) -> str:
    from capsim.cli import execute

    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "100"
    try:
        with (
            contextlib.chdir(folder),
            contextlib.redirect_stdout(io.StringIO()) as output,
            contextlib.redirect_stderr(io.StringIO()) as messages,
        ):
            status = execute(arguments)
    finally:
        os.environ.pop("COLUMNS")
        os.environ |= {"COLUMNS": columns} if columns is not None else {}
    assert status == 0, f"capsim {shlex.join(arguments)}: {status}: {messages.getvalue()}"
    return output.getvalue()


def commands_of(console: str) -> list[tuple[str, str]]:
    """The commands of a console block, each with what it is shown to print."""
    parts = re.split(r"^\$ (.*)\n", console, flags=re.MULTILINE)
    assert not parts[0], f"a console block begins with a command after '$ ': {parts[0]!r}"
    return list(zip(parts[1::2], parts[2::2], strict=True))


def outcomes(text: str, folder: Path) -> Iterator[tuple[Block, str]]:
    """Each block of a page that prints, with what it should read, done one after the other in a folder."""
    (folder / "scenarios").symlink_to(ROOT / "scenarios")
    names: dict[str, object] = {}
    printed: str | None = None
    for block in blocks_of(text):
        if block.file is not None:
            (folder / block.file).write_text(block.text, "utf-8")
            if not block.file.startswith("broken"):
                run_quickly(f"capsim validate {block.file}", folder)
        elif block.language == "console":
            done = ((command, run_quickly(command, folder)) for command, _ in commands_of(block.text))
            yield block, "".join(f"$ {command}\n{output}" for command, output in done)
        elif block.language == "text" and block.at_once and printed is not None:
            yield block, printed
        printed = _run_python(block.text, names, folder) if block.language == "python" else None


def _run_python(code: str, names: dict[str, object], folder: Path) -> str:
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "example", "exec"), names)
    return printed.getvalue()


def rewrite(page: Path) -> bool:
    """Write what comes out into a page; whether that changed it."""
    text = page.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        done = list(outcomes(text, Path(folder)))
    changed = text
    for block, said in reversed(done):
        changed = changed[: block.start] + said + changed[block.end :]
    if changed != text:
        page.write_text(changed, "utf-8")
    return changed != text


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(name, "changed" if rewrite(Path(name)) else "as it was")
