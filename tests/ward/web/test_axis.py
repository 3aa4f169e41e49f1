"""The time axis of a patient: what is drawn, where, and the same figures in the table beside it."""

import re
import xml.etree.ElementTree as ET
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from pathway.clinical.instant import Instant, instant
from pathway.definition.load import load
from tests.case.ward import CASE, TICKS, Ward, t
from tests.definition.broken import TEXT, error_of, replaced
from tests.ward.web.conftest import words
from tests.ward.web.test_colours import contrast, tokens
from tests.ward.web.told import drawn, page, rows
from ward.web.assets import FOLDER
from ward.web.axis import SPANS, window
from ward.web.axis.paint import INK, LOOKS, SOFT
from ward.web.axis.paint import MARKS as MARK_COLOURS
from ward.web.axis.window import LEFT, RIGHT
from ward.web.moment import DAY

SVG = "{http://www.w3.org/2000/svg}"
#: What a mark is drawn with; each of them must say how it looks by itself.
MARKS = {f"{SVG}{name}" for name in ("rect", "path", "line", "text")}


@pytest.fixture
def ward() -> Ward:
    """Two days: values, tretinoin held and begun again, platelets, a reminder that is done."""
    ward = Ward(zone="Europe/Berlin")
    ward.at("1 10:00").panel("1 09:30", fibrinogen="92", platelets="41")
    ward.at("1 12:00").therapy("started", "1 11:00")
    ward.at("1 20:00").therapy("dose", "1 19:30")
    ward.at("2 08:00").therapy("held", "2 07:00")
    ward.at("2 12:00").product("platelets", "started", "2 11:00")
    ward.at("2 12:30").product("platelets", "ended", "2 11:40")
    ward.at("2 15:00").lab("fibrinogen", "178", "2 14:00")
    return ward.look("2 18:00")


def root(ward: Ward, span: str = "3d") -> ET.Element:
    """The drawing, parsed."""
    return ET.fromstring(drawn(ward, span).svg)  # noqa: S314 - our own drawing


def titles(ward: Ward, look: str, span: str = "3d") -> list[str]:
    """What the marks of a look say."""
    found = [each for each in root(ward, span).iter() if each.get("class") == f"m-{look}"]
    return [each.text or "" for one in found for each in one.iter(f"{SVG}title")]


# --- the window ------------------------------------------------------------------------------------------------------


def test_the_axis_is_proportional_to_time_also_on_the_day_that_has_23_hours():
    frame = window("3d", instant("2026-03-30T12:00Z"), Instant(0), ZoneInfo("Europe/Berlin"))
    ticks = {tick.day: tick.x for tick in frame.ticks() if tick.day}
    short, whole = ticks["30-Mar-2026"] - ticks["29-Mar-2026"], ticks["29-Mar-2026"] - ticks["28-Mar-2026"]
    assert abs(short / whole - 23 / 24) < 0.02


def test_a_point_more_inside_the_span_moves_nothing(ward):
    before = drawn(ward)
    care = ("Fibrinogen", "Platelets", "tretinoin", "Treatment")
    where = {(each.when, each.words) for each in before.rows if each.lane in care}
    points = re.findall(r'class="m-(?:critical|fine|below)" (d="[^"]*")', before.svg)
    ward.lab("fibrinogen", "299", "2 17:00")
    after = drawn(ward)
    assert (after.window.start, after.window.end) == (before.window.start, before.window.end)
    assert where < {(each.when, each.words) for each in after.rows}
    assert all(each in after.svg for each in points)


def test_the_window_reaches_into_what_lies_ahead():
    frame = window("24h", t("2 12:00"), t("1 12:00"), ZoneInfo("UTC"))
    assert (frame.start, frame.end) == (t("1 12:00"), t("2 16:00"))
    assert LEFT == frame.x(frame.start) < frame.x(frame.now) < frame.x(frame.end) == RIGHT


def test_the_whole_episode_begins_with_the_presentation(ward):
    found = drawn(ward, "all").window
    assert found.start <= t("1 08:00") < found.start + DAY


def test_a_span_that_nobody_offers_is_the_usual_one(ward):
    assert drawn(ward, "<script>").window.name == "3d"


def test_dates_and_hours_stand_on_the_axis_in_the_zone_of_the_site(ward):
    ticks = drawn(ward, "24h").window.ticks()
    assert [(tick.day, tick.clock) for tick in ticks][:3] == [("", "21:00"), ("02-Mar-2026", ""), ("", "03:00")]


@pytest.mark.parametrize("length", [DAY, 3 * DAY, 14 * DAY, 60 * DAY, 700 * DAY])
def test_ticks_never_stand_on_each_other(length):
    frame = window("all", t("2 12:00"), Instant(t("2 12:00") - length), ZoneInfo("Europe/Berlin"))
    places = [tick.x for tick in frame.ticks()]
    assert 3 <= len(places) <= 14
    assert all(after - before >= 50 for before, after in pairwise(places))


# --- values ----------------------------------------------------------------------------------------------------------


def test_every_value_is_a_point_that_says_figure_unit_state_and_collection(ward):
    assert titles(ward, "critical") == ["Fibrinogen 92 mg/dL, collected 01-Mar-2026 10:30: critical"]
    assert "Fibrinogen 178 mg/dL, collected 02-Mar-2026 15:00: on target" in titles(ward, "fine")
    assert "Platelets 41 \u00d710⁹/L, collected 01-Mar-2026 10:30: below target" in titles(ward, "below")


def test_the_table_has_the_same_figures(ward):
    assert rows(drawn(ward), "Fibrinogen") == [
        ("01-Mar-2026 10:30", "92 mg/dL, critical"),
        ("02-Mar-2026 15:00", "178 mg/dL, on target"),
    ]


def test_the_unit_and_both_lines_are_always_in_sight(ward):
    said = [each.text for each in root(ward).iter(f"{SVG}text")]
    assert {"Fibrinogen", "mg/dL", "target 150", "critical 100", "at most 10"} <= set(said)


def test_a_line_to_stay_under_has_its_target_below_it(ward):
    bands = [band for band in root(ward).iter(f"{SVG}rect") if band.get("class") == "band-target"]
    frames = [frame for frame in root(ward).iter(f"{SVG}rect") if frame.get("class") == "frame"]
    floor, ceiling = bands[0], bands[-1]
    assert int(floor.get("y", 0)) == int(frames[0].get("y", 0))
    bottom = int(frames[-1].get("y", 0)) + int(frames[-1].get("height", 0))
    assert int(ceiling.get("y", 0)) + int(ceiling.get("height", 0)) == bottom


def test_a_value_above_a_line_to_stay_under_is_above_target_and_never_on_it(ward):
    ward.lab("fibrinogen", "40", "2 17:00", loinc="6690-2", unit="10*9/L")
    assert titles(ward, "above") == ["Leukocytes 40 \u00d710⁹/L, collected 02-Mar-2026 18:00: above target"]
    seen = next(lab for lab in ward.engine.picture(CASE).labs if lab.name == "leukocytes")
    assert (seen.state, seen.target) == ("above_target", "at most 10 10*9/L")


def test_a_value_below_a_line_to_stay_under_is_on_target(ward):
    ward.lab("fibrinogen", "3", "2 17:00", loinc="6690-2", unit="10*9/L")
    assert next(lab for lab in ward.engine.picture(CASE).labs if lab.name == "leukocytes").state == "on_target"


def test_a_value_beyond_the_scale_stands_inside_the_drawing_with_its_figure(ward):
    ward.lab("fibrinogen", "900", "2 17:00")
    found = root(ward)
    assert "900" in [each.text for each in found.iter(f"{SVG}text")]
    tops = {int(each.get("y", 0)) for each in found.iter(f"{SVG}rect") if each.get("class") == "frame"}
    places = re.findall(r'transform="translate\((\d+) (\d+)\)"', drawn(ward).svg)
    assert all(int(y) > min(tops) - 200 for _, y in places)


def test_a_result_that_is_no_value_is_drawn_as_a_gap_and_joined_to_nothing(ward):
    ward.lab("fibrinogen", "clotted", "2 17:00")
    assert len(titles(ward, "gap")) == 1
    assert rows(drawn(ward), "Fibrinogen")[-1][1].startswith("clotted")


def test_a_retracted_value_is_not_drawn(ward):
    ward.retract(ward.lab("fibrinogen", "31", "2 17:00"))
    assert [words for _, words in rows(drawn(ward), "Fibrinogen")] == ["92 mg/dL, critical", "178 mg/dL, on target"]


def test_points_are_joined_only_while_the_one_before_still_counted():
    ward = Ward()
    for day in ("1 10:00", "1 20:00", "4 20:00"):
        ward.at(day).lab("fibrinogen", "160", day)
    assert drawn(ward, "14d").svg.count('class="curve"') == 1


def test_a_pathway_that_draws_nothing_has_no_chart():
    bare = load(re.sub(r"(?s)\[panels\].*?(?=# --- facts)", "", TEXT))
    assert 'class="frame"' not in drawn(Ward(pathway=bare)).svg


# --- drugs, products, reminders --------------------------------------------------------------------------------------


def test_a_drug_is_a_bar_for_each_stretch_with_its_doses(ward):
    assert rows(drawn(ward), "tretinoin") == [
        ("01-Mar-2026 09:00", "known from here, began then or before: Cannot say, until 01-Mar-2026 10:00"),
        ("01-Mar-2026 10:00", "Never given, until 01-Mar-2026 12:00"),
        ("01-Mar-2026 12:00", "Running, until 02-Mar-2026 08:00"),
        ("01-Mar-2026 20:30", "dose given"),
        ("02-Mar-2026 08:00", "Held, not stopped"),
    ]


def test_a_dose_without_a_beginning_leaves_the_left_edge_open():
    ward = Ward(exposure=None)
    ward.at("2 08:00").therapy("dose", "2 07:00")
    told = rows(drawn(ward), "tretinoin")
    assert told[0] == (
        "01-Mar-2026 08:00",
        "known from here, began then or before: Cannot say, until 02-Mar-2026 07:00",
    )
    assert ("02-Mar-2026 07:00", "known from here, began then or before: Running") in told


def test_a_stop_ends_the_bar_and_a_next_dose_is_drawn_only_while_one_is_planned(ward):
    ward.at("2 18:30").therapy("resumed", "2 18:10", next_dose_at=t("2 22:00"))
    assert titles(ward, "planned") == ["02-Mar-2026 23:00: next dose planned"]
    ward.at("2 18:40")
    assert ward.stop(ticks=TICKS).status == "accepted"
    assert titles(ward, "planned") == []
    assert rows(drawn(ward), "tretinoin")[-1][1] == "Stopped"


def test_drugs_that_were_never_given_share_one_line(ward):
    said = [each.text or "" for each in root(ward).iter(f"{SVG}text")]
    assert "arsenic trioxide, cytarabine" in said[said.index("Never given") + 1]


def test_a_product_is_a_point_at_its_beginning_and_tells_its_end(ward):
    assert rows(drawn(ward), "platelets") == [("02-Mar-2026 12:00", "begun, ended 02-Mar-2026 12:40")]


def test_a_reminder_shows_opening_due_time_rungs_and_how_it_ended(ward):
    told = rows(drawn(ward), "Act on the low value")
    platelets = next(words for _, words in told if words.endswith("(Platelets)"))
    assert re.fullmatch(
        r"opened, due 01-Mar-2026 13:00, rung \d+ times, last .*, done 02-Mar-2026 13:00 \(Platelets\)", platelets
    )
    assert len(told) == 2
    looks = {each.get("class") for each in root(ward).iter()}
    assert {"m-due", "m-rung", "m-done"} <= looks


def test_an_open_reminder_is_due_ahead_of_now(ward):
    due, found = ward.due("M1", "fibrinogen").due_at, drawn(ward).window
    assert found.x(ward.clock.now()) < found.x(due) < RIGHT
    assert any(title.startswith("02-Mar-2026 21:00: due (Fibrinogen)") for title in titles(ward, "due"))


def test_a_stage_lasts_until_the_next(ward):
    assert rows(drawn(ward), "Treatment") == [
        ("01-Mar-2026 10:00", "Diagnosis pending, until 01-Mar-2026 13:00"),
        ("01-Mar-2026 13:00", "Empiric tretinoin"),
    ]


def test_a_finding_that_was_retracted_is_not_drawn(ward):
    ward.finding("bleeding", "minor")
    wrong = ward.finding("bleeding", "significant")
    assert len(rows(drawn(ward), "Findings")) == 3
    ward.retract(wrong)
    assert "Bleeding: significant" not in [words for _, words in rows(drawn(ward), "Findings")]
    assert "Bleeding: minor" in [words for _, words in rows(drawn(ward), "Findings")]


def test_a_table_that_is_too_long_keeps_the_newest_and_says_how_many_it_leaves_out():
    ward = Ward()
    for minute in range(210):
        at = f"1 {10 + minute // 60}:{minute % 60:02}"
        ward.at(at).finding("bleeding", "minor", at=t(at))
    found = drawn(ward, "24h")
    assert found.hidden > 10
    assert rows(found, "Findings")[-1][0] == "01-Mar-2026 13:29"
    assert len(rows(found, "Findings")) < 210
    assert [row.at for row in found.rows] == sorted((row.at for row in found.rows), reverse=True)


# --- what holds for every mark ---------------------------------------------------------------------------------------


def test_every_mark_says_how_it_looks_without_a_style_sheet(ward):
    whole = root(ward, "all")
    around = {inner: outer for outer in whole.iter(f"{SVG}g") for inner in outer}
    for each in whole.iter():
        assert "style" not in each.attrib
        if each.tag in MARKS:
            # The ink of the words is that of the whole drawing.
            said = whole if each.tag == f"{SVG}text" and not each.get("fill") else around.get(each, each)
            assert said.get("fill") or said.get("stroke"), ET.tostring(each)


def test_the_drawing_says_in_words_what_it_shows(ward):
    found = root(ward)
    assert found.get("role") == "img"
    assert found.findtext(f"{SVG}title") == "Time axis, 27-Feb-2026 19:00 to 03-Mar-2026 07:00"
    assert "Fibrinogen in mg/dL" in (found.findtext(f"{SVG}desc") or "")


def test_a_text_from_outside_is_escaped_in_the_drawing_and_the_table(ward):
    ward.lab("fibrinogen", "<b>&x", "2 17:00")
    assert "<b>&x" not in page(ward)
    assert rows(drawn(ward), "Fibrinogen")[-1][1].startswith("<b>&x")


def test_the_page_holds_the_axis_its_spans_as_links_and_the_table(ward):
    html = page(ward, "?span=24h")
    for word, name, _ in SPANS:
        assert (f'<a href="?span={word}#axis">{name}</a>' in html) == (word != "24h")
    assert '<strong aria-current="true">24 h</strong>' in html
    assert "02-Mar-2026 15:00 Fibrinogen 178 mg/dL, on target" in words(html)
    assert " style=" not in html


def test_a_replay_has_no_axis_of_the_present(ward):
    drawing = page(ward, "/replay").partition('<svg class="axis"')[2].partition("</svg>")[0]
    assert ">then " in drawing
    assert ">now " not in drawing


def test_marks_of_one_kind_on_one_place_are_one_mark_and_stay_apart_in_the_table():
    ward = Ward()
    for minute in range(20):
        ward.at(f"1 10:{minute:02}").finding("bleeding", "minor", at=t(f"1 10:{minute:02}"))
    found = drawn(ward, "14d")
    assert len(titles(ward, "finding", "14d")) <= 2
    assert len(rows(found, "Findings")) == 20


# --- colours ---------------------------------------------------------------------------------------------------------

CSS = (FOLDER / "case.css").read_text("utf-8")
#: Inks of the axis that stand on the panel in every theme: as words, and as marks.
WORDS = ("fine-ink", "overdue-ink", "quiet-ink", "running-ink")
SHAPES = ("due-ink", "fine-ink", "overdue-ink", "gap-ink", "below-ink", "been-ink", "now-ground", "later-ink", "edge")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_word_and_mark_of_the_axis_is_seen_on_the_panel(theme):
    colours = tokens(theme)
    assert [each for each in WORDS if contrast(colours[each], colours["panel-ground"]) < 4.5] == []
    assert [each for each in SHAPES if contrast(colours[each], colours["panel-ground"]) < 3] == []


def test_every_mark_is_seen_on_paper_by_its_own_colours():
    assert [look for look, (_, stroke) in LOOKS.items() if contrast(stroke, "#ffffff") < 3] == []
    assert [look for look, colour in MARK_COLOURS.items() if contrast(colour, "#ffffff") < 3] == []
    assert min(contrast(INK, "#ffffff"), contrast(SOFT, "#ffffff"), contrast(INK, LOOKS["running"][0])) >= 4.5


def test_the_words_on_a_held_drug_are_read_on_both_colours_of_its_hatching(ward):
    svg = drawn(ward, "24h").svg
    hatching = re.findall(r'fill="(#[0-9a-f]{6})"', re.findall(r"<pattern.*?</pattern>", svg)[0])
    assert len(hatching) == 2
    assert min(contrast(INK, each) for each in hatching) >= 4.5
    assert 'class="ink-on-held"' in svg
    assert "ink-on-held" not in CSS


def test_no_colour_of_the_page_stands_outside_the_tokens():
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", CSS) == []


# --- the declaration in the file -------------------------------------------------------------------------------------

PANEL = 'fibrinogen = { scale = ["0 mg/dL", "300 mg/dL"], source = ["W1"] }'


@pytest.mark.parametrize(
    "instead",
    [
        'fibrinogen = { scale = ["0 g/L", "3 g/L"], source = ["W1"] }',
        'fibrinogen = { scale = ["300 mg/dL", "0 mg/dL"], source = ["W1"] }',
        'fibrinogen = { scale = ["0 mg/dL", "much"], source = ["W1"] }',
    ],
)
def test_a_scale_in_another_unit_or_upside_down_is_a_fault_in_its_line(instead):
    faults = error_of(replaced(TEXT, PANEL, instead)).faults
    assert [each.code for each in faults] == ["scale"]
    assert "fibrinogen" in faults[0].happened


def test_a_panel_of_what_is_no_value_is_a_fault():
    faults = error_of(replaced(TEXT, PANEL, PANEL.replace("fibrinogen", "bleeding", 1))).faults
    assert [each.code for each in faults] == ["unknown"]
