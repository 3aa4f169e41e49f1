"""Feeds: how long each may be silent, as the site says it."""

from collections.abc import Mapping

from pathway.clinical.instant import Span, span
from ward.errors import NotUnderstood


def feeds(said: Mapping[str, str]) -> dict[str, Span]:
    """The actor of each feed and its longest usual silence, from text such as `6 h`. Raises NotUnderstood."""
    try:
        return {name: span(longest) for name, longest in said.items()}
    except ValueError as error:
        raise NotUnderstood(
            "the silence of a feed in WARDPATH_FEEDS cannot be read", 'a span: {"laboratory": "6 h"}', "write it so"
        ) from error
