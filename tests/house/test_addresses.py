"""No committed file tells where it was made: no package index, no home folder, no path of a machine."""

import re

import pytest

from tests.house.tree import ROOT, files

# Written so that this file does not match itself.
ADDRESSES = {
    "a package index": re.compile(
        r"https?://[^\s\"'<>)]*(?:py[p]i|python[h]osted|regis[t]ry|sim[p]le/)", re.IGNORECASE
    ),
    "a file address": re.compile(r"\bfil[e]://+\w"),
    "an option that names an index": re.compile(r"--(?:extra-)?index[-]url[ =]\S*/|--find[-]links[ =]\S*/"),
    "a home folder": re.compile(r"(?<![\w.])/(?:ho[m]e|Use[r]s)/\w"),
    "the home folder of root": re.compile(r"(?<![\w.])/ro[o]t/"),
    "a folder of one machine": re.compile(r"(?<![\w.])/(?:o[p]t|wor[k]/(?:main|shared))/\w"),
    "a Windows home folder": re.compile(r"\b[A-Za-z]:\\{1,2}Use[r]s\b"),
}


def test_no_committed_file_holds_an_address_of_an_index_or_of_a_machine():
    found = [
        f"{path.relative_to(ROOT)}:{number} holds {what}: {match.group()}"
        for path in files()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        for what, pattern in ADDRESSES.items()
        for match in [pattern.search(line)]
        if match
    ]
    assert found == [], "take the address out, or make it relative:\n" + "\n".join(found)


@pytest.mark.parametrize(
    "what, parts",
    [
        ("a package index", ("https://mirror.example/py", "pi/sim", "ple/")),
        ("a package index", ("http://files.python", "hosted.org/x")),
        ("a package index", ("https://regis", "try.example.org/x")),
        ("a file address", ("fil", "e:///srv/wheels")),
        ("an option that names an index", ("--extra-index", "-url https://mirror.example/x")),
        ("an option that names an index", ("--find", "-links /srv/wheels")),
        ("a home folder", ("see /ho", "me/ann/x")),
        ("a home folder", ("/Use", "rs/ann/x")),
        ("the home folder of root", ("'/ro", "ot/x'")),
        ("a folder of one machine", ("/o", "pt/tools/x")),
        ("a folder of one machine", ("/wor", "k/main/x")),
        ("a Windows home folder", ("C:\\Use", "rs\\ann")),
    ],
)
def test_an_address_is_recognised(what: str, parts: tuple[str, ...]):
    assert ADDRESSES[what].search("".join(parts))
