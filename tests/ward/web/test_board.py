"""The board: what a ward reads from three metres."""

import re

import msgspec
import pytest

from pathway.case.picture import ExposureSeen, RungSeen
from pathway.clinical.instant import Instant
from tests.ward.web.conftest import row, words
from tests.ward.web.samples import DAY, HOUR, MIN, NOW, STOP, Ward, ago, lab, picture, reminder


def test_rows_stand_in_the_order_of_bed_numbers(client):
    assert re.findall(r'id="row-(\w+)"', client.get("/").text) == ["c2", "k7a", "c6", "c10"]


def test_a_row_says_bed_name_age_sex_and_that_the_patient_is_invented(client):
    said = row(client.get("/").text, "k7a")
    assert said.startswith("Bed 4 BEISPIEL, Anna (Ms) INVENTED 44 y, female")


def test_a_deidentified_patient_is_marked_so(client):
    assert "Name not known DE-IDENTIFIED" in row(client.get("/").text, "c10")


def test_a_live_patient_carries_no_mark(browse):
    page = browse(Ward(picture(origin="live"))).get("/").text
    assert 'class="mark"' not in page


def test_every_stage_is_visible_and_the_present_one_alone_is_marked(client):
    page = client.get("/").text
    strip = re.search(r'(?s)id="row-k7a".*?(<ol class="bar".*?</ol>)', page)[1]
    assert strip.count("<li") == 7
    assert re.findall(r'aria-current="step">([^<]*)', strip) == ["3"]
    assert "Variant confirmed, resistant since 12 min" in row(page, "k7a")
    assert "3 Variant confirmed, resistant 4 Variant confirmed, sensitive" in words(page)


def test_a_row_says_the_class_of_coagulation_supervision(client):
    said = row(client.get("/").text, "c2")
    assert "Coagulation supervised since" in said
    assert "Recheck class every 12 h" in said


def test_a_value_has_unit_age_trend_target_and_a_word_for_its_state(client):
    said = row(client.get("/").text, "k7a")
    assert "Fibrinogen 92 mg/dL falling Critical 35 min ago; target 150 mg/dL" in said
    assert "Platelets 41 \u00d710\u2079/L rising Below target 35 min ago; target 50 \u00d710\u2079/L" in said


@pytest.mark.parametrize(
    "state, look, word",
    [
        ("critical", "critical", "Critical"),
        ("below_target", "below", "Below target"),
        ("on_target", "fine", "On target"),
        ("cannot_say", "gap", "Cannot say"),
    ],
)
def test_every_state_has_its_own_word_colour_and_shape(browse, state, look, word):
    page = browse(Ward(picture(labs=(lab(state=state), lab("platelets", state=state))))).get("/").text
    chips = re.findall(r'<span class="chip (\w+)">(<svg.*?</svg>)<span>([^<]*)</span>', page)
    shown = [(colour, shape, text) for colour, shape, text in chips if text == word]
    assert [colour for colour, _, _ in shown] == [look, look]
    others = {shape for _, shape, text in chips if text != word}
    assert shown[0][1] not in others


@pytest.mark.parametrize("state", ["cannot_say", "", "normal", "ON_TARGET", "a state nobody has heard of"])
def test_a_gap_or_an_unheard_of_state_is_never_shown_as_normal(browse, state):
    gap = lab(shown="178 mg/dL", state=state, why="older than 36 h")
    said = row(browse(Ward(picture(labs=(gap, gap)))).get("/").text, "k7a")
    assert "Fibrinogen Cannot say older than 36 h; last 178 mg/dL, 35 min ago" in said
    assert "On target" not in said


def test_a_value_on_target_without_a_figure_is_a_gap(browse):
    said = row(browse(Ward(picture(labs=(lab(shown="", state="on_target"),)))).get("/").text, "k7a")
    assert "Fibrinogen Cannot say no reason was given" in said
    assert "On target" not in said


def test_the_values_of_a_row_are_those_with_a_target_and_a_critical_line_whatever_they_are(browse):
    labs = (lab(), lab("lactate", "3.1 mmol/L", "below_target", target="2 mmol/L", critical="4 mmol/L"), lab("inr"))
    said = row(browse(Ward(picture(pathway="another", labs=labs))).get("/").text, "k7a")
    assert "Lactate 3.1 mmol/L" in said
    assert "INR" not in said


def test_a_pathway_with_one_line_for_each_value_shows_those(browse):
    labs = (lab(target="", critical="100 mg/dL"), lab("inr"))
    said = row(browse(Ward(picture(labs=labs))).get("/").text, "k7a")
    assert "Fibrinogen 92 mg/dL" in said
    assert "INR" not in said


def test_a_pathway_without_targets_says_so_in_place_of_values(browse):
    assert "No value with a target" in row(browse(Ward(picture(labs=()))).get("/").text, "k7a")


def test_gaps_are_counted_on_top(browse):
    gap = lab(shown="", state="cannot_say")
    said = words(browse(Ward(picture(labs=(gap, gap)))).get("/").text)
    assert "2 values cannot be said" in said


@pytest.mark.parametrize(
    "value, said",
    [
        ("held", "tretinoin Held, not stopped"),
        ("ordered", "tretinoin Ordered, not given"),
        ("running", "tretinoin Running"),
        ("stopped", "tretinoin Stopped"),
        ("never", "tretinoin Never given"),
        ("cannot say", "tretinoin Cannot say"),
        ("perhaps", "tretinoin Cannot say"),
    ],
)
def test_a_drug_is_called_by_what_is_true_of_it(browse, value, said):
    seen = browse(Ward(picture(exposures=(ExposureSeen("tretinoin", "tretinoin", value),)))).get("/").text
    assert said in row(seen, "k7a")


def test_critical_reminders_come_first_then_overdue_then_due_then_later(browse):
    later = reminder("d", 9 * HOUR, title="Fourth")
    mixed = (
        later,
        reminder("c", 20 * MIN, title="Third"),
        reminder("b", -3 * HOUR, title="Second"),
        msgspec.structs.replace(STOP, title="First"),
    )
    said = row(browse(Ward(picture(reminders=mixed))).get("/").text, "k7a")
    places = [said.index(title) for title in ("First", "Second", "Third", "Fourth")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "due_us, words_of_it",
    [
        (-35 * MIN, "Overdue since 02:47 (35 min)"),
        (20 * MIN, "Due by 03:42 (in 20 min)"),
        (9 * HOUR + 30 * MIN, "Later by 12:52 (in 9 h 30 min)"),
        (2 * DAY, "Later by 07-Mar-2026 03:22 (in 2 d)"),
    ],
)
def test_what_is_due_says_its_clock_time_and_how_far_it_is(browse, due_us, words_of_it):
    page = browse(Ward(picture(reminders=(reminder(due_us=due_us),)))).get("/").text
    assert words_of_it in row(page, "k7a")


def test_due_and_overdue_differ_by_shape_as_well_as_word_and_colour(client):
    page = client.get("/").text
    shapes = dict(re.findall(r'class="need (\w+)">\s*(?:<span class="state">)?(<svg.*?</svg>)', page))
    assert {"critical", "overdue", "due", "later"} <= shapes.keys()
    assert len(set(shapes.values())) == len(shapes)


def test_an_acknowledged_reminder_says_that_it_is_not_done(client):
    assert "acknowledged, not done; asks again at 04:10" in row(client.get("/").text, "k7a")


def test_one_reminder_over_two_values_is_one_line(client):
    said = row(client.get("/").text, "c2")
    assert said.count("Overdue") == 1
    assert "Recheck: fibrinogen, platelets" in said


def test_reminders_of_two_due_times_stay_two_lines(browse):
    two = (reminder(due_us=-5 * MIN), reminder(due_us=-9 * MIN, subject="platelets", title="Recheck: platelets"))
    assert row(browse(Ward(picture(reminders=two))).get("/").text, "k7a").count("Overdue") == 2


def test_the_line_on_top_counts_overdue_and_critical(client):
    said = words(client.get("/").text)
    assert "3 overdue 2 critical reminders open 1 critical value" in said
    assert "4 patients, all open cases, by bed, no filter" in said


def test_a_case_that_cannot_be_read_keeps_its_place_and_takes_no_other_with_it(browse):
    ward = Ward()
    ward.damaged.add("k7a")
    answer = browse(ward).get("/")
    assert answer.status_code == 200
    assert re.findall(r'id="row-(\w+)"', answer.text) == ["c2", "k7a", "c6", "c10"]
    assert "Bed 4 BEISPIEL, Anna (Ms) This case cannot be shown" in row(answer.text, "k7a")
    assert "1 cannot be shown" in words(answer.text)
    assert "event 7 does not match" not in answer.text


def test_failed_rules_are_named_in_the_row(browse):
    assert "Rules failed" in row(browse(Ward(picture(failed=True))).get("/").text, "k7a")


def test_the_board_without_cases_says_so(browse):
    ward = Ward()
    ward.pictures = {}
    assert "No open case in this store." in words(browse(ward).get("/").text)


def test_the_gravest_need_stands_open_and_the_rest_is_folded_and_counted(client):
    page = client.get("/").text
    shown, folded = re.search(r'(?s)id="row-k7a".*?class="due">(.*?)<details(.*?)</details>', page).groups()
    assert "Tretinoin must stop" in shown
    assert "Act on the low value" in folded
    assert "+3 more: 1 critical, 1 due, 1 later 2 deviations or reviews" in words(folded)


def test_folded_needs_that_stand_alike_say_once_how_they_stand(browse):
    later = [reminder(f"r{hour}", hour * HOUR, title=f"Need {hour}") for hour in range(7, 11)]
    page = browse(Ward(picture(reminders=tuple(later)))).get("/").text
    folded = re.search(r'(?s)<ul class="needs">.*?</details>', page)[0]
    assert words(folded).count("Later") == 1
    assert [at for at in range(7, 11) if f"Need {at}</b>" in folded] == [8, 9, 10]


def test_what_is_folded_names_every_deviation_and_review(client):
    said = row(client.get("/").text, "k7a")
    assert "confirm the deferral of 7+3" in said
    assert "Tretinoin in a confirmed resistant variant" in said


def test_a_need_names_whom_it_waits_for(client):
    assert "Tretinoin must stop waits for haematologist, charge nurse, pharmacist" in row(client.get("/").text, "k7a")


def test_a_need_that_called_a_whole_ladder_names_two_and_counts_the_rest(browse):
    ladder = (RungSeen(0, ("nurse", "charge_nurse", "physician", "consultant"), Instant(NOW), True),)
    said = row(browse(Ward(picture(reminders=(reminder(rungs=ladder),)))).get("/").text, "k7a")
    assert "waits for nurse, charge nurse and 2 more" in said


def test_an_empty_bed_is_shown_in_its_place(browse):
    ward = Ward(site_beds={"H3": ("1", "2", "4", "10", "12")})
    page = browse(ward).get("/").text
    beds = re.findall(r'<span class="word">Bed</span> <strong>(\w+)</strong>', page)
    assert beds == ["1", "2", "4", "6", "10", "12"]
    assert row(page, "empty-5") == "Bed 12 Empty bed"
    assert "4 patients and 2 empty beds, all open cases, by bed, no filter" in words(page)


def test_a_patient_who_has_left_keeps_no_bed_taken_and_stands_after_the_others(browse):
    gone = picture("gone", bed="1", closed=True)
    page = browse(Ward(gone, picture("k7a"), site_beds={"H3": ("1",)})).get("/").text
    assert re.findall(r'id="row-([\w-]+)"', page) == ["empty-1", "k7a", "gone"]
    assert row(page, "gone").startswith("Left bed 1")


def test_a_page_of_thirty_beds_weighs_less_than_a_hundred_and_fifty_kilobytes(browse):
    four = list(Ward().pictures.values())
    many = [msgspec.structs.replace(four[bed % 4], case=f"k{bed}", bed=str(bed)) for bed in range(1, 31)]
    browser = browse(Ward(*many))
    page = browser.get("/").text
    parts = [browser.get(path).content for path in re.findall(r'(?:src|href)="(/static/[^"]*)"', page)]
    assert len(parts) == 5
    assert len(page.encode()) + sum(map(len, parts)) < 150_000


def test_looking_at_the_board_is_logged_once_while_it_stays_open(browse, ward):
    browser = browse(ward)
    for _ in range(3):
        browser.get("/")
    assert ward.looks == [("board", ("c2", "k7a", "c6", "c10"))]


def test_a_new_patient_on_an_open_board_is_a_new_look(browse, ward):
    browser = browse(ward)
    browser.get("/")
    ward.pictures["n1"] = picture("n1", bed="12")
    browser.get("/")
    assert ward.looks[1] == ("board", ("c2", "k7a", "c6", "c10", "n1"))


def test_the_age_of_a_value_is_told_from_its_collection(browse):
    old = lab(collected_at=ago(5 * HOUR + 5 * MIN), recorded_at=Instant(NOW))
    assert "5 h 5 min ago" in row(browse(Ward(picture(labs=(old,)))).get("/").text, "k7a")
