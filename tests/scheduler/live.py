"""A live store under a fixture definition, and real channels to servers on this machine.

The definition is signed with a key that stands here alone: this wiring checks it, and only then do two invented people
approve the digest in the store. The product's own wiring knows neither the key nor the definition.
"""

import hmac
import io
from hashlib import sha256
from pathlib import Path
from random import Random

from pathway.case.commands import Enrol, RecordFinding
from pathway.case.envelope import By
from pathway.clinical.instant import SECOND, Instant
from pathway.definition.load import load
from pathway.definition.pathway import Pathway
from pathway.engine import Engine
from pathway.engine.ports import Clock
from pathway.site.commands import ApproveDefinition
from scheduler.outbox import full
from scheduler.tick import Ticked, tick
from tests.scheduler.scene import START
from ward.clock import FixedClock
from ward.settings import RouteSetting
from ward.wiring import House, create_store, post

#: Worth nothing outside this folder.
TEST_KEY = b"signs definitions of tests, and nothing else"
DEFINITION = Path(__file__).with_name("ringing.toml")
PHYSICIAN = By("a physician", "physician")
SECRET = "a secret of some length"  # noqa: S105 - invented


def signed(text: str, key: bytes = TEST_KEY) -> str:
    """The signature of a definition's text."""
    return hmac.new(key, text.encode(), sha256).hexdigest()


def trusted(text: str, signature: str) -> Pathway:
    """The definition, where it was signed with the test key. Raises ValueError."""
    if not hmac.compare_digest(signed(text), signature):
        raise ValueError("the definition is not signed with the test key; expected its signature; sign it")
    return load(text, DEFINITION.name)


class Live:
    """A live ward at `place` with patients, a clock in the hand, and the channels that the settings name."""

    def __init__(
        self,
        folder: Path,
        channels: dict[str, dict[str, str]],
        routes: tuple[RouteSetting, ...] = (),
        patients: int = 1,
        seed: int = 1,
        clock: Clock | None = None,
    ) -> None:
        text = DEFINITION.read_text("utf-8")
        self.pathway = trusted(text, DEFINITION.with_suffix(".sig").read_text("ascii").strip())
        self.place, self.clock, self.heard = folder / "live.db", clock or FixedClock(START), io.StringIO()
        self.store = create_store(self.place, "live")
        self.engine = Engine(self.store, [self.pathway], self.clock)
        self.house = House(self.store, self.engine, self.clock, (self.pathway,))
        self.jitter = full(Random(seed).random)
        self.do(ApproveDefinition(id="a", by=PHYSICIAN, digest=self.pathway.digest, second="another physician"))
        self.deliver = post(self.place, self.heard, self.store.origin, channels, routes, self.seconds)
        for number in range(patients):
            self.admit(f"c{number}")

    def seconds(self) -> float:
        return self.clock.now() / SECOND

    def do(self, command: object) -> None:
        answer = self.engine.handle(command)
        assert answer.status == "accepted", answer

    def admit(self, case: str) -> None:
        """A patient who bleeds: both needs are due at once."""
        self.do(
            Enrol(id=f"e-{case}", case=case, by=PHYSICIAN, pathway="ringing", presented_at=self.clock.now(), zone="UTC",
                  ward="H3", bed="12", patient=f"p-{case}", identifiers={"name": "Invented", "number": case})
        )  # fmt: skip
        self.do(RecordFinding(id=f"f-{case}", case=case, by=PHYSICIAN, finding="bleeding", value="significant"))

    def tick(self) -> Ticked:
        return tick(self.engine, self.store, self.clock, self.deliver, worker="w1", jitter=self.jitter, wall=self.clock)

    def pass_by(self, seconds: int, step_s: int) -> None:
        """Let time go by, with a tick at every step."""
        for _ in range(seconds // step_s):
            self.clock.set(Instant(self.clock.now() + step_s * SECOND))
            self.tick()

    def keys(self, *wanted: str) -> set[str]:
        """The keys of the notices in these states."""
        return {notice.key for notice, state in self.store.notices() if state in wanted}

    def waits(self) -> bool:
        return bool(self.keys("waiting", "sending"))
