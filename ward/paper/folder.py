"""The folder of the sheets: written anew again and again, each file replaced at once, so that the last one is whole."""

import re
import time
from hashlib import sha256
from pathlib import Path
from threading import Event

import structlog

from pathway.case.envelope import By
from scheduler.post import error_name
from ward.paper.page import as_page
from ward.paper.print import as_pdf
from ward.paper.sheet import Named, Sheet, sheets
from ward.watchdog.telling import write
from ward.wiring import House

#: Twice within the hour for which a sheet is valid, so that one that fails does not leave the folder without.
EVERY_S = 30 * 60.0
#: A write that failed is tried again after this.
AGAIN_S = 60.0
#: Whoever prints: patients are named in the access log like any others that somebody looked at.
PAPER = By(actor="paper", source="downtime")
LOG = structlog.get_logger()


def write_sheets(house: House, folder: Path, named: Named, wards: frozenset[str] | None = None) -> list[Path]:
    """Write the sheet of every ward as HTML and PDF into a folder, made when absent; the files. Raises OSError.

    `wards`: these alone, for somebody who may see no others.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for sheet in sheets(house, named, wards):
        # Kept nowhere or not, the sheet is written: it is for the very hour in which nothing else goes.
        house.aside.enter(house.store, house.clock.now(), PAPER, "downtime sheet", sheet.cases, "", "read")
        name = file_name(sheet)
        for path, content in (
            (folder / f"{name}.html", as_page(sheet).encode()),
            (folder / f"{name}.pdf", as_pdf(sheet)),
        ):
            write(path, content)
            written.append(path)
    return written


def file_name(sheet: Sheet) -> str:
    """A name that every system takes: the ward's letters and digits, and where some were lost, what tells it apart."""
    plain = re.sub(r"[^A-Za-z0-9-]+", "_", sheet.ward)[:40]
    lost = "" if plain == sheet.ward else f"_{sha256(sheet.ward.encode()).hexdigest()[:8]}"
    return f"ward_{plain}{lost}"


def keep_writing(house: House, folder: Path, named: Named, stopping: Event) -> None:
    """Write the sheets at once and then every half-hour, by the wall, until asked to stop. Says what fails."""
    wait_s = 0.0
    while not stopping.wait(wait_s):
        began_s = time.monotonic()
        try:
            write_sheets(house, folder, named)
            wait_s = max(0.0, EVERY_S - (time.monotonic() - began_s))
        except Exception as error:  # noqa: BLE001 - the next minute tries again; the sheets in the folder say how old they are
            LOG.error("the downtime sheets were not written", error=error_name(error))  # noqa: TRY400 - names only
            wait_s = AGAIN_S
