"""The table: the policy as it is read from policy.toml, checked, with its words for roles written out."""

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec

from pathway.definition.pathway import Pathway
from pathway.site.accounts.grant import SITE_ROLES

#: Roles under which no account ever speaks.
NOBODY = frozenset({"engine"})
#: Words of the table that stand for the roles of the pathways that are here.
CLINICIANS, PATHWAY = "clinicians", "pathway"


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who may do an act: roles on their own ward, roles anywhere, whoever it is about, and who has broken glass.

    `care`: a look that clinicians are not kept from, even where it can be recorded nowhere.
    """

    own: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    self: bool = False
    glass: bool = False
    care: bool = False

    def __post_init__(self) -> None:
        """Raises ValueError for a row that lets nobody in, or opens by glass what nobody may do on an own ward."""
        if not (self.own or self.any or self.self):
            raise ValueError("a row lets nobody in: leave it out")
        if self.glass and not self.own:
            raise ValueError("glass opens what a role may do on its own ward: name roles in `own`")


class Written(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: its rows by act."""

    acts: dict[str, Row]


class Policy(msgspec.Struct, frozen=True):
    """The table with every role written out."""

    rows: dict[str, Row]
    clinicians: frozenset[str]
    pathway: frozenset[str]

    def row(self, act: str) -> Row | None:
        """The row of an act; None for one that stands nowhere, which nobody may do."""
        return self.rows.get(act)

    def roles(self) -> frozenset[str]:
        """Every role that somebody may be given here."""
        return self.pathway | frozenset(SITE_ROLES)


def policy_of(pathways: Iterable[Pathway]) -> Policy:
    """The table of this product, for the roles of these pathways."""
    forms = [each.form for each in pathways]
    never = NOBODY | frozenset(SITE_ROLES)
    # A pathway that screens has no patients, and whoever looks after its reports is no clinician by that.
    clinicians = frozenset(role for form in forms if form.screen is None for role in form.clinicians) - never
    pathway = frozenset(role for form in forms for role in form.roles) - never
    words = {CLINICIANS: tuple(sorted(clinicians)), PATHWAY: tuple(sorted(pathway))}

    def spelt(roles: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each for role in roles for each in words.get(role, (role,))))

    rows = {act: Row(spelt(row.own), spelt(row.any), row.self, row.glass, row.care) for act, row in written().items()}
    return Policy(rows, clinicians, pathway)


@cache
def written() -> dict[str, Row]:
    """The rows as they stand in the file."""
    text = files("ward.policy").joinpath("policy.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), type=Written).acts
