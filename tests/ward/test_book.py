"""The protocol book: everything that stands in the file stands in the book, in words, and what changed is found."""

from functools import cache
from html.parser import HTMLParser

import pytest

from pathway.definition.form import PathwayForm
from pathway.definition.load import load, shipped
from pathway.definition.pathway import Pathway
from pathway.definition.say import line, rule, time
from tests.house.tree import ROOT
from ward.book import as_page, as_pdf, changes, chapters
from ward.book.tags import shipped_sources, tags

FILE = ROOT / "pathway/definitions/variant_apl/v1.toml"


@cache
def pathway() -> Pathway:
    return shipped("variant_apl", 1)


@cache
def page() -> str:
    return as_page(pathway(), chapters(pathway()), tags(shipped_sources(pathway())))


class Reader(HTMLParser):
    """Reads a page: its text, the elements that would ask elsewhere, the ids, and whether every element is closed."""

    VOID = frozenset({"meta", "br", "link", "img", "input"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.outside: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name in ("src", "href", "action", "data") and value and not value.startswith("#"):
                self.outside.append(value)
            if name == "href" and value and value.startswith("#"):
                self.links.append(value[1:])
            if name == "id" and value:
                self.ids.append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def spoken(self) -> str:
        """What a person reads."""
        return " ".join(self.text)


def parts(form: PathwayForm) -> list[str]:
    """The anchors that every part of a file must have in the book."""
    return [
        *(f"settings-{name}" for name in form.settings),
        *(f"facts-{name}" for name in form.facts),
        *(f"judgements-{name}" for name in (*form.conditions, *form.latches, *form.choices)),
        *(f"judgements-proposal/{each.name}" for each in form.proposals),
        *(f"moves-{each.id}/{each.name}" for each in form.transitions),
        *(f"acts-{each.id}" for each in form.requests),
        *(f"acts-stop/{each.drug}" for each in form.stops),
        *(f"reminders-{each.id}" for each in form.reminders),
        *(f"never-{each.id}" for each in form.never),
        *(f"exits-{leaf}" for leaf in form.exits),
        *(f"life-{name}" for name in ("enrol", "reviews", "failures")),
        *(f"life-{name}" for name in ("reopen", "merge", "amend", "screen", "verbal_orders") if getattr(form, name)),
        *(f"phases-{name}/{leaf}" for name, region in form.regions.items() for leaf in region.phases),
    ]


def test_every_part_of_the_file_has_its_place_in_the_book():
    read = Reader(page())
    assert sorted(set(parts(pathway().form)) - set(read.ids)) == []
    assert sorted({each for each in read.ids if read.ids.count(each) > 1}) == []
    assert set(read.links) <= set(read.ids)


def test_every_shipped_pathway_has_its_book():
    other = shipped("unmatched_report", 1)
    read = Reader(as_page(other, chapters(other), {}))
    assert sorted(set(parts(other.form)) - set(read.ids)) == []
    assert as_pdf(other, chapters(other), {}).startswith(b"%PDF-")


def test_the_page_is_whole_and_asks_nobody_else():
    read = Reader(page())
    assert read.open == []
    assert read.outside == []
    assert "<script" not in page()
    assert "@import" not in page()
    assert "url(" not in page()


def test_the_book_says_that_nothing_is_approved_and_leaves_room_to_sign_each_number():
    assert "not clinically approved" in page()
    assert page().count('<td class="sign">') == len(pathway().form.settings)


def test_the_decision_table_has_a_row_for_each_answer_of_an_act_and_each_move_by_itself():
    table = '<h2 id="decisions">' + page().partition('<h2 id="decisions">')[2].partition("<h2")[0]
    form = pathway().form
    doors = [f"({each.name.replace('_', ' ')})" for request in form.requests for each in request.doors]
    assert doors
    assert [each for each in doors if each not in table] == []
    refused = [request.refuse_text for request in form.requests if request.refuse_when or request.allow_only_when]
    assert [each for each in refused if each not in Reader(table).spoken()] == []
    assert table.count(", by itself: ") == sum(bool(not each.by and each.when) for each in form.transitions)


def test_a_number_stands_with_its_bounds_its_safe_side_and_its_source():
    row = page().partition('id="settings-fibrinogen_critical"')[2].partition("</tr>")[0]
    setting = pathway().form.settings["fibrinogen_critical"]
    assert setting.value in row
    assert all(each in row for each in setting.bounds or ())
    assert "higher is safer" in row
    assert all(each in row for each in setting.source)


def test_no_rule_is_said_in_the_language_of_the_file():
    names = [name for name in pathway().names if "_" in name]
    spoken = [line(rule(pathway(), text)) for text in pathway().rules]
    spoken += [time(pathway(), text) for text in pathway().moments]
    assert [(name, each) for each in spoken for name in names if name in each.split()] == []


def test_every_number_that_a_rule_compares_with_is_said_with_its_unit():
    text = pathway().form.conditions["criteria_severe"]
    assert "Fibrinogen below 100 mg/dL (fibrinogen critical)" in line(rule(pathway(), text))
    assert "30 \N{MULTIPLICATION SIGN} 10⁹/L" in line(rule(pathway(), text))


@pytest.mark.parametrize("twice", [False, True])
def test_the_pdf_is_archival_tagged_and_the_same_bytes_each_time(twice: bool):
    book = chapters(pathway())
    found = as_pdf(pathway(), book, tags(shipped_sources(pathway())))
    assert found.startswith(b"%PDF-")
    assert b"pdfaid" in found
    assert b"/StructTreeRoot" in found
    assert not twice or found == as_pdf(pathway(), book, tags(shipped_sources(pathway())))


@cache
def edited() -> Pathway:
    """The shipped file with one number higher, one move renamed and one prohibition without its override."""
    text = FILE.read_text("utf-8")
    for was, now in (
        ('fibrinogen_critical = { value = "100 mg/dL"', 'fibrinogen_critical = { value = "110 mg/dL"'),
        ('name = "begin_7plus3"', 'name = "start_7plus3"'),
        ('begin_7plus3 = "begin 7+3"', 'start_7plus3 = "start 7+3"'),
    ):
        assert was in text
        text = text.replace(was, now)
    return load(text, "edited.toml")


def test_two_versions_differ_in_words_where_their_files_differ_and_nowhere_else():
    found = {(each.kind, each.chapter, each.key): each for each in changes(chapters(pathway()), chapters(edited()))}
    number = found["changed", "Numbers", "fibrinogen_critical"]
    assert number.rows == (("Value", "100 mg/dL", "110 mg/dL"),)
    assert ("removed", "Moves", "T07/begin_7plus3") in found
    assert ("added", "Moves", "T07/start_7plus3") in found
    touched = [each for each in found.values() if each.kind == "changed" and each.chapter != "Phases"]
    assert all("fibrinogen critical" in f"{each.title} {each.rows}" for each in touched)


def test_a_version_differs_from_itself_in_nothing():
    assert changes(chapters(pathway()), chapters(pathway())) == ()


def test_the_difference_stands_in_the_book_in_words_and_in_the_picture():
    book = chapters(edited())
    found = changes(chapters(pathway()), book)
    text = as_page(edited(), book, {}, pathway(), found)
    assert "<del>100 mg/dL</del><br><ins>110 mg/dL</ins>" in text
    assert text.count('g[data-transition="T07"] rect') == 2
    assert as_pdf(edited(), book, {}, pathway(), found).startswith(b"%PDF-")
