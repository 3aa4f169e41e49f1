"""The checker: every fault of a file at once, each once, with its place and what was probably meant."""

import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathway.definition.checker import check
from pathway.definition.errors import DefinitionError
from pathway.definition.load import load
from pathway.definition.schema import schema
from tests.definition.broken import line_with, replaced

SMALL = Path(__file__).with_name("small.toml").read_text("utf-8")

BED = """\
[regions.bed]
initial = "up"
phases = ["up", "down"]

[[transitions]]
id = "B1"
name = "lie"
region = "bed"
from = ["up"]
to = "down"
by = ["doctor"]
source = ["book"]

"""

#: Code; what is written instead of what; a fragment of the line that the fault is told in; words of what is told.
FAULTS = {
    "no TOML": ("toml", "identifiers = 2", "identifiers = two", "identifiers = two", "no TOML"),
    "a key without a place": (
        "form",
        "identifiers = 2",
        "identifiers = 2\nidentifier = 3",
        "identifier = 3",
        "identifiers",
    ),
    "a missing key": ("form", 'title = "Rhythm"\n', "", "[facts.rhythm]", "lacks title"),
    "another type": ("form", "identifiers = 2", 'identifiers = "two"', 'identifiers = "two"', "a whole number"),
    "a list of the wrong length": (
        "form",
        'bounds = ["3.0 mmol/L", "4.0 mmol/L"]',
        'bounds = ["3.0 mmol/L"]',
        'bounds = ["3.0 mmol/L"]',
        "has 1 entries",
    ),
    "a role that hears of arrivals and is none": (
        "unknown",
        "[settings]\n",
        '[arrivals]\ntells = ["doctr"]\nsource = ["book"]\n\n[settings]\n',
        "doctr",
        "doctor",
    ),
    "a patient at home by a fact that is none": (
        "guard_unknown_name",
        "[settings]\n",
        '[at_home]\nwhen = "rythm is regular"\nsource = ["book"]\n\n[settings]\n',
        "rythm",
        "rhythm",
    ),
    "arrivals without a source": (
        "source",
        "[settings]\n",
        '[arrivals]\ntells = ["doctor"]\nsource = []\n\n[settings]\n',
        "source = []",
        "a source",
    ),
    "another format": ("form", "format = 1", "format = 2", "format = 2", "format is 2"),
    "a setting outside its bounds": (
        "bounds",
        '"3.5 mmol/L", bounds = ["3.0',
        '"4.5 mmol/L", bounds = ["3.0',
        "\nlow =",
        "4.5",
    ),
    "crossed bounds": ("setting", '["3.0 mmol/L", "4.0 mmol/L"]', '["4.0 mmol/L", "3.0 mmol/L"]', "\nlow =", "crossed"),
    "a setting that is no amount": ("setting", 'value = "4 h"', 'value = "four h"', "again = {", "four h"),
    "a setting without bounds": ("setting", 'bounds = ["1 h", "6 h"], ', "", "again = {", "incomplete"),
    "a round that is no time": ("setting", '"22:00"', '"25:00"', '"25:00"', "25:00"),
    "a setting that the engine asks for": (
        "engine_setting",
        'future_tolerance = { value = "5 min", bounds = ["0 min", "5 min"], safe = "down", source = ["book"] }\n',
        "",
        "[settings]",
        "future_tolerance",
    ),
    "an offer that waits for no span": (
        "unknown",
        "[failures]\n",
        '[hand_over]\nwithin = "lastz"\nsource = ["book"]\n\n[failures]\n',
        'within = "lastz"',
        "lasts",
    ),
    "an owner of the rules who is no role": (
        "unknown",
        "[failures]\n",
        '[rules]\ntells = ["docter"]\nsource = ["book"]\n\n[failures]\n',
        'tells = ["docter"]',
        "doctor",
    ),
    "rules without a source": (
        "source",
        "[failures]\n",
        '[rules]\ntells = ["doctor"]\nsource = []\n\n[failures]\n',
        "source = []",
        "a source",
    ),
    "a budget with a unit": (
        "unknown",
        "[settings]\n",
        (
            '[budget]\nlines = "few"\npages = "low"\nsource = ["book"]\n\n[settings]\n'
            'few = { value = "5", bounds = ["1", "9"], safe = "down", source = ["book"] }\n'
        ),
        'pages = "low"',
        "low",
    ),
    "a putting off that ends at no round": (
        "unknown",
        'wordings = [{ name = "measure", text = "Last: {it}." }]\n',
        (
            'wordings = [{ name = "measure", text = "Last: {it}." }]\n'
            'snooze = { once = true, share = 4, of = "again", not_past = "again" }\n'
        ),
        "not_past",
        "again",
    ),
    "a giver of orders who is no role": (
        "unknown",
        "[failures]\n",
        '[verbal_orders]\ntakers = ["nurse"]\ngivers = ["docter"]\nsource = ["book"]\n\n[failures]\n',
        'givers = ["docter"]',
        "doctor",
    ),
    "spoken orders without a source": (
        "source",
        "[failures]\n",
        '[verbal_orders]\ntakers = ["nurse"]\ngivers = ["doctor"]\nsource = [" "]\n\n[failures]\n',
        'source = [" "]',
        "without a source",
    ),
    "an answer that overrides for no exposure": (
        "unknown",
        "answers = { wait",
        'answers = { go = { by = ["doctor"], overrides = "infusions" }, wait',
        "answers = {",
        "infusion",
    ),
    "a reminder about reviews and orders at once": (
        "for_each",
        'for_each = { fact = [{ it = "potassium" }] }',
        "for_each = { override = true, verbal = true }",
        "for_each = {",
        "nothing certain",
    ),
    "a span for misfires that is none": (
        "unknown",
        'for_each = { fact = [{ it = "potassium" }] }',
        'misfire = "expire with a record"\nmisfire_within = "agian"\nfor_each = { fact = [{ it = "potassium" }] }',
        "misfire_within",
        "again",
    ),
    "a fact of no kind": ("fact", "flag = true\n", "", "[facts.weak]", "no kind"),
    "a fact of two kinds": ("fact", "flag = true", "flag = true\ncourse = true", "[facts.weak]", "2 kinds"),
    "a value that never grows old": ("fact", 'valid_for = "lasts"\n', "", "[facts.potassium]", "grows old"),
    "a value in another unit": ("unit", 'unit = "mmol/L"', 'unit = "mg/dL"', 'unit = "mg/dL"', "mmol/L"),
    "a line in another unit": (
        "unit",
        "\nlow = {",
        '\nlow = { value = "3 mg/dL", bounds = ["2 mg/dL", "4 mg/dL"], safe = "up", source = ["book"] }\nlow_ = {',
        "lines = [",
        "low is in mg/dL",
    ),
    "no word for unsaid": ("unsaid", 'unsaid = "not_recorded"\n', "", "[facts.rhythm]", "unsaid"),
    "unknown analyte": (
        "unknown",
        'lab = "potassium"',
        'lab = "potasium"',
        'lab = "potasium"',
        "did you mean potassium?",
    ),
    "unknown setting of an age": (
        "unknown",
        'valid_for = "lasts"',
        'valid_for = "last"',
        'valid_for = "last"',
        "did you mean lasts?",
    ),
    "unknown fact of a wording": (
        "unknown",
        'text = "{potassium}: act."',
        'text = "{kalium}: act."',
        "{kalium}",
        "kalium",
    ),
    "unknown role": (
        "unknown",
        'tells = ["doctor"]\ntext',
        'tells = ["docter"]\ntext',
        '"docter"',
        "did you mean doctor?",
    ),
    "unknown channel": ("unknown", "doctor by page", "doctor by pager", "doctor by pager", "did you mean page?"),
    "unknown phase": (
        "unknown",
        'from = ["watching", "replacing"]',
        'from = ["watching", "replacin"]',
        '"replacin"]',
        "did you mean replacing?",
    ),
    "a move to a parent": (
        "unknown",
        'to = "replacing.oral"',
        'to = "replacing"',
        'to = "replacing"',
        "replacing.oral",
    ),
    "unknown region": (
        "unknown",
        'name = "leave"\nregion = "care"',
        'name = "leave"\nregion = "cares"',
        'region = "cares"',
        "care",
    ),
    "unknown drug": (
        "unknown",
        'id = "start_infusion"\ndrug = "potassium_infusion"',
        'id = "start_infusion"\ndrug = "potassium"',
        'drug = "potassium"\n',
        "potassium_infusion",
    ),
    "unknown act": ("unknown", 'acts = ["order", "start"]', 'acts = ["order", "begin"]', '"begin"', "act"),
    "unknown span of a repeat": (
        "unknown",
        'repeat = "again"',
        'repeat = "agin"',
        'repeat = "agin"',
        "did you mean again?",
    ),
    "a title for nothing": (
        "unknown",
        "[conditions]",
        '[titles]\nseverely = "Severe"\n\n[conditions]',
        "severely =",
        "severe",
    ),
    "unknown name in a guard": (
        "guard_unknown_name",
        'when = "not hypokalaemia"',
        'when = "not hypokalemia"',
        'hypokalemia"',
        "did you mean `hypokalaemia`?",
    ),
    "unknown value in a guard": (
        "guard_unknown_value",
        "or rhythm is ectopic",
        "or rhythm is ectopik",
        "ectopik",
        "did you mean `ectopic`?",
    ),
    "units that differ in a guard": (
        "guard_unit_mismatch",
        "potassium < very_low or",
        "potassium < 3 mg/dL or",
        "3 mg/dL",
        "same unit",
    ),
    "a type that does not fit": (
        "guard_wrong_type",
        'hypokalaemia = "potassium < low"',
        'hypokalaemia = "potassium"',
        'hypokalaemia = "potassium"',
        "a condition",
    ),
    "a guard that is none": (
        "guard_syntax",
        'when = "not hypokalaemia"',
        'when = "not hypokalaemia and"',
        'hypokalaemia and"',
        "ends too early",
    ),
    "one name twice": (
        "duplicate",
        'severe = "',
        'weak = "rhythm is ectopic"\nsevere = "',
        'weak = "rhythm',
        "stands in facts too",
    ),
    "one id twice": ("duplicate", 'id = "R2"', 'id = "R1" # again', 'id = "R1" # again', "R1"),
    "one name of two moves": ("duplicate", 'name = "grave"', 'name = "mild" # too', 'name = "mild" # too', "mild"),
    "one role twice": (
        "duplicate",
        'roles = ["nurse", "doctor"]',
        'roles = ["nurse", "doctor", "nurse"]',
        "roles = [",
        "nurse",
    ),
    "one level twice": ("duplicate", '{ name = "later" }', '{ name = "soon" }', '{ name = "soon" }', "soon"),
    "a word of the language": (
        "reserved",
        "[conditions]",
        '[conditions]\nmissing = "weak"',
        'missing = "weak"',
        "missing",
    ),
    "a name that no guard can say": ("name", "[conditions]", '[conditions]\nToo-much = "weak"', "Too-much", "Too-much"),
    "conditions that rest on each other": (
        "cycle",
        "[conditions]",
        '[conditions]\na = "b or weak"\nb = "not a"',
        'a = "b or weak"',
        "a > b > a",
    ),
    "a condition that rests on itself": (
        "cycle",
        "[conditions]",
        '[conditions]\na = "a or weak"',
        'a = "a or weak"',
        "a > a",
    ),
    "a due time that rests on itself": (
        "cycle",
        'due = "it.collected + again"',
        'due = "due + again"',
        'due = "due + again"',
        "due > due",
    ),
    "a phase that is never reached": (
        "unreachable",
        '"left"]\nclosed',
        '"lost", "left"]\nclosed',
        "phases = [",
        "lost",
    ),
    "a phase without a way out": (
        "no_way_out",
        '[[transitions]]\nid = "K1"',
        BED + '[[transitions]]\nid = "K1"',
        'phases = ["up", "down"]',
        "phase down",
    ),
    "an exit without heirs": (
        "heirs",
        SMALL[SMALL.index("[exits.left]") : SMALL.index("[[requests]]")],
        "",
        "closed =",
        '[exits."left"]',
    ),
    "an exit that forgets the results": ("heirs", 'results = "doctor", ', "", "[exits.left]", "results"),
    "an exit that forgets a reminder": ("heirs", ', reminders = "receiver"', "", "[exits.left]", "R1"),
    "an heir who is nobody": (
        "unknown",
        'reminders = "receiver"',
        'reminders = "reciever"',
        "reciever",
        "did you mean receiver?",
    ),
    "two moves at once": (
        "ambiguous",
        'when = "hypokalaemia and not severe"',
        'when = "hypokalaemia"',
        'when = "severe"\nsource',
        "mild and grave",
    ),
    "a condition that can never hold": (
        "never_holds",
        'hypokalaemia = "potassium < low"',
        'hypokalaemia = "potassium < low and potassium >= low"',
        "hypokalaemia =",
        "never hold",
    ),
    "a level that is never reached": (
        "never_holds",
        '{ name = "later" }',
        '{ name = "later", when = "pace is slow" },\n  { name = "idle" }',
        '{ name = "idle" }',
        "idle",
    ),
    "a door behind a refusal": (
        "never_holds",
        'when = "severe" }]\ntells',
        'when = "potassium >= low" }]\ntells',
        "doors =",
        "allows it to be asked",
    ),
    "a move that one phase can never make": (
        "never_holds",
        'when = "not hypokalaemia"',
        'when = "not hypokalaemia and care is watching"',
        "care is watching",
        "care = replacing.oral",
    ),
    "a reminder that nobody can answer": (
        "undoable",
        'done_when = "it.collected after anchor"',
        'done_when = "answered"',
        'done_when = "answered"',
        "it has no answers",
    ),
    "a reminder that is done as it opens": (
        "undoable",
        'done_when = "infusion is running or answered"',
        'done_when = "potassium < low"',
        'done_when = "potassium < low"',
        "never opens",
    ),
    "a silent gap": (
        "silent_gap",
        'gaps = { potassium = "covered by R2" }\n',
        "",
        'when = "potassium < very_low"',
        "stays silent",
    ),
    "a gap covered by nobody": ("unknown", "covered by R2", "covered by R9", "covered by R9", "R9"),
    "a gap covered by itself": ("unknown", "covered by R2", "covered by R1", "covered by R1", "reminder 'R1'"),
    "a gap that is called certain": (
        "gap",
        '"covered by R2"',
        '"always certain"',
        "always certain",
        "not always certain",
    ),
    "a gap that is not of the reason": (
        "gap",
        'potassium = "covered by R2"',
        'potassium = "covered by R2", weak = "covered by R2"',
        'weak = "covered',
        "does not read",
    ),
    "words about a gap that say nothing": ("gap", '"covered by R2"', '"never mind"', "never mind", "never mind"),
    "no source": (
        "source",
        'tells = ["doctor"]\ntext = "Potassium is given and not low"\nsource = ["book"]',
        'tells = ["doctor"]\ntext = "Potassium is given and not low"\nsource = []',
        "source = []",
        "without a source",
    ),
    "no due time": ("due", 'due = "opened"\n', "", '[[reminders]]\nid = "R1"', "R1"),
    "nobody to tell": (
        "ladder",
        'ladder = [{ at = "due", to = ["nurse by inbox"] }]\n',
        "",
        '[[reminders]]\nid = "R2"',
        "R2",
    ),
    "about nothing": ("for_each", '[{ it = "potassium" }]', '[{ its = "potassium" }]', "for_each =", "about nothing"),
}
#: Of these the fault is told, and others that follow from it are told as well.
WITH_OTHERS = {"a line in another unit", "one id twice", "a phase that is never reached"}


def line_of(text: str, where: str) -> int:
    """The line in which a fragment begins that stands first there."""
    return text[: text.index(where) + where.count("\n") * where.startswith("\n")].count("\n") + 1


def errors(text: str):
    """The errors of a text, without its warnings."""
    return [each for each in check(text, "small.toml") if each.severity == "error"]


def test_the_small_file_is_sound():
    assert check(SMALL) == ()


@pytest.mark.parametrize(
    "path",
    sorted(each for each in files("pathway.definitions").iterdir() if each.joinpath("v1.toml").is_file()),
    ids=lambda each: each.name,
)
def test_every_shipped_pathway_is_proved_without_a_warning(path):
    texts = {each.name: each.read_text("utf-8") for each in path.iterdir() if re.fullmatch(r"v\d+\.toml", each.name)}
    assert {name: check(text, name) for name, text in texts.items()} == dict.fromkeys(texts, ())
    assert texts


@pytest.mark.parametrize("what", [what for what in FAULTS if what not in WITH_OTHERS])
def test_a_fault_is_told_once_in_its_line(what):
    code, old, new, where, words = FAULTS[what]
    text = replaced(SMALL, old, new)
    found = errors(text)
    assert [each.code for each in found] == [code], [str(each) for each in found]
    assert found[0].line == line_of(text, where), str(found[0])
    assert words in str(found[0])


@pytest.mark.parametrize("what", sorted(WITH_OTHERS))
def test_a_fault_is_told_with_those_that_stand_by_themselves(what):
    code, old, new, where, words = FAULTS[what]
    text = replaced(SMALL, old, new)
    found = [each for each in errors(text) if each.code == code]
    assert [(each.line, words in str(each)) for each in found] == [(line_of(text, where), True)]


def test_a_fault_says_where_it_is_what_was_expected_and_how_to_mend_it():
    found = errors(replaced(SMALL, 'value = "4 h"', 'value = "9 h"'))[0]
    assert str(found) == (
        f"small.toml:{found.line}:11: setting again is 9 h; expected 1 h to 6 h; choose a value inside its bounds"
    )


def test_a_move_says_its_region_where_there_are_several_and_need_not_where_there_is_one():
    text = SMALL.replace('region = "care"\n', "")
    assert text != SMALL
    assert check(text) == ()
    assert {each.region for each in load(text).form.transitions} == {"care"}
    several = replaced(SMALL, "[exits.left]", BED + "[exits.left]")
    silent = replaced(several, 'name = "mild"\nregion = "care"\n', 'name = "mild"\n')
    assert [each.code for each in errors(several)] == ["no_way_out"]
    (fault, *_) = [each for each in errors(silent) if each.code == "region"]
    assert "mild does not say its region" in str(fault)


def test_the_nearest_name_is_told_by_itself_too():
    text = replaced(SMALL, 'lab = "potassium"', 'lab = "potasium"')
    assert [each.near for each in errors(text)] == ["potassium"]


def test_all_faults_of_a_file_come_at_once_in_its_order():
    text = SMALL
    for what in ("a setting outside its bounds", "a value in another unit", "unknown value in a guard", "unknown role"):
        text = replaced(text, *FAULTS[what][1:3])
    text = replaced(text, 'source = ["book"]\n\n[failures]', 'source = ["book"]\nurgent = true\n\n[failures]')
    found = errors(text)
    assert [each.code for each in found] == ["bounds", "unit", "guard_unknown_value", "unknown", "form"]
    assert [each.line for each in found] == sorted(each.line for each in found)


def test_every_fault_of_the_form_comes_with_those_of_the_rest():
    text = replaced(SMALL, 'title = "Rhythm"\n', "")
    text = replaced(text, 'id = "R2"\nname = "measure"', 'id = 2\nname = "measure"\nloud = true')
    text = replaced(text, "potassium < very_low or", "potassium < veri_low or")
    assert [each.code for each in errors(text)] == ["form", "guard_unknown_name", "form", "form"]


def test_an_entry_that_has_no_form_is_judged_no_further():
    text = replaced(SMALL, 'id = "R1"', 'ident = "R1"')
    text = replaced(text, "doctor by page", "somebody by page")
    assert {each.code for each in errors(text)} == {"form"}


def test_a_wrong_condition_is_told_once_and_not_where_it_is_used():
    text = replaced(SMALL, 'severe = "potassium < very_low or', 'severe = "potassium < verry_low or')
    assert [(each.code, each.line) for each in errors(text)] == [("guard_unknown_name", line_with(text, "verry_low"))]


def test_a_guard_about_several_facts_is_told_once():
    text = replaced(SMALL, '{ it = "potassium" }]', '{ it = "potassium" }, { it = "potassium" }]')
    text = replaced(text, 'when = "care is not left"', 'when = "care is not lefft"')
    assert [each.code for each in errors(text)] == ["guard_unknown_value"]


def test_a_column_leads_into_the_guard():
    text = replaced(SMALL, "or rhythm is ectopic", "or\\n rhythm is ectopik")
    text = replaced(text, 'severe = "potassium < very_low or\\n', 'severe = """potassium < very_low or\n')
    text = replaced(text, 'ectopik"', 'ectopik"""')
    found = errors(text)[0]
    assert text.splitlines()[found.line - 1][found.column - 1 :].startswith("ectopik")


def test_a_role_that_nobody_tells_anything_is_a_warning_and_keeps_no_file_out():
    text = replaced(SMALL, 'roles = ["nurse", "doctor"]', 'roles = ["nurse", "doctor", "porter"]')
    assert [(each.code, each.severity, each.line) for each in check(text)] == [("untold", "warning", 7)]
    assert load(text).form.roles == ("nurse", "doctor", "porter")


@pytest.mark.parametrize("gone", ["\n".join(SMALL.splitlines()[at : at + 5]) for at in range(0, SMALL.count("\n"), 5)])
def test_whatever_is_missing_is_told_with_its_place(gone: str):
    for line in filter(None, gone.splitlines()):
        text = SMALL.replace(line + "\n", "", 1)
        found = errors(text)
        assert all(1 <= each.line <= text.count("\n") + 1 and each.column >= 1 for each in found)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_file_of_shuffled_words_is_checked_all_the_same(data: st.DataObject):
    words = re.split(r"([a-z_.]+)", SMALL)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(words) // 2 - 1)) * 2 + 1
        words[at] = words[data.draw(st.integers(0, len(words) // 2 - 1)) * 2 + 1]
    found = check("".join(words))
    assert list(found) == sorted(found, key=lambda each: (each.line, each.column))


def test_a_file_of_lists_in_lists_is_no_pathway():
    assert [each.code for each in check("a = " + "[" * 100_000)] == ["toml"]


def test_loading_speaks_of_the_first_error_and_carries_all():
    text = replaced(SMALL, 'value = "4 h"', 'value = "9 h"')
    text = replaced(text, 'value = "45 min"', 'value = "95 min"')
    with pytest.raises(DefinitionError) as caught:
        load(text, "small.toml")
    assert [each.line for each in caught.value.faults] == [line_with(text, '"9 h"'), line_with(text, '"95 min"')]
    assert str(caught.value) == f"{caught.value.faults[0]} (and 1 more)"


# --- moves that exclude each other ----------------------------------------------------------------------------------

WORDS = "abcdefgh"
NAMES = [f"p{count}" for count in range(len(WORDS) + 1)]
#: Nine in eight places, no two of them together: it cannot be, and nobody sees that at a glance.
CROWDED = "\n".join(
    [f'[facts.{name}]\ntitle = "{name}"\nfinding = {[*WORDS]}\nunsaid = "cannot say"\n' for name in NAMES]
    + ["[conditions]"]
    + [
        f'alone_{word} = "'
        + " and ".join(f"not ({one} is {word} and {two} is {word})" for one in NAMES for two in NAMES if one < two)
        + '"'
        for word in WORDS
    ]
)


def crowded(more: str = "") -> str:
    """Two moves, one of which asks for what cannot be."""
    text = replaced(SMALL, "[conditions]", CROWDED)
    asked = " and ".join(f"alone_{word}" for word in WORDS)
    return replaced(text, 'when = "hypokalaemia and not severe"', f'when = "hypokalaemia and {asked}"{more}')


def test_what_is_not_proved_is_an_error_that_says_so():
    found = errors(crowded())
    assert [each.code for each in found] == ["not_proved"]
    assert "mild and grave" in found[0].happened


def test_a_file_may_say_why_two_moves_exclude_each_other():
    assert errors(crowded('\nexcludes_because = { grave = "nine do not fit into eight" }')) == []


def test_a_reason_for_a_move_that_is_none_is_told():
    found = errors(crowded('\nexcludes_because = { graves = "nine do not fit into eight" }'))
    assert [each.code for each in found] == ["unknown", "not_proved"]


def test_a_phase_is_taken_into_account():
    text = replaced(
        SMALL, 'when = "hypokalaemia and not severe"', 'when = "hypokalaemia and care is replacing.infusion"'
    )
    text = replaced(text, 'from = ["watching", "replacing.infusion"]', 'from = ["replacing.infusion"]')
    text = replaced(text, 'from = ["watching", "replacing.oral"]', 'from = ["watching", "replacing"]')
    assert errors(text) == []


def test_a_gap_of_a_conjunction_is_told_for_each_of_its_facts():
    text = replaced(
        SMALL,
        'when = "potassium < very_low"\ngaps = { potassium = "covered by R2" }',
        'when = "potassium < very_low and weak"',
    )
    found = [each.happened for each in errors(text) if each.code == "silent_gap"]
    assert found == [f"critical reminder R1 stays silent while {name} cannot be said" for name in ("potassium", "weak")]


def test_a_fact_that_opens_when_unknown_is_no_silent_gap():
    text = replaced(SMALL, 'gaps = { potassium = "covered by R2" }', 'opens_when_unknown = ["potassium"]')
    assert errors(text) == []


def test_only_a_critical_reminder_must_speak_of_its_gaps():
    text = replaced(SMALL, 'gaps = { potassium = "covered by R2" }\ncritical = true\n', "")
    assert errors(text) == []
    at_a_level = replaced(
        text,
        'ladder = [{ at = "opened", to = ["doctor by page", "nurse by inbox"] }]',
        'ladder = [{ at = "opened", to = ["doctor by page", "nurse by inbox"], critical = true }]',
    )
    assert [each.code for each in errors(at_a_level)] == ["silent_gap"]


def test_a_finding_with_a_word_for_unsaid_is_always_certain():
    old, new = 'when = "potassium < very_low"\ngaps = { potassium = "covered by R2" }', 'when = "rhythm is ectopic"'
    assert errors(replaced(SMALL, old, new)) == []
    said = replaced(SMALL, old, new + '\ngaps = { rhythm = "always certain" }')
    assert errors(said) == []


# --- the schema ----------------------------------------------------------------------------------------------------


def test_the_schema_describes_every_part_and_refuses_keys_without_a_place():
    found = schema()
    assert found["title"] == "A Wardpath pathway"
    forms = {name: part for name, part in found["$defs"].items() if part["type"] == "object"}
    assert len(forms) > 20
    assert [name for name, part in forms.items() if not part.get("description") or part["additionalProperties"]] == []
    assert forms["TransitionForm"]["properties"]["from"]["title"] == "from"
    assert forms["PutOffForm"]["title"] == "Put off"


def test_the_schema_asks_for_what_the_reader_asks_for():
    parts = schema()["$defs"]
    assert "source" in parts["ReminderForm"]["required"]
    assert "gaps" not in parts["ReminderForm"]["required"]
