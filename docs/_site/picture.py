"""Take the picture of a report in the README: ``python -m docs._site.picture``, or ``make picture``.

The page is the one that ``capsim report scenarios/first.yaml`` writes. The picture shows its head and the sections in
`SECTIONS`, without the elements in `HIDDEN`. A headless Chromium draws it. The page's first sentence is kept in the
file as its description, by which a test finds out whether the picture is current.
"""

from __future__ import annotations

import base64
import io
import sys
import tempfile
from pathlib import Path

from capsim.cli import execute
from tests.browser.browsing import BROWSER, NOT_RUN, browser

ROOT = Path(__file__).parents[2]
SCENARIO = "scenarios/first.yaml"
PICTURE = ROOT / "docs" / "_static" / "report.png"
WIDTH, SCALE = 940, 1.5
"""Width of the page in CSS pixels, and pixels of the picture for each."""
COLOURS = 256
"""Colours of the picture's palette, which makes the file small."""
LARGEST = 200_000
"""Largest picture, in bytes."""
SECTIONS = ("s-which-tier-took-the-calls", "s-one-channel-more-or-fewer")
HIDDEN = "nav, footer, #s-which-tier-took-the-calls ~ .scroll"
CUT = """(sections, hidden) => {
  const all = [...document.querySelectorAll('section')];
  const shown = all.filter((one) => sections.includes(one.getAttribute('aria-labelledby')));
  if (shown.length != sections.length) throw Error(`sections found: ${shown.length}`);
  for (const one of all) if (!shown.includes(one)) one.remove();
  for (const one of document.querySelectorAll(hidden)) one.remove();
  for (const one of document.querySelectorAll('body *')) if (one.scrollWidth > one.clientWidth && one.clientWidth)
    if (getComputedStyle(one).overflowX != 'visible') throw Error(`cut: ${one.outerHTML.slice(0, 90)}`);
  document.body.style.paddingBottom = '1rem';
  return [document.body.scrollHeight, document.querySelector('.verdict').textContent];
}"""
"""Leave only what the picture shows; return the height of the page, and its first sentence."""


def main(target: Path = PICTURE) -> int:
    """Take the picture; return the exit status."""
    if BROWSER is None:
        print(NOT_RUN, file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        if status := execute(["report", str(ROOT / SCENARIO), "--out", str(page), "--quiet"]):
            return status
        picture = _small(*_shot(page, Path(folder)))
    if len(picture) > LARGEST:
        print(f"the picture has {len(picture):,} bytes; at most {LARGEST:,} are allowed", file=sys.stderr)
        return 1
    target.write_bytes(picture)
    print(f"wrote {target}: {len(picture):,} bytes")
    return 0


def _shot(page: Path, profile: Path) -> tuple[bytes, str]:
    """Return the page as PNG, and its first sentence."""
    with browser(profile) as tab:
        tab.call("Emulation.setDeviceMetricsOverride", width=WIDTH, height=900, deviceScaleFactor=SCALE, mobile=False)
        tab.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": "light"}])
        tab.open(page.as_uri())
        tab.wait_for("One channel more, or fewer")
        height, sentence = tab.value(f"({CUT})({list(SECTIONS)}, {HIDDEN!r})")
        clip = {"x": 0, "y": 0, "width": WIDTH, "height": height, "scale": 1}
        shot = tab.call("Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True)
    return base64.b64decode(shot["data"]), sentence


def _small(picture: bytes, sentence: str) -> bytes:
    """Return the picture with a palette that has rare colours too, and a description."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    note = PngInfo()
    note.add_itxt("Description", sentence)
    small = io.BytesIO()
    drawn = Image.open(io.BytesIO(picture)).convert("RGB")
    drawn = drawn.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    drawn.save(small, "PNG", optimize=True, pnginfo=note)
    return small.getvalue()


if __name__ == "__main__":
    sys.exit(main())
