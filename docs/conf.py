"""How Sphinx builds the site. `make docs` runs it with warnings as errors and every reference checked."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import capsim

project = "capsim"
author = "The capsim developers"
release = version = capsim.__version__
language = "en"

extensions = ["myst_parser", "_site"]
exclude_patterns = ["_site", "_static"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"capsim {release}"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {
    "source_edit_link": "",
    "footer_icons": [],
}
pygments_style = "friendly"
pygments_dark_style = "native"
