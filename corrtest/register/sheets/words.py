"""What a sheet calls its columns and the words of its lists: written in the person's language, read back from any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from corrtest.language import SOURCE, current, languages, mark, say, translations, use
from corrtest.register.events.acts import STATES
from corrtest.spec import EVERY_REACTION

# Key → heading of a column.
HEADINGS: Mapping[str, str] = {
    "application": mark("Number"),
    "candidate": mark("Candidate"),
    "letter": mark("Letter"),
    "due_on": mark("Planned on"),
    "sent_at": mark("Sent on"),
    "title": mark("Title of the vacancy"),
    "employer": mark("Employer"),
    "vacancy_id": mark("Vacancy"),
    "occupation": mark("Occupation"),
    "channel": mark("How to apply"),
    "address": mark("Where to"),
    "documents": mark("Documents in"),
    "version": mark("Version"),
    "item": mark("Item"),
    "messages": mark("Messages"),
    "text": mark("The employer's words"),
    "result": mark("What happened"),
    "at": mark("When (day and hour)"),
    "reason": mark("Why"),
    "reaction": mark("Reaction"),
    "heard_by": mark("How it came"),
    "withdrawn": mark("Withdrawn on (day and hour)"),
    "confirmed": mark("Unusual, but right"),
    "refused": mark("Refused because"),
    "check": mark("check"),
}
CHANNEL_WORDS: Mapping[str, str] = {
    "email": mark("e-mail"),
    "telephone": mark("telephone"),
    "voicemail": mark("voicemail"),
    "letter": mark("letter"),
    "form": mark("web form"),
    "other": mark("other"),
}
_YES: Mapping[str, str] = {"yes": mark("yes")}


_WORDS: Mapping[str, str] = {
    str(key): said for said_of in (STATES, CHANNEL_WORDS, _YES) for key, said in said_of.items()
}
# By which a vacancy lets one apply.
_APPLY_BY: Mapping[str, str] = {
    "email": mark("e-mail"),
    "letter": mark("letter"),
    "portal": mark("portal"),
    "telephone": mark("telephone"),
}


def heading(key: str) -> str:
    """Return what the current language calls a column."""
    return say(HEADINGS[key])


def word(key: str) -> str:
    """Return what the current language calls a result, a reaction or a channel."""
    if key in EVERY_REACTION:
        return key.replace("_", " ") if current() == SOURCE else translations(current()).names["reaction", key]
    return say(_WORDS[key])


def is_word(key: str) -> bool:
    """Say whether this is a key that `word` knows."""
    return key in EVERY_REACTION or key in _WORDS


def channel_word(key: str) -> str:
    """Return how one applies, in the current language."""
    return say(_APPLY_BY[key]) if key in _APPLY_BY else key


def heading_of(text: str) -> str | None:
    """Return the column that a heading names, in whichever language it was written."""
    return _spoken(tuple(HEADINGS), heading).get(_folded(text))


def word_of(text: str, allowed: Iterable[str]) -> str | None:
    """Return which of the allowed words was meant, in whichever language it was chosen; None where it is none."""
    return text if text in (keys := tuple(allowed)) else _spoken(keys, word).get(_folded(text))


@cache
def _spoken(keys: tuple[str, ...], naming: Callable[[str], str]) -> Mapping[str, str]:
    """Return what each key is called, in every language in which a sheet may have been written → the key."""
    found: dict[str, str] = {}
    for language in languages():
        with use(language):
            found |= {_folded(naming(key)): key for key in keys}
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
