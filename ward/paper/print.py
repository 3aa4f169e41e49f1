"""A sheet as PDF/A, tagged; the same sheet gives the same bytes."""

from ward.paper.sheet import Row, Sheet, said_of, said_of_due
from ward.press import pressed, quoted, text

HEAD = """#set document(title: {title})
#set page(paper: "a4", flipped: true, margin: (x: 10mm, y: 10mm), footer: context [
  #set text(7pt); {footer} #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Libertinus Serif",), size: 8.5pt, lang: "en")
#set table(stroke: 0.5pt, inset: 3pt, align: left + top)
"""
COLUMNS = ("Bed", "Open criticals", "Next due", "Drugs", "Last values", "Phase", "Done, at, by")
WIDTHS = "(1fr, 1.7fr, 1.6fr, 1.5fr, 2fr, 1.2fr, 1.2fr)"


def as_pdf(sheet: Sheet) -> bytes:
    """The sheet of a ward as PDF/A-2a. Raises typst.TypstError for text that the typesetter refuses."""
    title = f"Downtime sheet: ward {sheet.ward}"
    warning = f"NOT LIVE. As of {sheet.as_of}, valid until {sheet.until} ({sheet.zone}, 24-hour clock)."
    marks = [f"{warning} Look at the patient and the chart."]
    marks += ["DEMONSTRATION: nobody is treated here"] if sheet.demonstration else []
    marks += [sheet.unapproved] if sheet.unapproved else []
    if sheet.reconciling:
        marks.append(f"RECONCILING: what was done from {sheet.reconciling} may not be entered yet")
    parts = [
        HEAD.format(title=quoted(title), footer=text(f"{title}. {warning}")),
        f"= {text(title)}\n\n",
        *(f"#rect(stroke: 1.2pt)[*{text(each)}*]\n\n" for each in marks),
        f"{text(sheet.label)}. {text('Write what you do into the last column, with the time it was done.')}\n\n",
        *([f"{text(sheet.sealed)}\n\n"] if sheet.sealed else []),
        table(sheet) if sheet.rows else f"{text('No open case in this ward.')}\n",
    ]
    return pressed("".join(parts))


def table(sheet: Sheet) -> str:
    """A row for each bed; the head comes again on every page."""
    heads = ", ".join(f"[*{text(each)}*]" for each in COLUMNS)
    cells = ", ".join(cell for row in sheet.rows for cell in cells_of(row))
    return f"#table(columns: {WIDTHS}, table.header({heads}), {cells})\n"


def cells_of(row: Row) -> list[str]:
    """The cells of a bed."""
    bed = lines([row.bed, row.token, *filter(None, [row.who])], bold=True)
    if row.broken:
        said = f"This case cannot be shown ({row.broken}). Nothing is known here: look at the patient and the chart."
        return [bed, f"table.cell(colspan: 5)[*{text(said)}*]", "[]"]
    criticals = [f"!! {said_of_due(each)}" for each in row.criticals] or ["none open"]
    due = [said_of_due(each) for each in row.due] or ["nothing else"]
    return [
        bed,
        lines([*criticals, *(f"! {each}" for each in row.flags)], bold=bool(row.criticals or row.flags)),
        lines([*due, *([f"and {row.more} more"] if row.more else [])]),
        lines([*row.drugs, *([f"Never given: {', '.join(row.never)}"] if row.never else [])]),
        lines([said_of(each) for each in row.values]),
        lines(list(row.stages)),
        "[]",
    ]


def lines(said: list[str], *, bold: bool = False) -> str:
    """A cell of several lines."""
    star = "*" if bold else ""
    return "[" + " #linebreak() ".join(f"{star}{text(each)}{star}" for each in said) + "]"
