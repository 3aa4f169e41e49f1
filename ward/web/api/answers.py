"""Answers: JSON as every face has it, tags by what was told, and lists a page at a time by the key of a last line."""

import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
from fastapi import Path, Query, Request
from starlette.responses import Response

from ward.errors import NotUnderstood
from ward.shape import plain

Line = TypeVar("Line")

#: Lines of a list that are told at once unless asked, and at most.
LINES, LINES_LIMIT = 100, 500
#: A word or token in an address: what every store can look for.
WORD = r"^[^\x00-\x1f\x7f]*$"
Word = Annotated[str, Query(max_length=100, pattern=WORD)]
Token = Annotated[str, Path(max_length=100, pattern=WORD, description="The token of a case, as `GET /cases` lists it.")]
Limit = Annotated[int, Query(ge=1, le=LINES_LIMIT, description="Lines at most.")]
#: A position or number; the largest that every store can compare.
Position = Annotated[int, Query(ge=0, le=2**53 - 1)]
TAG = re.compile(r'(?:W/)?"(\d{1,15})\.(\d{1,15})\.[0-9a-f]{16}"')


def told(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A value as JSON, keys in order."""
    return Response(encoded(value), status, dict(headers or {}), "application/json")


def encoded(value: Any) -> bytes:
    """A value as the bytes that are sent."""
    return msgspec.json.encode(plain(value), order="sorted")


def paged(request: Request, name: str, lines: list[Line], limit: int, key: str, **beside: Any) -> Response:
    """One page of a list, of which `lines` holds one more where there is more; `next` is the address of what follows.

    `key`: the field of the last line by which the next page is asked for, in `after`.
    """
    shown, more = [plain(each) for each in lines[:limit]], len(lines) > limit
    following, headers = None, {}
    if more:
        query = {**request.query_params, "after": str(shown[-1][key])}
        following = f"{request.url.path}?{urlencode(query)}"
        headers["Link"] = f'<{following}>; rel="next"'
    return told({name: shown, "next": following, **beside}, headers=headers)


def tag_of(position: int, clinical_version: int, value: Mapping[str, Any]) -> str:
    """The tag of a case as it is told: the end of its stream, its clinical version, and what was said.

    What is said changes with time too, where a value grows too old: a position alone would hide that.
    """
    return f'"{position}.{clinical_version}.{sha256(encoded(value)).hexdigest()[:16]}"'


def tags_in(header: str) -> Iterable[str]:
    """The tags of an If-None-Match, without their weakness."""
    return [each.strip().removeprefix("W/") for each in header.split(",")]


def version_in(header: str) -> int | None:
    """The clinical version of the tag of a case; None for none, or for any. Raises NotUnderstood."""
    if header.strip() in {"", "*"}:
        return None
    found = TAG.fullmatch(header.strip())
    if found is None:
        raise NotUnderstood("If-Match cannot be read", "the ETag of the case", "GET the case, and send its ETag")
    return int(found[2])
