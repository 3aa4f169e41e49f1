"""Voices: the people of the story at the door. What they say is theirs, and is as open to a denial as anybody's."""

from pathway.case.commands import Answer, AnyCommand
from pathway.site.commands import AnySiteCommand
from ward.demonstration.people import invite
from ward.demonstration.story import story
from ward.door import Door
from ward.errors import NotFound
from ward.people.person import SignedIn
from ward.people.signing_in import demonstrated
from ward.wiring import House


class Voices:
    """Carries out the commands of the story, each as the account and the role that it names."""

    def __init__(self, house: House) -> None:
        self.house, self.door = house, Door(house)
        if not house.engine.sites.accounts().held:
            invite(house, story().ward)

    def handle(self, command: AnyCommand | AnySiteCommand) -> Answer:
        """Carry out a command as whoever says it, and with whoever it says signs beside them. Raises NotFound."""
        second = str(getattr(command, "second", ""))
        return self.door.handle(
            self.who(command.by.actor), command.by.role, command, self.who(second) if second else None
        )

    def who(self, account: str) -> SignedIn:
        """Somebody of the story. Raises NotFound for an account that was closed meanwhile, or never was."""
        found = demonstrated(self.house, account)
        if found is None:
            raise NotFound(f"{account} does not work here", "an open account of the demonstration", "open it again")
        return found
