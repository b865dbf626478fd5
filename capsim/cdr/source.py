"""The bytes of a file as UTF-8 text in blocks of whole lines: compression, encoding, line ends, NUL bytes.

A line ends with LF, CR LF or CR, mixed as they may be. NUL bytes are left out. A file that is not UTF-8
or UTF-16 is read as Latin-1; so are the blocks of a UTF-8 file that are not UTF-8.
"""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from capsim.errors import InputError, Problem

BLOCK = 24 << 20
"""Bytes read at once."""
HEAD = 1 << 20
"""Bytes of the beginning that are looked at to understand a file."""
LONGEST_LINE = 8 << 20

_GZIP = b"\x1f\x8b"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_KNOWN = (
    (b"PK\x03\x04", "is a zip archive or a spreadsheet"),
    (b"\xd0\xcf\x11\xe0", "is a spreadsheet or another document of an office program"),
    (b"%PDF", "is a PDF document"),
    (b"PAR1", "is a Parquet file"),
    (b"BZh", "is compressed with bzip2"),
    (b"\xfd7zXZ", "is compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "is compressed with zstd"),
)
_ALLOWED = "allowed: CSV as text, also compressed with gzip"
_TEXT = bytes({7, 8, 9, 10, 11, 12, 13, 26, 27} | set(range(32, 256)) - {127})


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read, and how: ``encoding`` as Python names it, ``gzipped`` or not."""

    path: Path
    encoding: str
    gzipped: bool

    def blocks(self, size: int = BLOCK) -> Iterator[bytes]:
        """UTF-8 text without byte-order mark, whole lines that each end with LF, about ``size`` bytes at once."""
        rest = b""
        for text in self._texts(size):
            whole = rest + text
            cut = whole.rfind(b"\n") + 1
            if len(whole) - cut > LONGEST_LINE:
                raise InputError(
                    Problem(f"has a line of more than {LONGEST_LINE >> 20} MB; {_ALLOWED}", str(self.path))
                )
            rest = whole[cut:]
            if cut:
                yield self._valid(whole[:cut])
        if rest:
            yield self._valid(rest + b"\n")

    def head(self, size: int = HEAD) -> str:
        """The beginning, up to ``size`` bytes; its last line is left out where the file goes on."""
        with _reading(self.path):
            taken = b""
            for block in self.blocks(size):
                taken = block
                break
        return taken.decode("utf-8", "replace")

    def elsewhere(self, places: int = 16, size: int = 1 << 16) -> str:
        """Pieces of a plain file, evenly spaced over it; nothing of a compressed one."""
        if self.gzipped or self.encoding.startswith("utf-16"):
            return ""
        with _reading(self.path), self.path.open("rb") as file:
            length = file.seek(0, 2)
            pieces = []
            for place in range(places):
                file.seek(max(0, length - size) * (place + 1) // places)
                pieces.append(file.read(size).decode("latin-1"))
        return "\n".join(pieces)

    def _texts(self, size: int) -> Iterator[bytes]:
        """Text in UTF-8 (or, of an unknown 8-bit encoding, as it stands), with line ends LF, cut anywhere."""
        decoder = codecs.getincrementaldecoder(self.encoding)("replace") if self.encoding[:6] == "utf-16" else None
        held = b""
        first = True
        with _reading(self.path), _open(self.path, self.gzipped) as file:
            while raw := file.read(size):
                text = raw if decoder is None else decoder.decode(raw).encode("utf-8", "replace")
                if first:
                    text = text.removeprefix(codecs.BOM_UTF8)
                    first = False
                text = held + (text.replace(b"\0", b"") if b"\0" in text else text)
                held = b"\r" if text.endswith(b"\r") else b""  # its LF may come next
                text = text.removesuffix(held)
                if b"\r" in text:
                    text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
                yield text
        if held:
            yield b"\n"

    def _valid(self, text: bytes) -> bytes:
        if text.isascii() or self.encoding.startswith("utf-16"):
            return text
        if self.encoding.startswith("utf-8"):
            try:
                text.decode("utf-8")
                return text
            except UnicodeDecodeError:
                pass
        return text.decode("latin-1").encode("utf-8")


def find(path: str | Path) -> Source:
    """Look at the first bytes of a file. Raises InputError if it is none, is empty, or is not text."""
    path = Path(path)
    if path.is_dir():
        raise InputError(Problem("is a folder; name one file of call detail records", str(path)))
    if path.exists() and not path.is_file():
        raise InputError(Problem("is not a regular file; name one file of call detail records", str(path)))
    with _reading(path):
        with path.open("rb") as file:
            start = file.read(4)
        gzipped = start.startswith(_GZIP)
        with _open(path, gzipped) as file:
            head = file.read(HEAD)
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf"):
        raise InputError(Problem(f"is empty; {_ALLOWED}", str(path)))
    return Source(path, _encoding(head, path), gzipped)


def _encoding(head: bytes, path: Path) -> str:
    for magic, what in _KNOWN:
        if head.startswith(magic):
            raise InputError(Problem(f"{what}; {_ALLOWED}", str(path)))
    for mark, name in _MARKS:
        if head.startswith(mark):
            if name == "utf-32":
                raise InputError(Problem("is text in UTF-32; allowed: UTF-8, UTF-16, Latin-1", str(path)))
            return name
    sides = [head[side::2].count(0) / max(1, len(head[side::2])) for side in (0, 1)]
    if max(sides) > 0.4 and min(sides) < 0.1:
        return "utf-16-le" if sides[1] > sides[0] else "utf-16-be"
    odd = len(head.translate(None, _TEXT + b"\0")) + max(0, head.count(0) - len(head) // 20)
    if odd > len(head) // 100:
        raise InputError(Problem(f"is not text (a binary file?); {_ALLOWED}", str(path)))
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _open(path: Path, gzipped: bool) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, "rb")) if gzipped else path.open("rb")


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what the system says into an InputError that names the file."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(Problem("does not exist; name a file of call detail records", str(path))) from None
    except EOFError:
        raise InputError(Problem("ends early: its gzip data is cut off; fetch the file again", str(path))) from None
    except (zlib.error, gzip.BadGzipFile) as error:
        raise InputError(Problem(f"is damaged gzip data ({error}); fetch the file again", str(path))) from None
    except (OSError, ValueError) as error:
        raise InputError(Problem(f"cannot be read: {getattr(error, 'strerror', None) or error}", str(path))) from None
