"""`wardpath channels`: what went out, and a test notice by an administrator."""

from tests.ward.cli.conftest import data


def test_an_administrator_sends_a_test_notice_and_sees_that_it_waits(wardpath, demonstration):
    said = ("--by", "admin", "--role", "administrator", "--db", demonstration)
    before = data(wardpath("channels", *said[:2], "--db", demonstration, "--json"))
    assert before["trials"] == []
    sent = wardpath("channels", "try", "--to", "nurse", *said)
    assert sent.exit_code == 0, sent.stderr
    after = data(wardpath("channels", "--by", "admin", "--db", demonstration, "--json"))
    assert [(each["role"], each["reach"], each["state"]) for each in after["trials"]] == [("nurse", "page", "waiting")]
    assert after["notices"]["waiting"] == before["notices"].get("waiting", 0) + 1
    assert "nurse" in wardpath("channels", "--by", "admin", "--db", demonstration).stdout


def test_a_nurse_sends_none(wardpath, demonstration):
    refused = wardpath("channels", "try", "--to", "nurse", "--by", "nurse.anna", "--db", demonstration)
    assert refused.exit_code == 1
    assert "may not TryChannels" in refused.stderr


def test_a_role_that_there_is_not_is_not_understood(wardpath, demonstration):
    said = ("--by", "admin", "--role", "administrator", "--db", demonstration)
    assert wardpath("channels", "try", "--to", "pigeon", *said).exit_code == 2
