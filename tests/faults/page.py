"""The page of the faults: what was done to the product, how often, and what the checker found."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.faults.trials import Tally

BEFORE = """\
% Made by tests/faults/campaign.py from a run. Do not edit.

# What was done to it

Workers are broken off again and again, and a checker looks for what was lost, doubled or out of order. This page is
written from a run, not by hand (`python -m tests.faults.campaign FILE all`, then again with FILE alone). `make faults`
runs the same trials with other seeds, and `make test` a tenth of them each time.

**One trial.** Two patients are enrolled on an invented pathway, each with two needs; the ladders ring at once and
after half an hour, and one need ends. Workers do all of it, over a store in a file or in a database of a server, and
send each notice by the real webhook to a receiver in another process, which keeps a record of its own. A worker is
hit by a signal at a *boundary*: before a statement, after a commit, before or after a send. On PostgreSQL statements
travel together, and a boundary lies on either side of every exchange with the server. The hooks are in the trial's
worker; the product has none. Afterwards one worker that nothing happens to takes up what is left.

**The checker** (`tests/faults/checker.py`) trusts neither log nor outbox nor record, and holds each against the other
two:

| looked for | how |
| --- | --- |
| lost | a command that was answered and left no event; a rung that a run without faults reaches; a rung that told \
nobody; a notice that waits for ever, was given up, or counts as sent and is not in the receiver's record |
| doubled | a rung recorded twice; a command carried out twice; a key twice in the outbox; one need told twice under \
two keys; a repeat with other words |
| out of order | a ladder that goes back; a rung before its time; a record that goes back in time; an effect without \
its cause; a gap |
| damaged | a broken hash chain; reminder rows that are not the fold of the events |

It is tested itself: each fault of the first three kinds is planted once and must be found
(`tests/faults/test_checker.py`). The fourth kind is what the product checks of itself.

## What was found

"""
AFTER = """
*signals* counts what hit a worker. *arrivals* is what the receiver read, *repeats* those it had kept before, each
under the same key and with the same bytes, so that a receiver that remembers keys drops it. *outrun* counts late
workers whose outcome the fence refused. A seed fixes where signals fall, what the receiver does and how the clock
jumps; which of several workers is first is the machine's affair.

A notice that is not critical is given up after twenty claims, and a claim counts even where its worker was killed
before it sent anything: what workers die of again and again must not go on for ever. It is a task for a person then,
and the doctor and the watchdog name it. A trial with 24 deaths over few notices can reach that limit, and the checker
counts it as a violation, since nobody was told by that notice. A critical notice has no such limit.

With no violation in N independent trials, the rate lies below 3/N with 95 % confidence, for this mix of faults and
this story.

## What this does not show

A killed process does not lose what the operating system holds for it: a power cut and a disk that lies about what it
has kept are other faults and were not tried here. A filter of system calls hits from a place or a command on, not one
call alone. Where the store takes no writes no glass can be broken: the paper sheets are for that. Not tried either were
the loss of a replica, a network that parts two machines, other systems than Linux, and runs of weeks. The story is
small: two cases of an invented pathway. The shipped pathway is killed at random instants in
`tests/faults/test_kill.py`, and worked at by several processes at once in `tests/faults/test_processes.py`; neither is
counted above. All workers of a trial share one clock; one worker whose clock is wrong beside others whose clocks are
right was not tried. A receiver that takes longer than the limit of a send is tested in `tests/scheduler`, not here.
"""


def after() -> str:
    """What follows the figures, with what was tried of the machine itself (`machine.md` beside this)."""
    machine = Path(__file__).with_name("machine.md").read_text("utf-8")
    first, heading, last = AFTER.partition("## What this does not show")
    return first + machine + heading + last


def page(tallies: "Sequence[Tally]") -> str:
    """The page of these outcomes."""
    rows = "\n".join(rows_of(tallies))
    found = [f"- {trial}, seed {tally.seed}: {each[0]}, {each[1]}" for tally in tallies for trial, each in tally.found]
    trials, signals = sum(each.trials for each in tallies), sum(signals_of(each) for each in tallies)
    said = f"{trials} trials, {signals} signals, {len(found)} violations"
    return BEFORE + f"**{said}.**\n\n" + rows + "\n" + "\n".join(["", *found, ""] if found else []) + after()


def rows_of(tallies: "Sequence[Tally]") -> Iterator[str]:
    """The table, a row for each kind of fault and of store."""
    yield "| fault | store | seeds | trials | signals | other faults | arrivals | repeats | outrun | violations |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"

    first = list(dict.fromkeys(each.name for each in tallies))

    def by(tally: "Tally") -> tuple[str, str]:
        return tally.name, tally.store

    def in_order(tally: "Tally") -> tuple[int, str]:
        return first.index(tally.name), tally.store

    for (name, store), group in groupby(sorted(tallies, key=in_order), key=by):
        of = list(group)
        sums = [sum(getattr(each, what) for each in of) for what in ("arrivals", "repeats", "outrun")]
        cells = [
            name, store, ", ".join(str(each.seed) for each in of), sum(each.trials for each in of),
            sum(map(signals_of, of)), others_of(of), *sums, sum(len(each.found) for each in of),
        ]  # fmt: skip
        yield "| " + " | ".join(map(str, cells)) + " |"


def signals_of(tally: "Tally") -> int:
    """How often a worker was killed or stopped."""
    return tally.faults["killed"] + tally.faults["stopped"]


def others_of(tallies: "Sequence[Tally]") -> str:
    """The faults that are no signals, in words."""
    words = {
        "receiver": "requests answered badly",
        "jumps": "jumps of the clock",
        "restarts": "crashes of the server",
    }
    counts = {what: sum(each.faults[what] for each in tallies) for what in words}
    return ", ".join(f"{count} {words[what]}" for what, count in counts.items() if count) or "none"
