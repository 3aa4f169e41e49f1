"""The protocol book on the command line."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ward.cli.app import app
from ward.cli.exits import note
from ward.definitions import read_pathway, read_text
from ward.wiring import pathways


@app.command()
def book(
    file: Annotated[Path | None, typer.Argument(help="A pathway file; else the shipped one.")] = None,
    out: Annotated[Path, typer.Option(help="The folder to write the book to.")] = Path("book"),
    against: Annotated[Path | None, typer.Option(help="An older file: say in words and picture what differs.")] = None,
    only: Annotated[Literal["html", "pdf"] | None, typer.Option(help="One of the two forms.")] = None,
) -> None:
    """Write a pathway out in words as HTML and PDF: every rule with its source, every number with its bounds."""
    from ward.book import as_page, as_pdf, changes, chapters
    from ward.book.tags import shipped_sources, tags

    pathway = read_pathway(file) if file else pathways()[0]
    older = read_pathway(against) if against else None
    beside = file.with_name("SOURCES.md") if file else None
    meanings = tags(read_text(beside) if beside and beside.is_file() else shipped_sources(pathway))
    written = chapters(pathway)
    found = changes(chapters(older), written) if older else ()
    out.mkdir(parents=True, exist_ok=True)
    name = f"{pathway.form.pathway}_v{pathway.form.version}"
    if only != "pdf":
        (out / f"{name}.html").write_text(as_page(pathway, written, meanings, older, found), "utf-8")
        note(f"wrote {out / f'{name}.html'}")
    if only != "html":
        (out / f"{name}.pdf").write_bytes(as_pdf(pathway, written, meanings, older, found))
        note(f"wrote {out / f'{name}.pdf'}")
