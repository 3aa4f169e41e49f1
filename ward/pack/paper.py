"""A pack on paper: PDF/A-2a, tagged, each picture on a sheet of its own; the same pack gives the same bytes."""

from collections.abc import Mapping, Sequence

from ward.pack.content import Pack
from ward.pack.picture import Picture
from ward.pack.section import Section
from ward.pack.told import Told
from ward.press import pressed, quoted, text
from ward.spreadsheet import Cell, When
from ward.web.moment import moment_text

HEAD = """#set document(title: {title})
#set page(paper: "a4", flipped: true, margin: (x: 14mm, y: 14mm), footer: context [
  #set text(7.5pt); {footer} #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Libertinus Serif",), size: 9pt, lang: "en")
#set par(justify: false)
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(150)), inset: (x: 3pt, y: 3pt), align: left + top)
#show heading.where(level: 1): it => {{ it; v(2pt) }}
#show heading.where(level: 2): it => block(above: 14pt, below: 6pt, sticky: true, it)
"""
#: The height that a picture may take of a sheet on its side, with its heading and caption.
TALL = "150mm"
TIMELINE, TIMELINE_WIDTHS = ("Event", "Occurred", "What", "Who"), ("11mm", "45mm", "1fr", "56mm")


def as_pdf(pack: Pack, sums: Mapping[str, str]) -> bytes:
    """The pack as PDF/A-2a. `sums`: SHA-256 of each file beside it, by name."""
    footer = f"{pack.title}, events 1 to {pack.cut.position}, as known at {pack.ends}"
    parts = [
        HEAD.format(title=quoted(pack.title), footer=text(footer)),
        f"= {text(pack.title)}\n\n",
        *(f"#rect(stroke: 1.2pt)[*{text(each)}*]\n\n" for each in pack.marks),
        *(f"/ {text(name)}: {text(said)}\n" for name, said in pack.heading),
        "\n#outline(title: none, depth: 2)\n\n",
        f"#pagebreak()\n== {text('The stay as pictures')}\n\n",
        "#pagebreak()\n".join(map(figure, pack.pictures)),
        "#pagebreak()\n",
    ]
    parts += [*(chapter(each, pack) for each in pack.sections), timeline(pack), beside(sums)]
    return pressed("".join(parts))


def figure(each: Picture) -> str:
    """A picture as large as a sheet lets it be, with its words."""
    height, width = sizes(each.svg)
    fit = f"height: {TALL}" if height * 269 > width * 150 else "width: 100%"
    image = f'image(bytes({quoted(each.svg)}), format: "svg", {fit}, alt: {quoted(each.caption)})'
    return f"#figure({image}, caption: [{text(each.caption)}])\n\n"


def sizes(svg: str) -> tuple[int, int]:
    """Height and width of a drawing in its own units."""
    box = svg.partition('viewBox="')[2].partition('"')[0].split()
    return int(box[3]), int(box[2])


def chapter(each: Section, pack: Pack) -> str:
    """A section: what it is about, and its table."""
    head = f"== {text(each.title)}\n\n{text(each.lead)}\n\n"
    if not each.rows:
        return f"{head}{text(each.none)}\n\n"
    return head + table(each.columns, each.widths, [[cell(one, pack) for one in row] for row in each.rows])


def timeline(pack: Pack) -> str:
    """Every event in its order."""
    lead = "Every event of the record, in the order of recording: when it was true of the patient and, where that was "
    lead += "another minute, when it was recorded; what it says, the event that led to it, and who said so."
    rows = [event(each, pack) for each in pack.events]
    return f"== {text('Every event')}\n\n{text(lead)}\n\n" + table(TIMELINE, TIMELINE_WIDTHS, rows)


def event(each: Told, pack: Pack) -> list[str]:
    """One event."""
    it = each.event
    occurred, recorded = (moment_text(at, pack.zone) for at in (it.occurred_at, it.recorded_at))
    when = occurred if occurred == recorded else f"{occurred}\nrecorded {recorded}"
    led = "" if it.cause is None else f" (follows event {it.cause})"
    return [quoted(said) for said in (str(it.position), when, f"{each.words}{led}{each.under}", each.who)]


def beside(sums: Mapping[str, str]) -> str:
    """The files that belong to the pack, each with its digest."""
    rows = [[quoted(name), f'text(font: "DejaVu Sans Mono", 7.5pt, {quoted(digest)})'] for name, digest in sums.items()]
    lead = "The same as files, for programs, each with its SHA-256. They are whole where their digests are these."
    return f"== {text('Files of this pack')}\n\n{text(lead)}\n\n" + table(("File", "SHA-256"), ("60mm", "1fr"), rows)


def table(columns: Sequence[str], widths: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose head comes again on every page."""
    heads = ", ".join(f"[*{text(each)}*]" for each in columns)
    cells = ", ".join(each for row in rows for each in row)
    return f"#table(columns: ({', '.join(widths)}), table.header({heads}), {cells})\n\n"


def cell(said: Cell, pack: Pack) -> str:
    """One cell, whatever it holds: a string is set in a third of the time that markup takes."""
    if isinstance(said, When):
        return quoted("" if said.at is None else moment_text(said.at, pack.zone))
    return quoted(str(said))
