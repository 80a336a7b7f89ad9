"""A job feed (schema.org JobPosting, as JSON) as a table: one column for each property, named by its path."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec.limits import CSV

_POSTING = "JobPosting"
# Of the properties that JobPosting has, long texts are not read: nobody's table needs them.
_LEFT_OUT = frozenset({"description", "responsibilities", "qualifications", "skills", "@context", "@type", "image"})


def read_feed(path: Path) -> list[list[str]]:
    """Return the postings of a feed as rows of text under a header; of a list of values the first one counts.

    The feed may be one posting, a list of them, `@graph`, or a list of items with a posting each; JSON lines as well.

    Raises
    ------
    InputError
        It is no JSON, or holds no JobPosting.
    """
    CSV.check(path.name, unpacked=path.stat().st_size)
    postings = [dict(_flat(posting)) for posting in _postings(_parsed(path))]
    if not postings:
        raise InputError(
            say(
                "{file} holds no JobPosting of schema.org. Ask for the feed as JSON-LD, or export a table.",
                file=path.name,
            )
        )
    names = list(dict.fromkeys(name for posting in postings for name in posting))
    return [names, *([posting.get(name, "") for name in names] for posting in postings)]


def _parsed(path: Path) -> Any:
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except (json.JSONDecodeError, RecursionError):
            raise InputError(
                say("{file} is no JSON ({error}). Download the feed again.", file=path.name, error=error)
            ) from None


def _postings(value: Any) -> Iterator[Mapping[str, Any]]:
    """Find the postings wherever the feed keeps them, at most a few levels down."""
    if isinstance(value, list):
        for item in value:
            yield from _postings(item)
    elif isinstance(value, dict):
        kind = value.get("@type")
        if kind == _POSTING or (isinstance(kind, list) and _POSTING in kind):
            yield value
            return
        for key in ("@graph", "itemListElement", "item", "jobs", "dataFeedElement"):
            if key in value:
                yield from _postings(value[key])


def _flat(value: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        if key in _LEFT_OUT:
            continue
        first = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(first, dict):
            yield from _flat(first, f"{path}{key}.")
        elif first is not None and not isinstance(first, list):
            yield f"{path}{key}", " ".join(str(first).split())
