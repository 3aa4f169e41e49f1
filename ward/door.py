"""The door: the one place where it is enforced who may ask and who may look. Every face goes through it.

The table (ward/policy) says which role may do which act where. What a role may do to this patient now is the pathway's
own rule and is decided behind the door. What is denied is an answer or an error with the code `denied`, and is kept in
the access log.
"""

from collections.abc import Iterable
from typing import TypeVar

from msgspec.structs import replace

from pathway.case.commands import Answer, AnyCommand, Command, Enrol, HandOver, MergeCases, Request, UnmergeCases
from pathway.case.envelope import By
from pathway.case.grounds import same_person
from pathway.engine.engine import Rehearsal
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import Credential, Head, Looked
from pathway.site.commands import AnySiteCommand, SettleQuarantined, SiteCommand
from pathway.site.duty.commands import CancelShift
from pathway.site.streams import is_site
from ward.errors import Denied
from ward.people.person import SignedIn
from ward.policy.judge import Allowed, holds, judge
from ward.policy.table import policy_of
from ward.wiring import House

Asked = TypeVar("Asked", bound=AnyCommand | AnySiteCommand)

#: What a person says, through whichever face; a service says itself what it came through.
PERSON = "person"
#: Sources that are the product's own: nobody who comes through the door is one of them.
OWN_SOURCES = frozenset({"engine"})


class Door:
    """Carries out commands and lets look for whoever has signed in, or says why not."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.policy = policy_of(house.pathways)
        #: Pathways whose cases are reports without a patient: they lie on no ward.
        self.wardless = frozenset(each.name for each in house.pathways if each.form.screen is not None)

    # --- acting ------------------------------------------------------------------------------------------------------

    def handle(
        self,
        who: SignedIn,
        role: str,
        command: AnyCommand | AnySiteCommand,
        second: SignedIn | None = None,
        credentials: tuple[Credential, ...] = (),
    ) -> Answer:
        """Carry out a command as this account in this role, or refuse it with the code `denied`.

        `second`: another account that has proven itself for this one signature. Who spoke and how that was proven, the
        second signature and its proof are written by the door, whatever the command says of them. `credentials`: kept
        with a command about an account. Raises what `Engine.handle` raises.
        """
        try:
            proven = self.proven(who, role, command, second)
        except Denied as denied:
            return Answer(command.id, command.case, "refused", (), denied.refusal())
        return self.house.engine.handle(proven, credentials)

    def rehearse(
        self, who: SignedIn, role: str, command: AnyCommand | AnySiteCommand, second: SignedIn | None = None
    ) -> Rehearsal:
        """What would come of a command, for whoever may ask. Raises Denied, and what `Engine.rehearse` raises."""
        return self.house.engine.rehearse(self.proven(who, role, command, second))

    def proven(self, who: SignedIn, role: str, command: Asked, second: SignedIn | None = None) -> Asked:
        """The command with what the door knows of who speaks. Raises Denied."""
        by = By(who.account, self.passed(who, role, command), source_of(who, command.by), who.authenticated)
        told: dict[str, object] = {"by": by}
        if isinstance(command, Enrol):
            told["history"] = tuple(replace(each, by=by) for each in command.history)
        if isinstance(command, Request) and command.verbal_by.strip():
            told["verbal_by"] = self.giver(who, command)
        if isinstance(command, HandOver):
            told["to"] = self.receiver(who, command)
        if isinstance(command, Request | SiteCommand):
            signature = self.signature(who, command, second)
            told |= {"second": "" if signature is None else signature.actor, "second_by": signature}
        return replace(command, **told)

    def passed(self, who: SignedIn, role: str, command: Command) -> str:
        """The role in which the account may ask this. Raises Denied."""
        act, about = type(command).__name__, str(getattr(command, "account", ""))
        for ward, case in self.places(command):
            allowed = self.may(who, role, act, ward, case, about)
            if isinstance(allowed, Denied):
                raise self.logged(who, role, act, (command.case,), allowed)
            if allowed.glass is not None:
                self.note(who, act, (case,), allowed)
            role = role or allowed.role
        return role

    def signature(self, who: SignedIn, command: Command, second: SignedIn | None) -> By | None:
        """The second signature as it was proven, by somebody who may ask this too; None without one. Raises Denied."""
        act, named = type(command).__name__, str(getattr(command, "second", "")).strip()
        if second is None and not named:
            return None
        if second is None or second.kind != "person" or same_person(second.account, who.account):
            happened, wanted = "the second signature is not proven", "another person, by a proof of their own"
            denied = Denied(happened, wanted, "have them sign: --second NAME, and then their own secret")
            raise self.logged(who, "", act, (command.case,), denied)
        self.passed(second, "", command)
        return By(second.account, source=PERSON, authenticated=second.authenticated)

    def giver(self, who: SignedIn, command: Request) -> str:
        """The account that gave an order by voice: somebody who can be asked to sign for it (M52). Raises Denied."""
        named, role = command.verbal_by, command.verbal_from
        if found := self.known(named, role, command):
            return found
        act = type(command).__name__
        happened = f"{who.account} may not {act} on the order of somebody who is not known here"
        wanted = f"the account of whoever gave the order, with the role {role or 'it was given in'} on this ward"
        denied = Denied(happened, wanted, "name their account: they have to sign for it")
        raise self.logged(who, "", act, (command.case,), denied)

    def receiver(self, who: SignedIn, command: HandOver) -> str:
        """The account that a reminder is offered to: an offer that nobody can accept only loses time. Raises Denied."""
        if found := self.known(command.to, command.to_role, command):
            return found
        happened = f"{who.account} may not HandOver to somebody who is not known here"
        wanted = f"an account with the role {command.to_role or 'it is offered to'} on this ward"
        denied = Denied(happened, wanted, "name their account, or let the roster find who is on duty")
        raise self.logged(who, "", "HandOver", (command.case,), denied)

    def known(self, named: str, role: str, command: Command) -> str:
        """The open account of a person by name, with a role on the ward that a command is about; empty for none."""
        for each in self.house.engine.sites.accounts().held.values():
            usable = each.kind == "person" and each.closed_at is None and same_person(each.account, named)
            if usable and all(holds(each.grants, role, ward) for ward, _ in self.places(command)):
                return each.account
        return ""

    def places(self, command: Command) -> list[tuple[str, str]]:
        """The wards that a command is about, each with its case; an empty ward is none."""
        match command:
            case Enrol():
                return [(command.ward, "")]
            case SettleQuarantined():
                return [(self.ward_of(command.to), command.to)]
            case CancelShift():
                planned = self.house.engine.sites.duty().shifts.get(command.number)
                return [("" if planned is None else planned.ward, "")]
            case SiteCommand():
                return [(str(getattr(command, "ward", "")), "")]
            case MergeCases() | UnmergeCases():
                return [(self.ward_of(each), each) for each in (command.case, command.other)]
        return [(self.ward_of(command.case), command.case)]

    # --- looking -----------------------------------------------------------------------------------------------------

    def look(self, who: SignedIn, role: str, what: str, cases: Iterable[str] = ()) -> None:
        """Let look at cases, all of them or none, and write the access log. Raises Denied.

        `role` may be empty: then any role of the account that may look will do.
        """
        tokens = tuple(cases)
        found = [self.may(who, role, what, self.ward_of(case), case) for case in tokens] or [self.may(who, role, what)]
        for each in found:
            if isinstance(each, Denied):
                raise self.logged(who, role, what, tokens, each)
        allowed = [each for each in found if isinstance(each, Allowed)]
        self.note(who, what, tokens, max(allowed, key=lambda each: each.glass or 0))

    def seen(self, who: SignedIn, role: str, what: str, heads: Iterable[Head]) -> list[Head]:
        """Those of a list of cases that may be looked at, in their order. Writes no look: `look` at them then.

        Raises Denied where this account may look at no such list, on whichever ward.
        """
        if isinstance(denied := self.may(who, role, what), Denied):
            raise self.logged(who, role, what, (), denied)
        wards: dict[str, bool] = {}
        found = []
        for head in heads:
            ward = self.ward(head)
            if ward not in wards:
                wards[ward] = isinstance(self.may(who, role, what, ward), Allowed)
            if wards[ward]:
                found.append(head)
        return found

    # --- deciding ----------------------------------------------------------------------------------------------------

    def may(
        self, who: SignedIn, role: str, act: str, ward: str = "", case: str = "", about: str = ""
    ) -> Allowed | Denied:
        """Whether this account may do this in this role on this ward: `judge`, with the glass broken for the case.

        Writes nothing.
        """
        found = judge(self.policy, who, role, act, ward, about=about)
        if isinstance(found, Denied) and case and (glass := self.glass(who, case)) is not None:
            return judge(self.policy, who, role, act, ward, about=about, glass=glass)
        return found

    def glass(self, who: SignedIn, case: str) -> int | None:
        """The number of the glass that this account has broken for a case and that stands now; None where none does."""
        return self.house.engine.sites.accounts().open_glass(who.account, case, self.house.clock.now())

    def ward_of(self, case: str) -> str:
        """The ward where a case lies; empty for one that lies nowhere, or that there is not."""
        head = None if not case or is_site(case) else self.house.store.head(case)
        return "" if head is None else self.ward(head)

    def ward(self, head: Head) -> str:
        """The ward of a head; empty for a report without a patient."""
        return "" if head.pathway in self.wardless else head.ward

    # --- the access log ----------------------------------------------------------------------------------------------

    def note(self, who: SignedIn, what: str, cases: tuple[str, ...], allowed: Allowed) -> None:
        """Write that somebody looked, or acted behind broken glass.

        Raises StoreRefused where that can be kept nowhere, but to a clinician who looks after patients.
        """
        by = By(who.account, allowed.role, PERSON, who.authenticated)
        if allowed.glass is None:
            lost = self.enter(by, what, cases, "", "read")
        else:
            lost = self.enter(by, what, cases, f"glass {allowed.glass}", "break_glass")
        row = self.policy.row(what)
        if lost is not None and not (row is not None and row.care and allowed.role in self.policy.clinicians):
            raise lost

    def logged(self, who: SignedIn, role: str, what: str, cases: tuple[str, ...], denied: Denied) -> Denied:
        """Write that somebody was denied, and give back the denial."""
        by = By(who.account, role, PERSON, who.authenticated)
        self.enter(by, what, cases, denied.happened, "denied")
        return denied

    def enter(self, by: By, what: str, cases: tuple[str, ...], reason: str, outcome: Looked) -> StoreRefused | None:
        """Write the access log, or beside the store; where neither goes, why."""
        return self.house.aside.enter(self.house.store, self.house.clock.now(), by, what, cases, reason, outcome)


def source_of(who: SignedIn, said: By) -> str:
    """What a command came through: a service says that itself, but is never the engine."""
    return said.source if who.kind == "service" and said.source not in OWN_SOURCES else PERSON
