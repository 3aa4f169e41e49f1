"""Standby: sign-ins while the store takes no writes, in the memory of this process, so that clinicians read on.

What ends in the store stays ended. What ends here alone would live again after a start of the machine, until it has not
been used for its quarter of an hour.
"""

from msgspec.structs import replace

from pathway.clinical.instant import Instant
from pathway.engine.errors import StoreRefused
from pathway.engine.ports import SignIn, Store


class Standby:
    """The way of every sign-in into the store, and out of it."""

    def __init__(self) -> None:
        self._held: dict[str, SignIn] = {}

    def begin(self, store: Store, sign_in: SignIn) -> None:
        """Keep a new sign-in."""
        try:
            store.begin_sign_in(sign_in)
        except StoreRefused:
            self._held[sign_in.id_hash] = sign_in

    def find(self, store: Store, id_hash: str) -> SignIn | None:
        """A sign-in, whether it has ended or not."""
        kept, held = store.sign_in(id_hash), self._held.get(id_hash)
        return kept if held is None or (kept is not None and kept.ended_at is not None) else held

    def all(self, store: Store, account: str = "") -> tuple[SignIn, ...]:
        """The sign-ins of an account, or of all, latest first."""
        kept = store.sign_ins(account)
        if not self._held:
            return kept
        ids = [each.id_hash for each in (*kept, *list(self._held.values())) if account in {"", each.account}]
        found = [each for id_hash in dict.fromkeys(ids) if (each := self.find(store, id_hash)) is not None]
        return tuple(sorted(found, key=lambda each: (-each.began_at, each.id_hash)))

    def use(self, store: Store, id_hash: str, at: Instant, role: str, ward: str) -> bool:
        """Note that a sign-in was used, and as what; False when it has ended."""
        if id_hash not in self._held:
            try:
                return store.use_sign_in(id_hash, at, role, ward)
            except StoreRefused:
                pass  # noted here instead
        return self._change(store, id_hash, used_at=at, role=role, ward=ward)

    def end(self, store: Store, id_hash: str, at: Instant) -> bool:
        """End a sign-in; False when it had ended before."""
        try:
            if store.end_sign_in(id_hash, at):
                self._held.pop(id_hash, None)
                return True
        except StoreRefused:
            pass  # ended here instead
        return self._change(store, id_hash, ended_at=at)

    def _change(self, store: Store, id_hash: str, **fields: object) -> bool:
        kept = self.find(store, id_hash)
        if kept is None or kept.ended_at is not None:
            return False
        self._held[id_hash] = replace(kept, **fields)
        return True
