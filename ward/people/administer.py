"""Administering: accounts are opened, given secrets and closed by whoever the door lets; a secret is told once."""

import msgspec

from pathway.case.commands import Answer
from pathway.case.envelope import By
from pathway.engine.ports import Credential
from pathway.site.accounts.commands import AnyAccountCommand, ChangeSecret, CloseAccount, OpenAccount
from pathway.site.accounts.grant import ADMINISTRATOR, EVERY_WARD, Grant
from ward.clock import draw_id
from ward.door import Door
from ward.errors import Denied, NotFound, NotHere
from ward.people.person import SignedIn
from ward.people.secret import draw_password, draw_service_token, fingerprint, hashed
from ward.people.signing_in import end_sign_in, revoke
from ward.wiring import House

#: Whatever a command says of who speaks, the door writes it anew.
UNSAID = By("")
#: One id for ever: of two who found a store at the same moment, one is told that it is taken.
FIRST_ID = "people/first"


class Given(msgspec.Struct, frozen=True):
    """What was answered, and the secret that came of it, which is kept nowhere: empty where it was refused."""

    answer: Answer
    secret: str = msgspec.field(default="")

    def __repr__(self) -> str:
        return f"Given({self.answer!r})"


def first(house: House, account: str, name: str) -> Given:
    """Make the administrator of a store that has no account yet, with a password for one use. Raises NotHere."""
    if house.engine.sites.accounts().held:
        raise NotHere(
            "there are accounts in this store",
            "a store without any",
            "have an administrator open one: wardpath people add",
        )
    by = By(account, ADMINISTRATOR, "person", "none")
    grants = (Grant(ADMINISTRATOR, EVERY_WARD),)
    command = OpenAccount(id=FIRST_ID, by=by, account=account, name=name, grants=grants, one_time=True)
    secret = draw_password()
    answer = house.engine.handle(command, (password(house, account, secret),))
    return Given(answer, "" if answer.refusal or answer.repeated else secret)


class Administering:
    """What an account does to others, in a role, through the door.

    `command_id`: where the sender chose one; the same twice is done once, and gives no second secret.
    """

    def __init__(self, door: Door, who: SignedIn, role: str = ADMINISTRATOR) -> None:
        self.door, self.house, self.who, self.role = door, door.house, who, role

    def open_person(self, account: str, name: str, grants: tuple[Grant, ...], command_id: str = "") -> Given:
        """Open an account for a person, with a password for one use."""
        command = OpenAccount(
            id=command_id or draw_id(), by=UNSAID, account=account, name=name, grants=grants, one_time=True
        )
        return self.with_password(command, account)

    def open_service(
        self, account: str, name: str, grants: tuple[Grant, ...], scopes: tuple[str, ...], command_id: str = ""
    ) -> Answer:
        """Open an account for a service, which then needs a token."""
        command = OpenAccount(
            id=command_id or draw_id(),
            by=UNSAID,
            account=account,
            name=name,
            kind="service",
            grants=grants,
            scopes=scopes,
        )
        return self.say(command)

    def reset(self, account: str, command_id: str = "") -> Given:
        """Give a person a new password for one use; their old one and their sign-ins end."""
        command = ChangeSecret(id=command_id or draw_id(), by=UNSAID, account=account, how="one_time")
        given = self.with_password(command, account)
        if given.secret:
            revoke(self.house, account)
        return given

    def make_token(self, account: str, command_id: str = "") -> Given:
        """Give a service another token."""
        label, token = draw_service_token()
        kept = Credential(account, "token", label, fingerprint(token), self.house.wall.now())
        command = ChangeSecret(id=command_id or draw_id(), by=UNSAID, account=account, how="token", label=label)
        answer = self.say(command, kept)
        return Given(answer, "" if answer.refusal else token)

    def revoke_secret(self, account: str, label: str = "", command_id: str = "") -> Answer:
        """End a token of a service, or the password of a person and with it their sign-ins."""
        kind = "token" if label else "password"
        kept = Credential(account, kind, label, "", self.house.wall.now())  # type: ignore[arg-type]  # one of the two
        command = ChangeSecret(id=command_id or draw_id(), by=UNSAID, account=account, how="revoked", label=label)
        answer = self.say(command, kept)
        if answer.refusal is None and not label:
            revoke(self.house, account)
        return answer

    def close(self, account: str, command_id: str = "") -> Answer:
        """Close an account, and end its sign-ins."""
        answer = self.say(CloseAccount(id=command_id or draw_id(), by=UNSAID, account=account))
        if answer.refusal is None:
            revoke(self.house, account)
        return answer

    def end_sign_ins(self, account: str, handle: str = "") -> int:
        """End the sign-ins of an account, or the one whose id begins so; how many there were. Raises Denied, NotFound.

        Whoever may change a secret may do it.
        """
        if self.house.engine.sites.accounts().find(account) is None:
            raise NotFound("no such account is open", "one that `wardpath people list` shows", "say --account NAME")
        found = self.door.may(self.who, self.role, "ChangeSecret", about=account)
        if isinstance(found, Denied):
            raise self.door.logged(self.who, self.role, "ChangeSecret", (), found)
        return int(end_sign_in(self.house, account, handle)) if handle else revoke(self.house, account)

    def with_password(self, command: AnyAccountCommand, account: str) -> Given:
        """Carry out a command together with a password that is drawn."""
        secret = draw_password()
        answer = self.say(command, password(self.house, account, secret))
        return Given(answer, "" if answer.refusal or answer.repeated else secret)

    def say(self, command: AnyAccountCommand, *credentials: Credential) -> Answer:
        """Carry out a command through the door."""
        return self.door.handle(self.who, self.role, command, credentials=credentials)


def password(house: House, account: str, secret: str) -> Credential:
    """A password for one use, as it is kept."""
    return Credential(account, "password", "", hashed(secret), house.wall.now(), must_change=True)
