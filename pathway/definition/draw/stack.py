"""Heights along a column: boxes stacked around the axis, and the ports where lines meet the side of a box."""

#: Pixels between two ports of one side, and how much nearer than that a port may be to a corner.
PORT, EDGE = 13, 2

#: A top and a height.
Span = tuple[int, int]


def middle(span: Span) -> int:
    """The middle of a span of heights."""
    return span[0] + span[1] // 2


def total(heights: list[int], gap: int) -> int:
    """The height of a stack."""
    return sum(heights) + gap * max(0, len(heights) - 1)


def stacked(heights: list[int], gap: int) -> list[int]:
    """The tops of a stack around zero."""
    tops, top = [], -(total(heights, gap) // 2)
    for height in heights:
        tops.append(top)
        top += height + gap
    return tops


def spread(wishes: list[tuple[int, int]], room: Span) -> dict[int, int]:
    """Heights inside the room, in the order of the wishes and as near to them as a port's distance allows."""
    low, high = room[0] + PORT - EDGE, sum(room) - PORT + EDGE
    ordered = sorted(wishes)
    heights = [min(max(wish, low), high) for wish, _ in ordered]
    for i in range(1, len(heights)):
        heights[i] = max(heights[i], heights[i - 1] + PORT)
    limit = high
    for i in reversed(range(len(heights))):
        heights[i] = min(heights[i], limit)
        limit = heights[i] - PORT
    return {index: y for (_, index), y in zip(ordered, heights, strict=True)}
