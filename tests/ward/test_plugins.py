"""Plug-ins: computed facts and channels of other packages, found by their entry points."""

import io
from importlib.resources import files
from pathlib import Path

import pytest

from pathway.case.commands import By, Enrol, RecordResult
from pathway.clinical.computed import COMPUTED
from pathway.clinical.instant import instant
from pathway.definition.errors import DefinitionError
from pathway.definition.load import load
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from persistence.memory import MemoryStore
from tests.scheduler.scene import notice
from tests.ward.package import Packages, packages
from ward.clock import FixedClock
from ward.doctor import examine
from ward.errors import NotFound, NotHere, PluginRefused
from ward.plugins import channel_kinds, computed_facts
from ward.wiring import create_store, post

__all__ = ["packages"]

SCORE = '''
from pathway.clinical.computed import Computed
from pathway.clinical.reading import Reading

def low(readings):
    """Whether platelets are known and stand below a line of the package's own."""
    platelets = readings["platelets"]
    if not platelets.known:
        return platelets
    return Reading(known=True, value="low" if platelets.value.high < 20 else "fine", events=platelets.events)

COUNT = Computed("count_word", VERSION, "readings", low, "enum", ("fine", "low"), (("platelets", "10*9/L"),))
'''
PAGER = """
from scheduler.channels import ChannelFailed, ChannelKind

class Pager:
    takes = frozenset({"page"})
    name = "pager"
    def __init__(self, path):
        self.path = path
    def send(self, notice, attempt):
        with open(self.path, "a") as file:
            file.write(notice.key + "\\n")

def make(settings):
    if "path" not in settings:
        raise ChannelFailed("secret-path is missing", "a path", "say it")
    return Pager(settings["path"])

PAGER = ChannelKind("pager", 1, REAL, make)
"""
SHIPPED = files("pathway.definitions").joinpath("variant_apl", "v1.toml").read_text("utf-8")
FACT = """
[facts.count_word]
title = "Platelets in a word"
computed = "count_word@{version}"
from = {{ platelets = "platelets" }}

[facts.death]
"""
ORIGIN = "demonstration"


def score(version: int = 1) -> str:
    return SCORE.replace("VERSION", str(version))


def with_fact(version: int = 1) -> str:
    assert SHIPPED.count("\n[facts.death]\n") == 1
    return SHIPPED.replace("\n[facts.death]\n", FACT.format(version=version))


def values(engine: Engine) -> str:
    return str(engine.view("A").read("count_word").value)


def engine_of(pathway: Pathway) -> Engine:
    clock = FixedClock(instant("2026-03-01T09:00+01:00"))
    engine = Engine(MemoryStore("demonstration"), [pathway], clock)
    doctor = By("Dr A", "physician")
    engine.handle(
        Enrol(id="1", case="A", by=doctor, pathway="variant_apl", presented_at=clock.now(), origin="invented",
              identifiers={"name": "Invented", "number": "1"}, patient="p", zone="UTC", ward="H1", bed="3")
    )  # fmt: skip
    result = RecordResult(
        id="2", case="A", by=doctor, loinc="777-3", value="12", unit="10*9/L", collected_at=clock.now()
    )
    assert engine.handle(result).status == "accepted"
    return engine


def test_a_computed_fact_of_a_package_decides_in_a_case(packages: Packages):
    packages.install("hospital_scores", score(), {"wardpath.computed": {"count": "hospital_scores:COUNT"}})
    pathway = load(with_fact(), "v1.toml", computed_facts())
    assert values(engine_of(pathway)) == "low"


def test_without_the_package_the_file_that_needs_it_does_not_load():
    with pytest.raises(DefinitionError, match="computed fact 'count_word@1' is not known") as caught:
        load(with_fact(), "v1.toml", computed_facts())
    assert with_fact().splitlines()[caught.value.line - 1] in ("[facts.count_word]", 'computed = "count_word@1"')


def test_a_pathway_carries_the_functions_it_needs_and_no_others(packages: Packages):
    packages.install("hospital_scores", score(), {"wardpath.computed": {"count": "hospital_scores:COUNT"}})
    plain = load(SHIPPED, "v1.toml", computed_facts())
    assert set(plain.computed) == {fact.computed for fact in plain.form.facts.values() if fact.computed}
    assert set(load(with_fact(), "v1.toml", computed_facts()).computed) - set(plain.computed) == {"count_word@1"}


def test_an_installed_package_changes_no_pathway_that_does_not_ask_for_it(packages: Packages):
    before = load(SHIPPED, "v1.toml").digest
    packages.install("hospital_scores", score(), {"wardpath.computed": {"count": "hospital_scores:COUNT"}})
    assert load(SHIPPED, "v1.toml", computed_facts()).digest == before


def test_two_versions_of_one_fact_stand_side_by_side(packages: Packages):
    packages.install("scores_one", score(1), {"wardpath.computed": {"count": "scores_one:COUNT"}})
    packages.install("scores_two", score(2), {"wardpath.computed": {"count": "scores_two:COUNT"}})
    assert set(computed_facts()) - set(COMPUTED) == {"count_word@1", "count_word@2"}
    first, second = (load(with_fact(version), "v1.toml", computed_facts()) for version in (1, 2))
    assert first.digest != second.digest


def test_a_name_and_version_that_is_taken_is_refused_with_both_packages(packages: Packages):
    packages.install("scores_one", score(), {"wardpath.computed": {"count": "scores_one:COUNT"}})
    packages.install("scores_two", score(), {"wardpath.computed": {"again": "scores_two:COUNT"}}, version="3")
    with pytest.raises(PluginRefused, match=r"count of scores_one 1\.2 gives .*, which again of scores_two 3 gives"):
        computed_facts()


def test_a_package_cannot_take_the_place_of_a_fact_of_the_product(packages: Packages):
    taken = score().replace('"count_word"', '"isth_dic"')
    packages.install("hospital_scores", taken, {"wardpath.computed": {"count": "hospital_scores:COUNT"}})
    with pytest.raises(PluginRefused, match="isth_dic@1, which wardpath itself gives too"):
        computed_facts()


def test_a_plug_in_that_cannot_be_imported_is_named_with_its_package(packages: Packages):
    packages.install("hospital_scores", "import nowhere_at_all", {"wardpath.computed": {"count": "hospital_scores:X"}})
    with pytest.raises(PluginRefused, match=r"count of hospital_scores 1\.2 cannot be imported.*nowhere_at_all"):
        computed_facts()


@pytest.mark.parametrize(
    "wrong, told",
    [
        ("COUNT = 3", "gives a int"),
        (score().replace('"enum", ("fine", "low")', '"enum", ()'), "values and type disagree"),
        (score().replace("10*9/L", "furlong"), "furlong"),
        (score(0), "version from 1 on"),
        (score().replace('"readings", low', '"readings", None'), "is no function"),
    ],
)
def test_what_is_no_computed_fact_is_refused(packages: Packages, wrong: str, told: str):
    packages.install("hospital_scores", wrong, {"wardpath.computed": {"count": "hospital_scores:COUNT"}})
    with pytest.raises(PluginRefused, match=told):
        computed_facts()


def test_an_answer_of_another_type_than_said_is_cannot_say_and_a_failed_rule(packages: Packages):
    lying = score().replace('"low" if', '"tiny" if')
    packages.install("hospital_scores", lying, {"wardpath.computed": {"count": "hospital_scores:COUNT"}})
    view = engine_of(load(with_fact(), "v1.toml", computed_facts())).view("A")
    assert (view.read("count_word").known, view.failures) == (False, {"count_word": "ReadingRefused"})


def test_a_channel_of_a_package_carries_notices(packages: Packages, tmp_path: Path):
    module = PAGER.replace("REAL", "False")
    packages.install("hospital_pager", module, {"wardpath.channels": {"pager": "hospital_pager:PAGER"}})
    paged = tmp_path / "paged"
    made = post(tmp_path / "ward.db", io.StringIO(), ORIGIN, {"pager": {"path": str(paged)}})
    assert made.send(notice("n1"), 1).carried == ("pager", "console", "file")
    assert paged.read_text("utf-8") == "n1\n"


def test_an_installed_channel_that_no_setting_names_carries_nothing(packages: Packages, tmp_path: Path):
    packages.install("hospital_pager", "raise SystemError", {"wardpath.channels": {"pager": "hospital_pager:PAGER"}})
    assert post(tmp_path / "ward.db", io.StringIO(), ORIGIN, {}).send(notice("n1"), 1).carried == ("console", "file")


def test_a_demonstration_refuses_a_channel_that_reaches_people(packages: Packages, tmp_path: Path):
    module = PAGER.replace("REAL", "True")
    packages.install("hospital_pager", module, {"wardpath.channels": {"pager": "hospital_pager:PAGER"}})
    wanted = {"pager": {"path": str(tmp_path / "paged")}}
    with pytest.raises(NotHere, match="pager reaches people"):
        post(tmp_path / "ward.db", io.StringIO(), "demonstration", wanted)
    assert "pager" in post(tmp_path / "ward.db", io.StringIO(), "live", wanted).send(notice("n1"), 1).carried


def test_a_channel_that_nobody_gives_is_an_error_that_names_what_there_is(packages: Packages, tmp_path: Path):
    module = PAGER.replace("REAL", "False")
    packages.install("hospital_pager", module, {"wardpath.channels": {"pager": "hospital_pager:PAGER"}})
    with pytest.raises(NotFound, match=r"no plug-in gives the channel horn.*one of email, pager"):
        post(tmp_path / "ward.db", io.StringIO(), ORIGIN, {"horn": {}})


def test_settings_that_do_not_make_a_channel_are_not_told(packages: Packages, tmp_path: Path):
    module = PAGER.replace("REAL", "False")
    packages.install("hospital_pager", module, {"wardpath.channels": {"pager": "hospital_pager:PAGER"}})
    with pytest.raises(PluginRefused, match=r"pager could not be made from its settings \(channel_failed\)") as caught:
        post(tmp_path / "ward.db", io.StringIO(), ORIGIN, {"pager": {}})
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["console", "file"])
def test_no_package_takes_the_name_of_a_channel_of_the_product(packages: Packages, name: str):
    module = PAGER.replace("REAL", "False").replace('ChannelKind("pager"', f'ChannelKind("{name}"')
    packages.install("hospital_pager", module, {"wardpath.channels": {"pager": "hospital_pager:PAGER"}})
    with pytest.raises(PluginRefused, match=f"the channel {name}, which wardpath itself gives too"):
        channel_kinds()


def seen_by_the_doctor(place: Path) -> list[tuple[str, str]]:
    """What the doctor says of plug-ins."""
    create_store(place, ORIGIN).close()
    found = examine(place, quick=True, progress=lambda done, of: None)
    return [(each.severity, each.what) for each in found if each.about == "plug-ins"]


def test_the_doctor_lists_every_plug_in_with_kind_name_version_and_package(packages: Packages, tmp_path: Path):
    packages.install("hospital_scores", score(), {"wardpath.computed": {"count": "hospital_scores:COUNT"}})
    module = PAGER.replace("REAL", "False")
    packages.install("hospital_pager", module, {"wardpath.channels": {"pager": "hospital_pager:PAGER"}}, "0.3")
    assert seen_by_the_doctor(tmp_path / "ward.db") == [
        ("ok", "computed fact count_word, version 1: count of hospital_scores 1.2"),
        ("ok", "channel pager, version 1: pager of hospital_pager 0.3"),
    ]


def test_the_doctor_says_that_there_are_none(tmp_path: Path):
    assert seen_by_the_doctor(tmp_path / "ward.db") == [("ok", "none")]


def test_the_doctor_names_a_plug_in_that_is_broken_though_nothing_uses_it(packages: Packages, tmp_path: Path):
    packages.install("hospital_pager", "raise SystemError", {"wardpath.channels": {"pager": "hospital_pager:PAGER"}})
    ((severity, what),) = seen_by_the_doctor(tmp_path / "ward.db")
    assert severity == "warning"
    assert what.startswith("the plug-in pager of hospital_pager 1.2 cannot be imported")
