"""Bodies: what is sent is read whole, up to a size and within a time, and nobody holds a place by sending slowly."""

import asyncio

from fastapi import Request
from starlette.requests import ClientDisconnect

from pathway.engine.errors import WardpathError

#: A body comes whole within this: the largest one over the slowest line of a ward takes a second or two.
WHOLE_S = 20.0


class BodyRefused(WardpathError):
    """A body was not read."""


class TooLarge(BodyRefused):
    """More was sent than a request may hold."""

    code = "too_large"


class TooSlow(BodyRefused):
    """What was sent did not come whole. Nothing was done."""

    code = "too_slow"


async def received(request: Request, most_bytes: int, whole_s: float = WHOLE_S) -> bytes:
    """The body of a request, of so many bytes at most, within so many seconds. Raises TooLarge, TooSlow."""
    body = bytearray()
    try:
        async with asyncio.timeout(whole_s):
            async for part in request.stream():
                body += part
                if len(body) > most_bytes:
                    expected = f"at most {most_bytes // 1024} kB"
                    raise TooLarge("the body is too large", expected, "send commands one by one, and no file")
    except (TimeoutError, ClientDisconnect):
        expected = f"all of it within {whole_s:.0f} s"
        raise TooSlow("the body did not come whole", expected, "send it again with the same Idempotency-Key") from None
    return bytes(body)
