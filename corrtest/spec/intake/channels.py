"""How one applies, as people write it: a word for it, or what the address itself shows."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corrtest.spec.intake.answers import NONE, Reading, answered
from corrtest.spec.intake.words import channel_words, folded

_MAIL = re.compile(r"\S+@\S+\.\S+")
_WEB = re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)
_DIALLED = re.compile(r"\+?[\d\s./()-]{8,}")


def read_channel(given: str, address: str, answers: Mapping[str, str]) -> Reading:
    """Return the channel that a word stands for; where no word was given, that of the address."""
    if answer := answered(answers, given):
        return Reading(code=answer if answer in set(channel_words().values()) else NONE)
    words = channel_words()
    key = folded(given)
    if not key:
        return Reading(code=channel_of(address)) if channel_of(address) else Reading()
    if key in words:
        return Reading(code=words[key])
    inside = {words[word] for word in key.split() if word in words} or {channel_of(address)} - {""}
    found = tuple(sorted(inside))
    return Reading(proposal=found[0] if len(found) == 1 else "", candidates=found)


def channel_of(address: str) -> str:
    """Return the channel that an address belongs to, "" where it shows none.

    >>> [channel_of(text) for text in ("jobs@firm.example", "www.firm.example/jobs", "0400 00 00 00", "Veldstraat 1")]
    ['email', 'portal', 'telephone', '']
    """
    address = address.strip()
    if _MAIL.fullmatch(address):
        return "email"
    if _WEB.match(address):
        return "portal"
    if _DIALLED.fullmatch(address):
        return "telephone"
    return channel_words().get(folded(address), "")
