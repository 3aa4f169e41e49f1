"""Accounts: carries out what is asked of them, keeps the secrets that go with it, and tells who hears of a glass."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import msgspec

from pathway.case.commands import ENCODER, Answer, Refusal
from pathway.case.events.body import Seal, in_the_clear
from pathway.case.rules import Rules
from pathway.clinical.instant import Instant, utc
from pathway.engine.notices import PAGE
from pathway.engine.ports import Credential, Head, Notice
from pathway.engine.sealing import Sealing
from pathway.engine.sites import Outcome, Owed, Sites
from pathway.site.accounts.commands import AnyAccountCommand, BreakGlass, ChangeSecret, OpenAccount, ReviewBreakGlass
from pathway.site.accounts.decide import decide
from pathway.site.accounts.events import AnyAccountBody, GlassBroken
from pathway.site.accounts.grant import ADMINISTRATOR
from pathway.site.accounts.state import Accounts
from pathway.site.streams import ACCOUNTS, SiteEvent, is_site

#: The role under which the engine itself acts; no account has it.
OWN_ROLE = "engine"


class Patient(msgspec.Struct, frozen=True):
    """Whose glass it is: the case, its zone, and who on its ward hears of it."""

    case: str
    ward: str
    zone: str
    tells: tuple[str, ...]


def of_account(
    sites: Sites,
    command: AnyAccountCommand,
    rules: Mapping[str, Rules],
    zone: str,
    credentials: tuple[Credential, ...] = (),
) -> Answer:
    """Carry out a command about accounts; `credentials` are kept in the transaction of its event, or not at all.

    `rules`: of the pathways by digest. `zone`: of the case whose glass is broken.
    """
    patient, key = patient_of(sites, command, rules, zone), sealed_under(sites.accounts(), command)
    kept = sites.store.case_key(key) if key and sites.vault else None

    def decided(state: Accounts, now: Instant) -> Outcome:
        sealing = Sealing(sites.vault, key, lambda _: kept, now)
        found = unaccompanied(command, credentials) or said(state, command, now, rules, sealing.text, patient)
        return Outcome(
            found,
            case_key=sealing.made,
            credentials=credentials,
            owed=None if patient is None else lambda events: Owed(notices(patient, events)),
        )

    return sites.write(ACCOUNTS, command, ENCODER.encode(command), decided)


def unaccompanied(command: AnyAccountCommand, credentials: tuple[Credential, ...]) -> Refusal | None:
    """Why a command about a secret comes without it, or another with one: the event would say what is not so."""
    if credentials_of(command) == [(each.account, each.kind, each.label, bool(each.hash)) for each in credentials]:
        return None
    return Refusal("secret", "the secret does not come with what is said of it", (), "use `wardpath people`")


def credentials_of(command: AnyAccountCommand) -> list[tuple[str, str, str, bool]]:
    """What must come with a command about a secret: account, kind, label, and whether it opens anything."""
    match command:
        case OpenAccount(one_time=True):
            return [(command.account, "password", "", True)]
        case ChangeSecret(how="revoked"):
            return [(command.account, "token" if command.label else "password", command.label, False)]
        case ChangeSecret():
            return [(command.account, "token" if command.how == "token" else "password", command.label, True)]
    return []


def account_rehearsed(sites: Sites, command: AnyAccountCommand, rules: Mapping[str, Rules]) -> Answer:
    """What would be said of a command about accounts. Writes nothing."""
    patient = patient_of(sites, command, rules, "UTC")
    found = said(sites.accounts(), command, sites.clock.now(), rules, in_the_clear(""), patient)
    refusal = found if isinstance(found, Refusal) else None
    return Answer(command.id, command.case, "accepted" if refusal is None else "refused", (), refusal)


def said(
    state: Accounts,
    command: AnyAccountCommand,
    now: Instant,
    rules: Mapping[str, Rules],
    seal: Seal,
    patient: Patient | None,
) -> AnyAccountBody | Refusal:
    """What comes of a command about accounts."""
    roles = {role for each in rules.values() for role in each.pathway.form.roles} - {OWN_ROLE}
    return decide(state, command, now, roles, seal, None if patient is None else patient.ward)


def patient_of(sites: Sites, command: AnyAccountCommand, rules: Mapping[str, Rules], zone: str) -> Patient | None:
    """The patient of a glass that is to be broken; None where the command is no such, or there is no such case."""
    if not isinstance(command, BreakGlass) or is_site(command.patient_case):
        return None
    head: Head | None = sites.store.head(command.patient_case)
    if head is None:
        return None
    form = rules[head.bundle].pathway.form if head.bundle in rules else None
    # Who may say of two cases that they are one patient looks after who is who on the ward.
    tells = form.merge.by[:1] if form is not None and form.merge is not None else ()
    return Patient(head.case, head.ward, zone, (ADMINISTRATOR, *tells))


def sealed_under(state: Accounts, command: AnyAccountCommand) -> str:
    """The key of the reason of a glass and of its review: the patient's."""
    if isinstance(command, BreakGlass):
        return command.patient_case
    found = state.glass.get(command.number) if isinstance(command, ReviewBreakGlass) else None
    return "" if found is None else found.body.patient_case


def notices(patient: Patient, events: tuple[SiteEvent, ...]) -> tuple[Notice, ...]:
    """One notice to each role that hears of a broken glass, at once. It names who and where, and no patient data."""
    made = []
    for event in events:
        if not isinstance(event.body, GlassBroken):
            continue
        body = event.body
        at = utc(event.recorded_at).astimezone(ZoneInfo(patient.zone)).strftime("%H:%M")
        text = f"NOTE, glass {body.number} broken by {body.account}: ward {body.ward}, case {body.patient_case}, {at}"
        made += [
            Notice(
                key=f"{ACCOUNTS}:{event.position}:{role}",
                case=ACCOUNTS,
                ward=body.ward,
                role=role,
                channel="page",
                kind="glass",
                severity=PAGE,
                text=f"{text}, /case/{body.patient_case}",
                created_at=event.recorded_at,
                late=False,
                reminders=(),
            )
            for role in patient.tells
        ]
    return tuple(made)
