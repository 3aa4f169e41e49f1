"""What every story of a test shares: its days, and a person who is nobody."""

from pathway.clinical.instant import Instant, instant

IDENTIFIERS = {"name": "Invented, Person", "number": "0001"}


def t(text: str) -> Instant:
    """`3 02:50` is 02:50 UTC on the third day of the story, 3 March 2026."""
    day, _, clock = text.partition(" ")
    return instant(f"2026-03-{int(day):02d}T{clock}Z")
