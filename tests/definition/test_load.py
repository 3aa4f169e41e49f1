"""Loading a pathway file: the shipped one loads; a broken one fails with every fault, each in its line."""

import msgspec
import pytest

from pathway.clinical.computed import COMPUTED, TABLES
from pathway.definition.errors import DefinitionError
from pathway.definition.load import load, shipped
from tests.definition.broken import TEXT, error_of, line_with, replaced

#: Code of the error, what is written instead of what, and a fragment that stands in the line of the error afterwards.
BROKEN = {
    "no TOML": (
        "toml",
        'title = "Acute promyelocytic leukaemia without PML::RARA"',
        "title = Acute",
        "title = Acute",
    ),
    "unknown key of a reminder": (
        "form",
        'id = "M49"\n',
        'id = "M49"\nsilent = true\n',
        "silent = true",
    ),
    "unknown key at the top": ("form", "format = 1\n", "format = 1\nauthor = 1\n", "author = 1"),
    "wrong type": (
        "form",
        'identifiers = 2\nsource = ["R1"',
        'identifiers = "two"\nsource = ["R1"',
        'identifiers = "two"',
    ),
    "another format": ("form", "format = 1\n", "format = 2\n", "format = 2"),
    "setting above its bounds": (
        "bounds",
        'recheck_s1 = { value = "6 h"',
        'recheck_s1 = { value = "9 h"',
        'recheck_s1 = { value = "9 h"',
    ),
    "setting below its bounds": (
        "bounds",
        'fibrinogen_critical = { value = "100 mg/dL"',
        'fibrinogen_critical = { value = "79 mg/dL"',
        'fibrinogen_critical = { value = "79 mg/dL"',
    ),
    "setting in mixed units": (
        "setting",
        'fibrinogen_target = { value = "150 mg/dL"',
        'fibrinogen_target = { value = "1.5 g/L"',
        'fibrinogen_target = { value = "1.5 g/L"',
    ),
    "setting without a safe direction": (
        "setting",
        'bounds = ["30 h", "48 h"], safe = "down"',
        'bounds = ["30 h", "48 h"]',
        "lab_valid_for = {",
    ),
    "setting that is no amount": (
        "setting",
        'isth_overt = { value = "5"',
        'isth_overt = { value = "five"',
        'isth_overt = { value = "five"',
    ),
    "unknown analyte": ("unknown", 'lab = "fibrinogen"', 'lab = "fibrinogin"', 'lab = "fibrinogin"'),
    "analyte in another unit": (
        "unit",
        'lab = "platelets"\nunit = "10*9/L"',
        'lab = "platelets"\nunit = "/uL"',
        'unit = "/uL"',
    ),
    "unknown computed fact": (
        "unknown",
        'computed = "isth_dic@1"',
        'computed = "isth_dic@2"',
        'computed = "isth_dic@2"',
    ),
    "unknown input of a computed fact": (
        "unknown",
        'from = { platelets = "platelets", marker',
        'from = { plateletz = "platelets", marker',
        "plateletz",
    ),
    "computed from an unknown fact": ("unknown", 'marker = "d_dimer_rise"', 'marker = "d_dimer_rize"', "d_dimer_rize"),
    "unknown setting of an age": (
        "unknown",
        'lab = "inr"\nunit = "{INR}"\nvalid_for = "lab_valid_for"\n',
        'lab = "inr"\nunit = "{INR}"\nvalid_for = "lab_valid_fur"\n',
        "lab_valid_fur",
    ),
    "unknown line of a fact": (
        "unknown",
        'lines = ["platelets_target", "platelets_critical"]',
        'lines = ["platelets_target", "platelets_critica"]',
        '"platelets_critica"',
    ),
    "unknown analyte of a panel": (
        "unknown",
        'panel = ["fibrinogen", "platelets"]',
        'panel = ["fibrinogen", "thrombocytes"]',
        "thrombocytes",
    ),
    "unknown span of a review": (
        "unknown",
        'review = "decide_on_suspicion_review"',
        'review = "decide_on_suspicion_revue"',
        "decide_on_suspicion_revue",
    ),
    "unknown role that is told": (
        "unknown",
        '[failures]\ntells = ["charge_nurse", "duty_manager"]',
        '[failures]\ntells = ["charge_nurse", "chemist"]',
        "chemist",
    ),
    "unknown role that enrols": (
        "unknown",
        'id = "T01"\nby = ["physician", "haematologist", "consultant"]',
        'id = "T01"\nby = ["medic", "haematologist", "consultant"]',
        'by = ["medic"',
    ),
    "unknown first phase": ("unknown", 'initial = "running"', 'initial = "walking"', 'initial = "walking"'),
    "fact of two kinds": ("fact", "flag = true\n", "flag = true\ncourse = true\n", "[facts.clinician_judges_severe]"),
    "fact of no kind": (
        "fact",
        'title = "Treatment course"\ncourse = true\n',
        'title = "Treatment course"\n',
        "[facts.course]",
    ),
    "fact that never grows old": (
        "fact",
        'lab = "inr"\nunit = "{INR}"\nvalid_for = "lab_valid_for"\n',
        'lab = "inr"\nunit = "{INR}"\n',
        "[facts.inr]",
    ),
    "finding without a word for unsaid": (
        "unsaid",
        'finding = ["not_recorded", "secured", "cannot"]\nunsaid = "not_recorded"\n',
        'finding = ["not_recorded", "secured", "cannot"]\n',
        "[facts.cells_secured]",
    ),
    "unsaid word that is no value": (
        "unknown",
        'finding = ["not_recorded", "secured", "cannot"]\nunsaid = "not_recorded"\n',
        'finding = ["not_recorded", "secured", "cannot"]\nunsaid = "nobody asked"\n',
        "nobody asked",
    ),
    "one name in two parts": (
        "duplicate",
        'leaf_open = "treatment is not exit"\n',
        'leaf_open = "treatment is not exit"\nbleeding = "treatment is exit"\n',
        'bleeding = "treatment is exit"',
    ),
    "unknown fact in a guard": (
        "guard_unknown_name",
        "platelets < platelets_critical and inr >= inr_target",
        "plateletz < platelets_critical and inr >= inr_target",
        "plateletz <",
    ),
    "unit mismatch in a guard": (
        "guard_unit_mismatch",
        'name = "s2", when = "fibrinogen_low or',
        'name = "s2", when = "fibrinogen < platelets_target or',
        "fibrinogen < platelets_target",
    ),
    "unknown value in a guard": (
        "guard_unknown_value",
        'bleeding_now = "bleeding in (significant, pulmonary, cns)"',
        'bleeding_now = "bleeding in (significant, pulmonary, cerebral)"',
        "cerebral",
    ),
    "a number used as a condition": (
        "guard_wrong_type",
        'exposed = "tretinoin not in (never, stopped)"',
        'exposed = "fibrinogen"',
        'exposed = "fibrinogen"',
    ),
    "a guard that is none": (
        "guard_syntax",
        'leaf_open = "treatment is not exit"',
        'leaf_open = "treatment is not not exit and"',
        "not not exit",
    ),
    "unknown phase": (
        "unknown",
        'from = ["diagnosis_pending", "empiric_atra"]\nto = "variant_confirmed.resistant"',
        'from = ["diagnosis_pending", "empiric"]\nto = "variant_confirmed.resistant"',
        'from = ["diagnosis_pending", "empiric"]',
    ),
    "a move to a parent of phases": (
        "unknown",
        '"empiric_atra"]\nto = "variant_confirmed.unclassified"',
        '"empiric_atra"]\nto = "variant_confirmed"',
        'to = "variant_confirmed"',
    ),
    "unknown role that answers": (
        "unknown",
        'answers = { refuted = { by = ["charge_nurse", "physician", "haematologist", "consultant"] } }',
        'answers = { refuted = { by = ["charge_nurse", "visitor", "haematologist", "consultant"] } }',
        '"visitor"',
    ),
    "unknown role in a ladder": (
        "unknown",
        '{ at = "opened", to = ["haematologist by page", "laboratory by inbox"] }',
        '{ at = "opened", to = ["haematologist by page", "labratory by inbox"] }',
        "labratory by inbox",
    ),
    "unknown role of a move": (
        "unknown",
        'to = "ended"\nby = ["physician", "haematologist", "consultant"]',
        'to = "ended"\nby = ["doctor", "haematologist", "consultant"]',
        'by = ["doctor", "haematologist", "consultant"]',
    ),
    "unknown drug": (
        "unknown",
        'id = "start_tretinoin"\ndrug = "tretinoin"',
        'id = "start_tretinoin"\ndrug = "tretinoine"',
        "tretinoine",
    ),
    "one id of two reminders": ("duplicate", 'id = "M43"', 'id = "M50"', "M43 was here"),
    "reminder without a due time": (
        "due",
        'due = "enrolled + secure_cells"\n',
        "",
        'id = "M49"',
    ),
    "reminder that tells nobody": (
        "ladder",
        'ladder = [{ at = "opened", to = ["pharmacist by inbox", "charge_nurse by inbox"] }]\n',
        "",
        'id = "M3c"',
    ),
    "unknown span of a repeat": (
        "unknown",
        'repeat = "conflict_again"\nanswers = { working_diagnosis',
        'repeat = "conflict_agian"\nanswers = { working_diagnosis',
        "conflict_agian",
    ),
    "unknown fact that opens when unknown": (
        "unknown",
        'not answer.review reached))"""\nopens_when_unknown = ["tretinoin"]',
        'not answer.review reached))"""\nopens_when_unknown = ["tretionin"]',
        "tretionin",
    ),
    "condition that rests on itself": (
        "cycle",
        'leaf_open = "treatment is not exit"\n',
        'leaf_open = "treatment is not exit"\nround_a = "round_b"\nround_b = "round_a"\n',
        'round_a = "round_b"',
    ),
}


def test_the_shipped_pathway_loads():
    found = shipped("variant_apl", 1)
    assert (found.name, found.form.version, found.form.status) == ("variant_apl", 1, "not clinically approved")


def test_a_version_that_is_not_shipped_is_no_file():
    with pytest.raises(FileNotFoundError):
        shipped("variant_apl", 99)


def test_every_guard_and_instant_of_the_file_is_compiled():
    found = shipped("variant_apl", 1)
    assert all(callable(each.ask) for each in found.rules.values())
    assert all(callable(each.find) for each in found.moments.values())
    assert {each.when for each in found.form.reminders} <= set(found.rules)


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_fails_with_its_code_in_its_line(what):
    code, old, new, where = BROKEN[what]
    text = replaced(TEXT, old, new)
    found = error_of(text)
    if what == "one id of two reminders":
        line = [number for number, each in enumerate(text.splitlines(), 1) if each == 'id = "M50"'][1]
    else:
        line = line_with(text, where)
    assert (found.code, found.file) == (code, "v1.toml")
    assert found.line in (line, block_of(text, line)), (found.line, line, str(found))


def block_of(text: str, line: int) -> int:
    """The header of the table that a line stands in: where an error is shown that is about the table as a whole."""
    lines = text.splitlines()
    return next((number for number in range(line, 0, -1) if lines[number - 1].startswith("[")), 1)


@pytest.mark.parametrize(
    "what",
    [
        what
        for what, each in BROKEN.items()
        if each[0] in ("toml", "form", "bounds", "setting", "guard_syntax", "cycle") or each[0].startswith("guard_")
    ],
)
def test_an_error_inside_a_line_names_that_very_line(what):
    _, old, new, where = BROKEN[what]
    text = replaced(TEXT, old, new)
    assert error_of(text).line == line_with(text, where)


@pytest.mark.parametrize("what", BROKEN)
def test_an_error_says_where_what_was_expected_and_how_to_mend_it(what):
    _, old, new, _ = BROKEN[what]
    found = error_of(replaced(TEXT, old, new))
    assert str(found).startswith(f"v1.toml:{found.line}:{found.column}: ")
    assert found.happened
    assert found.expected
    assert found.mend


def test_a_slip_of_the_pen_is_answered_with_the_nearest_name():
    found = error_of(replaced(TEXT, 'lab = "fibrinogen"', 'lab = "fibrinogin"'))
    assert "did you mean fibrinogen?" in found.mend


def test_the_first_of_several_errors_is_the_one_that_is_told():
    text = replaced(TEXT, 'recheck_s1 = { value = "6 h"', 'recheck_s1 = { value = "9 h"')
    text = replaced(text, 'leaf_open = "treatment is not exit"', 'leaf_open = "treatment is not not exit and"')
    assert error_of(text).line == line_with(text, 'recheck_s1 = { value = "9 h"')


def test_an_empty_file_is_no_pathway():
    with pytest.raises(DefinitionError) as caught:
        load("")
    assert (caught.value.code, caught.value.line) == ("form", 1)


def test_the_digest_changes_with_every_character():
    assert load(TEXT).digest == shipped("variant_apl", 1).digest
    assert load(TEXT + "\n").digest != load(TEXT).digest


def test_the_bundle_keeps_the_text_the_tables_and_the_versions_of_the_computed_facts():
    kept = msgspec.json.decode(load(TEXT).bundle)
    assert (kept["text"], kept["tables"]) == (TEXT, dict(TABLES))
    assert set(kept["computed"]) <= set(COMPUTED)


@pytest.mark.parametrize("value", ["80 mg/dL", "200 mg/dL"])
def test_a_setting_on_either_of_its_bounds_is_accepted(value):
    old = 'fibrinogen_critical = { value = "100 mg/dL"'
    changed = load(replaced(TEXT, old, f'fibrinogen_critical = {{ value = "{value}"'))
    assert changed.settings["fibrinogen_critical"].shown.startswith(value.partition(" ")[0])


def test_a_title_shows_the_settings_that_it_names_as_the_site_has_them():
    assert shipped("variant_apl", 1).title("s1") == "every 6 h"
    head = 'pathway = "variant_apl"\nversion = 1\n[settings]\n'
    assert load(TEXT, "own.toml", overrides=head + 'recheck_s1 = "4 h"\n').title("s1") == "every 4 h"


def test_a_title_that_names_no_setting_is_a_fault():
    text = TEXT.replace('s1 = "every {recheck_s1}"', 's1 = "every {recheck_s9}"')
    with pytest.raises(DefinitionError, match="recheck_s9"):
        load(text, "own.toml")
