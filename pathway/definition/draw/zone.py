"""The strips between columns, where lines change their height: each line has a vertical track of its own."""

import msgspec

#: Pixels between two tracks, beside the outer tracks, and of the narrowest strip.
TRACK, MARGIN, NARROWEST = 11, 18, 44
#: Lines nearer than this would be taken for one.
TOUCHING = 7


class Pass(msgspec.Struct, frozen=True):
    """A line that enters a strip on the left at one height and leaves it on the right at another."""

    key: int
    left: int
    right: int

    @property
    def straight(self) -> bool:
        """Whether it needs no track."""
        return self.left == self.right


class Zone(msgspec.Struct, frozen=True):
    """A strip: its width, and the place of each turning line, counted from its left edge."""

    width: int
    tracks: dict[int, int]


def zone_of(passes: list[Pass]) -> Zone:
    """The strip for these lines. Tracks are ordered so that lines cross seldom and never run along one another."""
    ordered = in_order([each for each in passes if not each.straight])
    width = max(NARROWEST, 2 * MARGIN + TRACK * (len(ordered) - 1))
    start = (width - TRACK * (len(ordered) - 1)) // 2
    return Zone(width, {each.key: start + TRACK * index for index, each in enumerate(ordered)})


def in_order(turning: list[Pass]) -> list[Pass]:
    """From left to right: lines that rise, the upper first, then lines that fall, the lower first."""
    waiting = sorted(turning, key=heuristic)
    ordered: list[Pass] = []
    while waiting:
        free = next((each for each in waiting if not blocked(each, waiting)), waiting[0])
        waiting.remove(free)
        ordered.append(free)
    return ordered


def heuristic(each: Pass) -> tuple[bool, int, int]:
    """The wished order."""
    falls = each.right > each.left
    return falls, -each.left if falls else each.left, each.key


def blocked(each: Pass, waiting: list[Pass]) -> bool:
    """Whether another line enters where this one leaves, so that it must turn off first."""
    return any(other is not each and abs(other.left - each.right) < TOUCHING for other in waiting)
