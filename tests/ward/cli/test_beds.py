"""`wardpath beds`: seen by everybody, said by an administrator."""

from tests.ward.cli.conftest import data


def test_the_demonstration_has_the_beds_of_its_ward(wardpath, demonstration):
    found = data(wardpath("beds", "--db", demonstration, "--json"))["beds"]
    assert list(found) == ["Haematology 4"]
    assert found["Haematology 4"][0] == "1"
    assert len(found["Haematology 4"]) == 24


def test_an_administrator_says_the_beds_of_a_ward(wardpath, demonstration):
    said = ("--by", "admin", "--role", "administrator", "--db", demonstration)
    made = wardpath("beds", "H1", "1, 2,3a", *said)
    assert made.exit_code == 0, made.stderr
    assert "1, 2, 3a" in made.stdout
    assert data(wardpath("beds", "H1", "--db", demonstration, "--json")) == {"beds": {"H1": ["1", "2", "3a"]}}


def test_a_nurse_does_not(wardpath, demonstration):
    refused = wardpath("beds", "H1", "1", "--by", "nurse.anna", "--role", "nurse", "--db", demonstration)
    assert refused.exit_code == 1
    assert "may not SetBeds" in refused.stderr
    assert "H1" not in data(wardpath("beds", "--db", demonstration, "--json"))["beds"]
