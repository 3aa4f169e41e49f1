"""Leads: from a proposal to the form that would carry it out, with what was proposed as the beginning of its reason."""

import tomllib
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import quote

from pathway.case.picture import Picture, ProposalSeen
from ward.web.forms.named import capital
from ward.web.forms.things import KEY, key_of
from ward.web.visit import Visit

#: What a form is begun with, by the name of its field.
Begun = dict[str, str]


class Lead(NamedTuple):
    """A link from a proposal to a form."""

    words: str
    address: str


def leads(visit: Visit, picture: Picture, proposal: ProposalSeen) -> tuple[Lead, ...]:
    """The forms that a proposal leads to, of which the policy lets this visitor send the command."""
    found = []
    for row in written().get(picture.pathway, {}).get(proposal.name, ()):
        command, words = row["command"], row["words"]
        fixed = {name: text for name, text in row.items() if name not in {"command", "words"}}
        if visit.lets(command, picture.case):
            about = f"about={key_of(command, fixed)}&proposed={key_of_proposal(proposal.name)}"
            found.append(Lead(words, f"/case/{quote(picture.case)}/do/{command}?{about}"))
    return tuple(found)


def begun(picture: Picture, key: str) -> Begun:
    """What a form is begun with that was opened from a proposal; nothing where that is not proposed any more."""
    found = next((each for each in picture.proposals if key and key_of_proposal(each.name) == key), None)
    return {} if found is None else {"reason": f"Proposed: {capital(found.text)}"}


def key_of_proposal(name: str) -> str:
    """The name of a proposal in an address: no word of the patient's record."""
    return sha256(f"proposal/{name}".encode()).hexdigest()[:KEY]


@cache
def written() -> dict[str, dict[str, tuple[dict[str, str], ...]]]:
    """The rows of the file: by pathway and proposal."""
    raw = tomllib.loads(files("ward.web.forms").joinpath("leads.toml").read_text("utf-8"))
    return {pathway: {name: tuple(rows) for name, rows in each.items()} for pathway, each in raw.items()}
