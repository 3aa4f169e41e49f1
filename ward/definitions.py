"""Definitions: pathway files that a site hands in beside the shipped ones."""

from pathlib import Path

from pathway.definition.checker import Site, site_of
from pathway.definition.load import load
from pathway.definition.pathway import Pathway
from ward.errors import NotFound, NotUnderstood
from ward.plugins import computed_facts

#: Fifty times the longest pathway there is.
FILE_LIMIT = 2_000_000


def read_pathway(file: Path, site: Site | None = None) -> Pathway:
    """The pathway in a file, with a site's own settings. Raises NotFound, NotUnderstood, DefinitionError."""
    return load(read_text(file), file.name, computed_facts(), site)


def read_site(file: Path) -> Site:
    """A site's own settings in a file. Raises NotFound, NotUnderstood."""
    return Site(read_text(file), file.name)


def read_sites(files: tuple[Path, ...]) -> dict[tuple[str, int], Site]:
    """A site's own settings, by the name and version of the pathway that each file is about.

    Raises NotFound, NotUnderstood for two files about one pathway.
    """
    found: dict[tuple[str, int], Site] = {}
    for file in files:
        site = read_site(file)
        about = site_of(site.text)
        if about is None:
            happened = f"{file} does not say which pathway it overrides"
            raise NotUnderstood(happened, "a TOML file with pathway and version", "write both at its top")
        if about in found:
            happened = f"{file} overrides {about[0]} version {about[1]}, as another file does"
            raise NotUnderstood(happened, "one file for each pathway", "put the settings into one of them")
        found[about] = site
    return found


def read_text(file: Path) -> str:
    """The text of a pathway file. Raises NotFound, NotUnderstood."""
    try:
        text = file.read_bytes()
    except OSError as error:
        raise NotFound(f"{file} cannot be read ({error.strerror})", "a pathway file", "check the path") from error
    if len(text) > FILE_LIMIT:
        raise NotUnderstood(f"{file} has over {FILE_LIMIT} bytes", "a pathway file", "check the path")
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise NotUnderstood(f"{file} is not UTF-8", "a text in UTF-8", "convert it") from error
