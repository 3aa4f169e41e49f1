"""What the pathway would have asked of real series: `python docs/series.py FILE` writes the page and its picture.

FILE is the haemostasis table of the MIMIC-III demonstration data. The page holds counts and times that a run gave and
none of the values; tests/docs/test_series.py runs it again and compares.
"""

import sys
from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from pathlib import Path

import msgspec

from pathway.clinical.instant import SPAN_UNITS, Instant
from ward.clock import FixedClock
from ward.laboratory.feeding import Fed, feed
from ward.laboratory.mapping import find_map
from ward.laboratory.rows import read_rows
from ward.laboratory.tally import Counted, Value, tally, values
from ward.wiring import house, memory_store

PAGE = Path(__file__).resolve().parent / "explanation" / "real-series.md"
PICTURE = PAGE.with_suffix(".svg")
MAP = "mimic3_demo"
#: Two people with disseminated intravascular coagulation in the file; the page shows them one by one.
SHOWN = ("10120", "10126")
HOUR = SPAN_UNITS["h"]
#: Upper ends of the bins of lateness, in hours.
BINS = (1, 3, 6, 12, 24)
FILLS = {"on time": "#1f6f43", "late": "#a3160f"}


class Run(msgspec.Struct, frozen=True):
    """What came of an import: rows that were fed, those that were not, counts by analyte, and the rechecked values."""

    rows: int
    unread: dict[str, int]
    fed: Fed
    counted: tuple[Counted, ...]
    values: tuple[Value, ...]


def run(file: Path, *subjects: str) -> Run:
    """Feed these people of the file (all of them where none is named) into an empty store in memory."""
    mapping = find_map(MAP)
    rows, store = read_rows(file, mapping, frozenset(subjects)), memory_store("demonstration")
    store.set_property("label", mapping.label)
    fed = feed(store, rows, mapping, lambda _count: None)
    made, people = house(store, FixedClock(Instant(0))), list(rows.by_subject)
    found = tally(made.engine, mapping, people, made.pathways)
    seen = values(made.engine, mapping, people, made.pathways)
    return Run(rows.count, rows.unread, fed, tuple(found), tuple(seen))


def table(found: Run) -> list[str]:
    """The counts by analyte, as the rows of a Markdown table."""
    lines = [
        "| analyte | values | not usable | line | went below | came back | rechecks due | on time | late |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in found.counted:
        for number, crossed in enumerate(each.lines or (None,)):
            own = (each.analyte, each.values, each.unusable) if number == 0 else ("", "", "")
            line = (crossed.name.replace("_", " "), crossed.down, crossed.up) if crossed else ("", "", "")
            kept = (each.due, each.on_time, each.late) if number == 0 and each.due else ("", "", "")
            lines.append(f"| {' | '.join(map(str, (*own, *line, *kept)))} |")
    return lines


def lateness(found: Run) -> dict[str, list[int]]:
    """Analyte to counts of rechecks that were met: on time, then by the bins of lateness, the last one open."""
    made: dict[str, list[int]] = {}
    for each in found.values:
        if each.late_us is None:
            continue
        bins = made.setdefault(each.analyte, [0] * (len(BINS) + 2))
        place = 0 if each.late_us == 0 else 1 + sum(each.late_us > end * HOUR for end in BINS)
        bins[place] += 1
    return dict(sorted(made.items()))


def picture(whole: Run, single: dict[str, Run]) -> str:
    """Bars of lateness for everybody, and each recheck of the people who are shown one by one."""
    names = ["on time", *(f"up to {end} h" for end in BINS), f"over {BINS[-1]} h"]
    lines, y = [], 24
    for analyte, bins in lateness(whole).items():
        lines.append(text(16, y, f"{analyte}: when rechecks that were made came, 100 people", bold=True))
        most = max(bins)
        for name, count in zip(names, bins, strict=True):
            y += 22
            fill = FILLS["on time" if name == "on time" else "late"]
            lines += [
                text(110, y, name, anchor="end"),
                f'<rect x="120" y="{y - 12}" width="{max(1, 480 * count // most)}" height="14" fill="{fill}"/>',
                text(126 + max(1, 480 * count // most), y, str(count)),
            ]
        y += 34
    for subject, found in single.items():
        for drawn, height in strips(subject, found, y):
            lines += drawn
            y += height
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="760" height="{y}" viewBox="0 0 760 {y}" role="img" '
    label = "Lateness of rechecks; the counts stand in the tables of the page"
    font = 'font-family="system-ui, sans-serif" font-size="12" fill="#1b2733"'
    ground = f'<rect width="760" height="{y}" fill="#ffffff"/>'
    return "\n".join([f'{head}aria-label="{escape(label)}" {font}>', ground, *lines, "</svg>", ""])


def strips(subject: str, found: Run, top: int) -> Iterator[tuple[list[str], int]]:
    """One line of time for each analyte of a person: from each due time to the sample that met it."""
    met = [each for each in found.values if each.late_us is not None and each.recheck_due_at is not None]
    if not met:
        return
    begin, end = min(each.recheck_due_at or 0 for each in met), max(each.collected_at for each in met)
    scale = 600 / max(end - begin, 1)
    for analyte, group in groupby(sorted(met, key=lambda each: each.analyte), key=lambda each: each.analyte):
        marks = [text(16, top, f"{analyte}, person {subject}: dots are on time, lines run from due to done", bold=True)]
        top, y = top + 58, top + 24
        marks.append(f'<path d="M120 {y + 10}H720" stroke="#8696a5" stroke-width="1"/>')
        for each in group:
            done, due = (120 + (at - begin) * scale for at in (each.collected_at, each.recheck_due_at or begin))
            if each.late_us:
                marks.append(f'<path d="M{due:.1f} {y}H{done:.1f}" stroke="{FILLS["late"]}" stroke-width="4"/>')
            else:
                marks.append(f'<circle cx="{done:.1f}" cy="{y}" r="4" fill="{FILLS["on time"]}"/>')
        marks.append(text(720, y + 24, f"{(end - begin) // HOUR} h", anchor="end"))
        yield marks, 58


def text(x: int, y: int, said: str, *, anchor: str = "start", bold: bool = False) -> str:
    """One line of text."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}"{weight}>{escape(said)}</text>'


def page(whole: Run, single: dict[str, Run]) -> str:
    """The page."""
    told = whole.fed.told()
    left = "; ".join(f"{count} {why}" for why, count in whole.unread.items()) or "none"
    refused = "; ".join(f"{count} {code}" for code, count in whole.fed.refused.items()) or "none"
    parts = [
        "% Made by docs/series.py from a run. Do not edit.",
        "# Real series",
        "",
        *INTRODUCTION,
        "",
        "## All 100 people",
        "",
        f"Rows fed: {whole.rows}. Left out: {left}. Commands written: {told['written']}. Refused: {refused}.",
        "",
        *table(whole),
        "",
        *REMARKS,
        "",
        "```{image} real-series.svg",
        ":alt: Lateness of the rechecks; the counts stand in the tables of this page",
        "```",
    ]
    for subject, found in single.items():
        parts += ["", f"## Person {subject}", "", f"Rows fed: {found.rows}.", "", *table(found)]
    return "\n".join([*parts, ""])


INTRODUCTION: Iterable[str] = (
    "`wardpath import labs` on the haemostasis results of 100 people of intensive care (MIMIC-III demonstration",
    "data 1.4, Open Database License; real and de-identified, years shifted). Each is enrolled at the first",
    "result and walks through their own time on a fixed clock, in a demonstration database labelled as real and",
    "de-identified. None had this disease: what is proved is that real series with their gaps, comparators, texts",
    "and missing units go through, and which rechecks the rules would have asked for. Nobody was late by a rule",
    "that did not exist then.",
)
REMARKS: Iterable[str] = (
    "*Not usable*: D-dimer without FEU or DDU stays a question and never becomes a value; so do texts and clumps.",
    "*Due*: a recheck whose time came, or that was made before; a person's last one stays unmet when the file",
    "ends. A silence of three days begins another case.",
)


def write(file: Path) -> None:
    """Run everything and write the page and its picture."""
    whole, single = run(file), {subject: run(file, subject) for subject in SHOWN}
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(whole, single), encoding="utf-8", newline="\n")
    PICTURE.write_text(picture(whole, single), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
