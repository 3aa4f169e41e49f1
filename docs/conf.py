"""How the documentation is built: Markdown by MyST, shown by Furo, nothing fetched from outside."""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import generate  # all lie beside this file
import safety
import scenarios

generate.write()
safety.write()
scenarios.write()

project = "Wardpath"
author = "The Wardpath authors"
copyright = f"2026, {author}"
release = version = installed_version("wardpath")

extensions = ["myst_parser"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"Wardpath {release}"
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
