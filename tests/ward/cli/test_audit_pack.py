"""The audit pack and the access log on the command line."""

import csv
import json
from io import StringIO
from pathlib import Path

from tests.ward.cli.conftest import Run, data

AUDITOR = ("--by", "auditor")


def made(wardpath: Run, db: Path, *words: object) -> Path:
    """The folder or archive of a pack of one case."""
    answer = wardpath("audit", "pack", "demo-03", "--db", db, *words)
    assert answer.exit_code == 0, answer.stderr
    (found,) = Path("out").iterdir()
    return found


def test_a_pack_is_written_into_a_folder_of_its_own(wardpath: Run, demonstration: Path):
    folder = made(wardpath, demonstration, "-o", "out", *AUDITOR)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["case"] == "demo-03"
    assert {"pack.pdf", "events.jsonl", "events.csv", "looks.csv", "verify_export.py"} <= manifest["files"].keys()
    assert all((folder / name).is_file() for name in manifest["files"])


def test_the_archive_of_the_same_record_is_the_same_bytes(wardpath: Run, demonstration: Path):
    first = made(wardpath, demonstration, "-o", "out", "--zip", "--position", 40, *AUDITOR).read_bytes()
    assert made(wardpath, demonstration, "-o", "out", "--zip", "--position", 40, *AUDITOR).read_bytes() == first


def test_a_pack_says_as_json_where_it_ends(wardpath: Run, demonstration: Path):
    told = data(
        wardpath("audit", "pack", "demo-03", "-o", "out", "--position", 40, "--json", "--db", demonstration, *AUDITOR)
    )
    assert (told["case"], told["position"], len(told["head"])) == ("demo-03", 40, 64)
    assert all(Path(each).is_file() for each in told["files"])


def test_only_an_auditor_writes_one_and_the_look_is_kept(wardpath: Run, demonstration: Path):
    refused = wardpath("audit", "pack", "demo-03", "-o", "out", "--by", "nurse.anna", "--db", demonstration)
    assert refused.exit_code != 0
    assert "nurse.anna may not read `pack`" in refused.stderr
    assert not Path("out").exists()
    made(wardpath, demonstration, "-o", "out", "--identified", *AUDITOR)
    found = data(wardpath("audit", "looks", "--case", "demo-03", "--json", "--db", demonstration, *AUDITOR))
    assert [(each["by"]["actor"], each["what"], each["outcome"]) for each in found] == [
        ("nurse.anna", "pack", "denied"),
        ("auditor", "pack_identified", "read"),
        ("auditor", "accesses", "read"),
    ]


def test_a_moment_that_cannot_be_is_said(wardpath: Run, demonstration: Path):
    for words in (("--position", 99999), ("--known", "never"), ("--known", "2099-01-01T00:00Z"), ("--position", 0)):
        assert wardpath("audit", "pack", "demo-03", *words, "--db", demonstration, *AUDITOR).exit_code in {2, 3}
    assert wardpath("audit", "pack", "nobody", "--db", demonstration, *AUDITOR).exit_code == 3


def test_looks_are_filtered_and_go_out_as_csv(wardpath: Run, demonstration: Path):
    wardpath("case", "demo-03", "--by", "admin", "--db", demonstration)
    wardpath("case", "demo-03", "--by", "nurse.anna", "--db", demonstration)
    answer = wardpath("audit", "looks", "--outcome", "denied", "--csv", "--db", demonstration, *AUDITOR)
    (row,) = csv.DictReader(StringIO(answer.stdout, newline=""), strict=True)
    assert (row["account"], row["cases"], row["outcome"]) == ("admin", "demo-03", "denied")
    table = wardpath("audit", "looks", "--account", "nurse.anna", "--db", demonstration, *AUDITOR)
    assert "demo-03" in table.stdout
    assert wardpath("audit", "looks", "--outcome", "nice", "--db", demonstration, *AUDITOR).exit_code == 2
    assert wardpath("audit", "looks", "--db", demonstration, "--by", "nurse.anna").exit_code != 0
