"""Backup, restore and upgrade: a copy counts once every chain in it was checked, and nothing is ever overwritten."""

from contextlib import closing
from pathlib import Path

import msgspec

from pathway.clinical.instant import Instant, iso
from pathway.engine.errors import RecordDamaged
from persistence.copy import compacted, copied
from persistence.driver import choose
from persistence.file import version_of
from persistence.health import damage_of
from persistence.tables import SCHEMA_VERSION
from persistence.upgrade import upgrade as migrate
from ward.errors import NotUnderstood
from ward.lock import sole
from ward.place import Place, beside, is_server
from ward.record import Progress, Record, sound
from ward.sealing import seal_clear
from ward.wiring import house, open_store

#: What to do when the copy of a running store is damaged.
ASK_DOCTOR = "nothing was kept; `wardpath doctor` says what is wrong with the store"
OTHER_BACKUP = "restore another backup"


class Upgraded(msgspec.Struct, frozen=True):
    """The version before, the version now, and where the backup lies that was made in between.

    `sealed`: how many identities lay in the clear, and do so in that backup still.
    """

    before: int
    now: int
    backup: Path
    record: Record
    sealed: int = 0


def back_up(place: Place, target: Path, progress: Progress) -> Record | None:
    """Copy a store into a new file while it runs, and check the copy; what the copy holds.

    Of a server's store a dump is made, which can be checked only by restoring it: None. Raises StoreRefused when
    `target` exists, RecordDamaged when the copy is not sound, NotUnderstood without the server's programs.
    """
    if is_server(place):
        dump(str(place), target)
        return None
    with copied(Path(place), target) as copy:
        return checked(copy, progress, ASK_DOCTOR)


def restore(source: Path, place: Place, progress: Progress) -> Record:
    """Make a store of a backup where there is none, and check it; what it holds.

    A backup of an older release is upgraded on the way. Raises StoreRefused when there is a store, or the source is
    none, or of a newer release; RecordDamaged, and then a file leaves nothing behind.
    """
    if is_server(place):
        from persistence.postgres.dump import restore as restore_dump

        restore_dump(source, str(place))
        with closing(open_store(place)) as store:
            return sound(house(store), progress, OTHER_BACKUP)
    with copied(source, Path(place)) as copy:
        if version_of(choose(), copy) < SCHEMA_VERSION:
            migrate(copy)
        return checked(copy, progress, OTHER_BACKUP)


def upgrade(place: Place, now: Instant, progress: Progress) -> Upgraded:
    """Back a stopped store up beside itself, bring it to the schema of this release, seal what is clear, and check it.

    `now` names the backup. A store of this schema stays as it is. Raises StoreRefused for a newer one, NotHere while a
    ward runs on the file, RecordDamaged when the outcome is not sound.
    """
    with sole(place):
        name = "database" if is_server(place) else Path(place).name
        stamp = iso(Instant(now - now % 1_000_000)).replace(":", "")
        backup = beside(place, f"{name}.{stamp}.backup")
        if is_server(place):
            dump(str(place), backup)
        else:
            with copied(Path(place), backup) as copy:
                whole(copy, ASK_DOCTOR)
        before = migrate(place)
        mend = f"the store as it was is {backup}: restore it, and see with `wardpath doctor` whether it was sound"
        if not is_server(place):
            whole(Path(place), mend)
        with closing(open_store(place)) as store:
            sealed = seal_clear(house(store), place)
            found = sound(house(store), progress, mend)
        if sealed and not is_server(place):
            compacted(Path(place))
        return Upgraded(before, SCHEMA_VERSION, backup, found, sealed)


def checked(file: Path, progress: Progress, mend: str) -> Record:
    """What a file holds, where pages, chains and rows are sound. Raises RecordDamaged."""
    whole(file, mend)
    with closing(open_store(file)) as store:
        return sound(house(store), progress, mend)


def whole(file: Path, mend: str) -> None:
    """Raises RecordDamaged when pages, indexes or references of a file are damaged."""
    if damage := damage_of(file):
        raise RecordDamaged(damage[0], "a whole file", mend)


def dump(url: str, target: Path) -> None:
    """Dump the store of a server. Raises NotUnderstood, with what to type, where its programs are not at hand."""
    from persistence.postgres import dump as programs

    if not programs.at_hand(programs.DUMP):
        raise NotUnderstood(
            "a PostgreSQL store is backed up by pg_dump, which is not on the path here",
            "the server's client programs",
            f"install postgresql-client, or type where they are: {programs.command_line(url, target)}",
        )
    programs.dump(url, target)
