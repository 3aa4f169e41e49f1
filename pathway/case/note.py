"""The note to the team: a line beside a patient that people write for each other, and no rule ever reads."""

from pathway.case.commands import Refusal, WriteNote
from pathway.case.events import NoteWritten
from pathway.case.grounds import not_your_role
from pathway.case.reports import sealed
from pathway.case.turn import Turn

#: Characters of a note: two lines of a board. What is longer belongs into the patient's record.
LONGEST = 280


def write_note(turn: Turn, command: WriteNote) -> Refusal | None:
    """Put a note in place of the one before; an empty one takes it away."""
    if refused := not_your_role(command, turn.pathway.form.clinicians):
        return refused
    text = " ".join(command.text.split())
    if len(text) > LONGEST:
        mend = f"up to {LONGEST} characters; the rest belongs into the patient's record"
        return Refusal("too_long", "the note is longer than a board can show", (), mend)
    if not text and turn.case.note is None:
        return Refusal("no_note", "there is no note to take away", (), "write one")
    turn.emit(NoteWritten(sealed(turn, text) if text else None), command.by)
    return None
