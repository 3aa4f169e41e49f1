"""What a memory store keeps of people: the same answers as `persistence.people`, until the process ends."""

from collections import defaultdict
from itertools import islice
from threading import RLock

from msgspec.structs import replace

from pathway.case.envelope import By
from pathway.clinical.instant import Instant
from pathway.engine.errors import Conflict
from pathway.engine.ports import ACCESSES_AT_ONCE, Access, CaseKey, Change, Credential, Looked, SignIn


class MemoryPeople:
    """The part of `pathway.engine.ports.Store` that is about people, under the lock of the tables."""

    def __init__(self) -> None:
        self._tables = RLock()
        self._accesses: list[Access] = []
        self._accesses_of: defaultdict[tuple[str, str], list[Access]] = defaultdict(list)
        self._credentials: dict[tuple[str, str, str], Credential] = {}
        self._sign_ins: dict[str, SignIn] = {}
        self._case_keys: dict[str, CaseKey] = {}

    def looked_by(
        self, at: Instant, by: By, what: str, cases: tuple[str, ...], reason: str = "", outcome: Looked = "read"
    ) -> None:
        """Write the access log: who looked at which cases, or was denied to."""
        with self._tables:
            access = Access(len(self._accesses) + 1, at, by, what, cases, reason, outcome)
            self._accesses.append(access)
            for key in {("actor", by.actor), *(("case", case) for case in cases)}:
                self._accesses_of[key].append(access)

    def accesses(
        self, case: str = "", actor: str = "", after: int = 0, limit: int = ACCESSES_AT_ONCE
    ) -> tuple[Access, ...]:
        """The access log behind a number, oldest first: of a case, of an actor, of both, or all of it."""
        key = ("case", case) if case else ("actor", actor)
        with self._tables:
            found = [*self._accesses_of[key]] if case or actor else self._accesses[after : after + limit]
        wanted = (each for each in found if each.number > after and actor in {"", each.by.actor})
        return tuple(islice(wanted, limit))

    def credentials(self, account: str = "", kind: str = "", label: str = "") -> tuple[Credential, ...]:
        """The credentials of an account, kind and label, by these; what is empty is not asked for."""
        asked = (account, kind, label)
        with self._tables:
            found = sorted(self._credentials.items())
        return tuple(
            kept for key, kept in found if all(want in {"", has} for want, has in zip(asked, key, strict=True))
        )

    def begin_sign_in(self, sign_in: SignIn) -> None:
        """Keep a new sign-in."""
        with self._tables:
            self._sign_ins[sign_in.id_hash] = sign_in

    def sign_in(self, id_hash: str) -> SignIn | None:
        """A sign-in, whether it has ended or not."""
        with self._tables:
            return self._sign_ins.get(id_hash)

    def sign_ins(self, account: str = "") -> tuple[SignIn, ...]:
        """The sign-ins of an account, or of all, latest first."""
        with self._tables:
            found = [each for each in self._sign_ins.values() if account in {"", each.account}]
        return tuple(sorted(found, key=lambda each: (-each.began_at, each.id_hash)))

    def use_sign_in(self, id_hash: str, at: Instant, role: str, ward: str) -> bool:
        """Note that a sign-in was used, and as what; False when it has ended."""
        return self._change_sign_in(id_hash, used_at=at, role=role, ward=ward)

    def end_sign_in(self, id_hash: str, at: Instant) -> bool:
        """End a sign-in; False when it had ended before."""
        return self._change_sign_in(id_hash, ended_at=at)

    def _change_sign_in(self, id_hash: str, **fields: object) -> bool:
        with self._tables:
            kept = self._sign_ins.get(id_hash)
            if kept is None or kept.ended_at is not None:
                return False
            self._sign_ins[id_hash] = replace(kept, **fields)
            return True

    def case_key(self, key: str) -> CaseKey | None:
        """A key, or what is left of it."""
        with self._tables:
            return self._case_keys.get(key)

    def destroy_case_key(self, key: str, at: Instant) -> bool:
        """Destroy a key for ever; False when there is none, or it was destroyed before."""
        with self._tables:
            kept = self._case_keys.get(key)
            if kept is None or kept.destroyed_at is not None:
                return False
            self._case_keys[key] = replace(kept, wrapped=None, destroyed_at=at)
            return True

    def _check_people(self, change: Change) -> None:
        """Raises Conflict for a key that is kept already."""
        if change.case_key is not None and change.case_key.key in self._case_keys:
            raise Conflict("a key of this name is kept already", "a new name for each key", "read the key that is kept")

    def _apply_people(self, change: Change) -> None:
        self._credentials |= {(each.account, each.kind, each.label): each for each in change.credentials}
        if change.case_key is not None:
            self._case_keys[change.case_key.key] = change.case_key
        for key in change.destroyed:
            self.destroy_case_key(key, change.head.recorded_at)
