"""What a site sets: pathway files of its own, and channels."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from pathway.case.commands import Enrol
from pathway.case.envelope import By
from pathway.clinical.instant import instant
from pathway.definition.errors import DefinitionError
from tests.ward.package import Packages, packages
from ward.definitions import FILE_LIMIT, read_pathway
from ward.errors import NotFound, NotUnderstood
from ward.settings import settings
from ward.wiring import house, memory_store, pathways

__all__ = ["packages"]

SEPSIS = Path(__file__).parents[1] / "pathways" / "sepsis" / "v1.toml"
SHIPPED = files("pathway.definitions").joinpath("variant_apl", "v1.toml").read_text("utf-8")
MODULE = """
from pathway.clinical.computed import Computed
from pathway.clinical.reading import Reading

FACT = Computed("always_no", 1, "readings", lambda readings: Reading(known=True, value=False), "bool")
"""


def use(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    monkeypatch.setenv("WARDPATH_PATHWAYS", json.dumps([str(path) for path in paths]))


def test_without_a_setting_there_are_the_shipped_ones(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("WARDPATH_PATHWAYS", raising=False)
    assert [each.name for each in pathways()] == ["variant_apl", "unmatched_report"]


def test_a_pathway_of_the_site_is_decided_beside_the_shipped_ones(monkeypatch: pytest.MonkeyPatch):
    use(monkeypatch, SEPSIS)
    made = house(memory_store())
    assert [each.name for each in made.pathways] == ["variant_apl", "unmatched_report", "sepsis"]
    assert set(made.engine.newest) == {"variant_apl", "unmatched_report", "sepsis"}


def test_a_pathway_of_the_site_may_ask_for_a_fact_of_a_plug_in(
    monkeypatch: pytest.MonkeyPatch, packages: Packages, tmp_path: Path
):
    packages.install("our_facts", MODULE, {"wardpath.computed": {"always_no": "our_facts:FACT"}})
    fact = '[facts.always]\ntitle = "Always no"\ncomputed = "always_no@1"\n\n[conditions]\n'
    text = SEPSIS.read_text("utf-8")
    assert text.count("[conditions]\n") == 1
    (tmp_path / "own.toml").write_text(text.replace("[conditions]\n", fact), "utf-8")
    use(monkeypatch, tmp_path / "own.toml")
    assert set(pathways()[-1].computed) == {"always_no@1"}


def test_a_name_and_version_that_is_there_is_not_taken_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    own = tmp_path / "mine.toml"
    own.write_text(SHIPPED, "utf-8")
    use(monkeypatch, own)
    with pytest.raises(NotUnderstood, match=r"mine\.toml is variant_apl version 1, which is there already"):
        pathways()


def test_a_faulty_file_of_the_site_stops_the_start_with_its_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    own = tmp_path / "faulty.toml"
    own.write_text(
        SEPSIS.read_text("utf-8").replace('"lactate >= lactate_raised"', '"lactade >= lactate_raised"'), "utf-8"
    )
    use(monkeypatch, own)
    with pytest.raises(DefinitionError, match=r"faulty\.toml:\d+:"):
        pathways()


ENROL = Enrol(
    id="k1",
    case="s1",
    by=By("a nurse", "nurse"),
    pathway="sepsis",
    presented_at=instant("2026-03-01T08:00Z"),
    identifiers={"name": "Invented, Person", "number": "0001"},
    zone="UTC",
    ward="E1",
    bed="3",
    patient="p1",
    origin="invented",
)
HEAD = 'pathway = "sepsis"\nversion = 1\n\n[settings]\n'


def overrule(monkeypatch: pytest.MonkeyPatch, *paths: Path) -> None:
    monkeypatch.setenv("WARDPATH_OVERRIDES", json.dumps([str(path) for path in paths]))


def site(tmp_path: Path, text: str, name: str = "site.toml") -> Path:
    (tmp_path / name).write_text(text, "utf-8")
    return tmp_path / name


def test_a_site_overrides_settings_of_a_shipped_pathway_and_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    use(monkeypatch, SEPSIS)
    plain = {each.name: each for each in pathways()}
    shipped = 'pathway = "variant_apl"\nversion = 1\n[settings]\nrecheck_s1 = "4 h"\n'
    overrule(monkeypatch, site(tmp_path, HEAD + 'antibiotic_within = "45 min"\n'), site(tmp_path, shipped, "apl.toml"))
    found = {each.name: each for each in pathways()}
    assert found["variant_apl"].settings["recheck_s1"].shown == "4 h"
    assert found["sepsis"].settings["antibiotic_within"].shown == "45 min"
    changed = {name for name, each in found.items() if each.digest != plain[name].digest}
    assert changed == {"variant_apl", "sepsis"}


@pytest.mark.parametrize(
    "text, words",
    [
        ("[settings]\n", "does not say which pathway"),
        (HEAD.replace("version = 1", "version = 7"), "version 7, which is not here"),
    ],
)
def test_overrides_of_nothing_that_is_here_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, words: str
):
    use(monkeypatch, SEPSIS)
    overrule(monkeypatch, site(tmp_path, text))
    with pytest.raises(NotUnderstood, match=words):
        pathways()


def test_two_files_about_one_pathway_are_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    use(monkeypatch, SEPSIS)
    overrule(monkeypatch, site(tmp_path, HEAD), site(tmp_path, HEAD, "again.toml"))
    with pytest.raises(NotUnderstood, match=r"again\.toml overrides sepsis version 1, as another file does"):
        pathways()


def test_a_fault_of_the_overrides_is_told_in_their_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    use(monkeypatch, SEPSIS)
    overrule(monkeypatch, site(tmp_path, HEAD + 'antibiotic_withim = "45 min"\n'))
    with pytest.raises(DefinitionError, match=r"site\.toml:5:1: .* did you mean antibiotic_within"):
        pathways()


def test_a_case_goes_on_under_the_overrides_it_began_with_though_no_file_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    use(monkeypatch, SEPSIS)
    overrule(monkeypatch, site(tmp_path, HEAD + 'antibiotic_within = "45 min"\n'))
    store = memory_store()
    begun = house(store)
    assert begun.engine.handle(ENROL).status == "accepted"
    monkeypatch.delenv("WARDPATH_PATHWAYS")
    monkeypatch.delenv("WARDPATH_OVERRIDES")
    later = house(store)
    assert "sepsis" not in {each.name for each in later.pathways}
    pathway = later.engine.pathway("s1")
    assert (pathway.name, pathway.settings["antibiotic_within"].shown) == ("sepsis", "45 min")
    assert later.engine.picture("s1").phases


def test_a_file_that_is_not_there_or_no_text_is_told(tmp_path: Path):
    with pytest.raises(NotFound, match=r"none\.toml"):
        read_pathway(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(NotUnderstood, match="not UTF-8"):
        read_pathway(tmp_path / "bytes.toml")
    (tmp_path / "long.toml").write_bytes(b"#" * (FILE_LIMIT + 1))
    with pytest.raises(NotUnderstood, match="bytes"):
        read_pathway(tmp_path / "long.toml")


@pytest.mark.parametrize(
    "name, value", [("WARDPATH_CHANNELS", "secret{"), ("WARDPATH_PATHWAYS", "7"), ("WARDPATH_LOG", "secret")]
)
def test_a_setting_that_cannot_be_read_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    with pytest.raises(NotUnderstood, match=name) as caught:
        settings()
    assert "secret" not in str(caught.value)


def test_the_settings_of_a_channel_stand_in_no_text(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("WARDPATH_CHANNELS", '{"pager": {"key": "secret"}}')
    assert settings().channels == {"pager": {"key": "secret"}}
    assert "secret" not in repr(settings())
