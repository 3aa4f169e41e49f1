"""What a database keeps of people: their secrets, their sign-ins, who looked at whom; and the keys of cases."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Select, literal, select

from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.engine.ports import ACCESSES_AT_ONCE, Access, CaseKey, Credential, Looked, SignIn
from persistence.rows import access_of, credential_of, json
from persistence.statements import (
    DESTROY_CASE_KEY,
    END_SIGN_IN,
    INSERT_ACCESS,
    INSERT_SIGN_IN,
    SELECT_CASE_KEY,
    SELECT_SIGN_IN,
    USE_SIGN_IN,
)
from persistence.tables import ACCESS, ACCESS_CASE, CREDENTIAL, SIGN_IN, ActorOf


class PeopleTables(ABC):
    """The part of `pathway.engine.ports.Store` that is about people, over what the methods at its end provide."""

    def looked_by(
        self, at: Instant, by: By, what: str, cases: tuple[str, ...], reason: str = "", outcome: Looked = "read"
    ) -> None:
        """Write the access log: who looked at which cases, or was denied to."""
        self._run(INSERT_ACCESS, (at, json(by), what, json(cases), reason, outcome))

    def accesses(
        self, case: str = "", actor: str = "", after: int = 0, limit: int = ACCESSES_AT_ONCE
    ) -> tuple[Access, ...]:
        """The access log behind a number, oldest first: of a case, of an actor, of both, or all of it."""
        asked = select(ACCESS).where(ACCESS.c.number > after).order_by(ACCESS.c.number).limit(limit)
        if case:
            found = ACCESS_CASE.c
            asked = select(ACCESS).join(ACCESS_CASE, found.number == ACCESS.c.number).where(found.case == case)
            asked = asked.where(found.number > after).order_by(found.number).limit(limit)
        if actor:
            asked = asked.where(ActorOf() == literal(actor))
        return tuple(map(access_of, self._rows(asked)))

    def credentials(self, account: str = "", kind: str = "", label: str = "") -> tuple[Credential, ...]:
        """The credentials of an account, kind and label, by these; what is empty is not asked for."""
        asked = select(CREDENTIAL).order_by(*CREDENTIAL.primary_key.columns)
        for column, wanted in ((CREDENTIAL.c.account, account), (CREDENTIAL.c.kind, kind), (CREDENTIAL.c.label, label)):
            if wanted:
                asked = asked.where(column == wanted)
        return tuple(map(credential_of, self._rows(asked)))

    def begin_sign_in(self, sign_in: SignIn) -> None:
        """Keep a new sign-in."""
        self._run(INSERT_SIGN_IN, msgspec.structs.astuple(sign_in))

    def sign_in(self, id_hash: str) -> SignIn | None:
        """A sign-in, whether it has ended or not."""
        rows = self._ask(SELECT_SIGN_IN, (id_hash,))
        return SignIn(*rows[0]) if rows else None

    def sign_ins(self, account: str = "") -> tuple[SignIn, ...]:
        """The sign-ins of an account, or of all, latest first."""
        asked = select(SIGN_IN).order_by(SIGN_IN.c.began_at.desc(), SIGN_IN.c.id_hash)
        return tuple(
            SignIn(*row) for row in self._rows(asked.where(SIGN_IN.c.account == account) if account else asked)
        )

    def use_sign_in(self, id_hash: str, at: Instant, role: str, ward: str) -> bool:
        """Note that a sign-in was used, and as what; False when it has ended."""
        return self._run(USE_SIGN_IN, (at, role, ward, id_hash)) == 1

    def end_sign_in(self, id_hash: str, at: Instant) -> bool:
        """End a sign-in; False when it had ended before."""
        return self._run(END_SIGN_IN, (at, id_hash)) == 1

    def case_key(self, key: str) -> CaseKey | None:
        """A key, or what is left of it."""
        rows = self._ask(SELECT_CASE_KEY, (key,))
        return CaseKey(*rows[0]) if rows else None

    def destroy_case_key(self, key: str, at: Instant) -> bool:
        """Destroy a key for ever; False when there is none, or it was destroyed before."""
        return self._run(DESTROY_CASE_KEY, (at, key)) == 1

    # --- what a database provides ------------------------------------------------------------------------------------

    @abstractmethod
    def _run(self, statement: str, row: Sequence[object]) -> int:
        """One statement that writes, in a transaction of its own; how many rows it changed."""

    @abstractmethod
    def _ask(self, statement: str, row: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The rows that a prepared question finds."""

    @abstractmethod
    def _rows(self, asked: Select[Any]) -> Sequence[Any]:
        """The rows that a composed question finds, by name too."""
