"""The protocol book as PDF/A, tagged; the same definition gives the same bytes."""

from pathway.definition.pathway import Pathway
from pathway.definition.say import Clause
from ward.book.changes import Changed
from ward.book.chapter import Chapter, Item, Words
from ward.book.page import JOINS, labels, used
from ward.book.picture import marked, picture
from ward.press import pressed, quoted, text

HEAD = """#set document(title: {title})
#set page(paper: "a4", margin: (x: 18mm, y: 20mm), numbering: "1 / 1", footer: context [
  #set text(8pt); {footer} #h(1fr) #counter(page).display("1 / 1", both: true)])
#set text(font: ("Libertinus Serif",), size: 9.5pt, lang: "en")
#set par(justify: false)
#set table(stroke: (x, y) => (bottom: 0.4pt + luma(150)), inset: (x: 3pt, y: 3pt), align: left)
#show heading.where(level: 1): it => {{ pagebreak(weak: true); it; v(3pt) }}
#show heading.where(level: 3): it => block(above: 12pt, below: 5pt, sticky: true, it)
"""


def as_pdf(
    pathway: Pathway,
    book: tuple[Chapter, ...],
    tags: dict[str, str],
    against: Pathway | None = None,
    found: tuple[Changed, ...] = (),
) -> bytes:
    """The book of a pathway as PDF/A-2a. Raises typst.TypstError for text that the typesetter refuses."""
    form = pathway.form
    parts = [
        HEAD.format(title=quoted(form.title), footer=text(f"{form.pathway} version {form.version}, {form.status}")),
        f'#text(20pt, weight: "bold")[{text(form.title)}]\n\n',
        f"{text(f'Protocol book of {form.pathway}, version {form.version}. Definition {pathway.digest[:16]}.')}\n\n",
        f"*{text(f'Status: {form.status}. It supports and never replaces clinical judgement.')}*\n\n",
        "#outline(title: none, depth: 1)\n\n",
    ]
    if against is not None:
        parts += differences(pathway, against, found)
    plain = drawing(picture(pathway), "Phases and moves, described in the chapters that follow")
    parts.append(f"#page(flipped: true)[\n= The drawing\n{plain}\n]\n\n")
    for chapter in book:
        parts += chapter_of(chapter)
    known = [(mark, tags[mark]) for mark in tags if mark in used(book)]
    if known:
        cells = ", ".join(f"[{text(mark)}], [{text(said)}]" for mark, said in known)
        parts.append(f"= Sources\n\n#table(columns: (auto, 1fr), table.header([*Mark*], [*Stands for*]), {cells})\n")
    return pressed("".join(parts))


def differences(pathway: Pathway, against: Pathway, found: tuple[Changed, ...]) -> list[str]:
    """What changed, in words and in picture."""
    parts = [f"= What changed since version {against.form.version}\n\n{len(found)} items differ.\n\n"]
    for each in found:
        parts.append(f"=== {text(f'{each.kind.capitalize()}: {each.title} ({each.chapter})')}\n\n")
        for label, before, after in each.rows:
            old, new = (f"#strike[{text(before)}]" if before else ""), (f"#underline[{text(after)}]" if after else "")
            parts.append(f"/ {text(label)}: {old} {new}\n")
        parts.append("\n")
    pictures = (
        (marked(against, found, ("removed", "changed")), "Before: what was removed or changed has a broad frame"),
        (marked(pathway, found, ("added", "changed")), "After: what was added or changed has a broad frame"),
    )
    return parts + [f"#page(flipped: true)[{drawing(svg, caption)}]\n\n" for svg, caption in pictures]


def drawing(svg: str, caption: str) -> str:
    """A picture over the width of the page, with words for those who do not see it."""
    image = f'image(bytes({quoted(svg)}), format: "svg", width: 100%, alt: {quoted(caption)})'
    return f"#figure({image}, caption: [{text(caption)}])"


def chapter_of(chapter: Chapter) -> list[str]:
    """A chapter: a table, or a section for each item."""
    head = f"= {text(chapter.title)}\n\n{text(chapter.lead)}\n\n"
    return [head, table(chapter)] if chapter.table else [head, *map(section, chapter.items)]


def table(chapter: Chapter) -> str:
    """A chapter as one table; the numbers have room for a signature."""
    signed = chapter.key == "settings"
    columns = ["Name", *labels(chapter), *(("Source", "Signature") if signed else ())]
    cells = [f"[*{text(each)}*]" for each in columns]
    rows = []
    for item in chapter.items:
        said = dict(item.rows)
        row = [f"[{text(item.title)}]", *(f"[{words(said.get(label, ''))}]" for label in labels(chapter))]
        rows += [*row, *((f"[{text(', '.join(item.source))}]", "[]") if signed else ())]
    widths = ", ".join(["1.3fr", *["1fr"] * (len(columns) - 1)])
    return f"#table(columns: ({widths}), table.header({', '.join(cells)}), {', '.join(rows)})\n\n"


def section(item: Item) -> str:
    """One item with its rows."""
    said = "".join(f"/ {text(label)}: {words(each)}\n" for label, each in item.rows)
    source = f"#text(8pt)[Source: {text(', '.join(item.source))}]\n" if item.source else ""
    return f"=== {text(item.title)}\n\n{said}\n{source}\n"


def words(said: Words) -> str:
    """Words in the typesetter's markup."""
    if isinstance(said, str):
        return text(said)
    if isinstance(said, tuple):
        return f"#list({', '.join(f'[{text(each)}]' for each in said)})"
    return nested(said)


def nested(said: Clause) -> str:
    """A clause as nested lists."""
    if not said.join:
        return text(said.text)
    return f"_{JOINS[said.join]}_ #list({', '.join(f'[{nested(each)}]' for each in said.parts)})"
