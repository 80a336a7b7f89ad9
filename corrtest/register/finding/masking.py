"""What employers wrote, without what says which candidate they wrote to: the one home of masking an arm."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corrtest.register.finding.candidates import Candidate
from corrtest.register.finding.likeness import folded

MASK = "[…]"
_WORD = re.compile(r"[^\W\d_]+")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(r"\+?\d(?:[\s./()-]{0,3}\d){7,14}")
_REPEATED = re.compile(rf"{re.escape(MASK)}(?:[\s'’-]*{re.escape(MASK)})+")
# Parts of names that are words as well: they go where they stand beside a name, and stay elsewhere.
_PARTICLES = frozenset(folded("de der den van von ter ten te el al ben bin le la les du des di da d l").split())
# With or without the country and the first 0, a number ends on these.
_LAST_DIGITS = 8


def masked(text: str, candidates: Iterable[Candidate]) -> str:
    """Return a text with the names, mailboxes and telephones of these candidates masked, however they are spelt.

    Accents, case and spacing do not count. Of a name with a particle ("El Amrani"), the particle goes where it stands
    beside the rest of the name.
    """
    people = tuple(candidates)
    parts = {part for person in people for part in folded(person.name).split()}
    names = frozenset(parts - _PARTICLES)
    numbers = {digits[-_LAST_DIGITS:] for person in people if (digits := _digits(person.telephone))}
    boxes = {person.mailbox.casefold() for person in people if person.mailbox}

    def mail(found: re.Match[str]) -> str:
        box = found[0].casefold()
        local = folded(box.split("@")[0]).replace(" ", "")
        return MASK if box in boxes or any(len(name) > 3 and name in local for name in names) else found[0]

    def telephone(found: re.Match[str]) -> str:
        return MASK if _digits(found[0])[-_LAST_DIGITS:] in numbers else found[0]

    text = _MAIL.sub(mail, text)
    text = _TELEPHONE.sub(telephone, text)
    return _REPEATED.sub(MASK, _without_names(text, names, parts & _PARTICLES))


def _without_names(text: str, names: frozenset[str], particles: set[str]) -> str:
    words = list(_WORD.finditer(text))
    said = [folded(word[0]) for word in words]
    gone = {place for place, word in enumerate(said) if word in names}
    # Outwards from each name: "van den Berg" has two.
    for step in (-1, 1):
        for place in sorted(gone, reverse=step < 0):
            beside = place + step
            while 0 <= beside < len(words) and said[beside] in particles and _touch(text, words, beside, step):
                gone.add(beside)
                beside += step
    for place in sorted(gone, reverse=True):
        start, end = words[place].span()
        text = text[:start] + MASK + text[end:]
    return text


def _touch(text: str, words: list[re.Match[str]], place: int, step: int) -> bool:
    """Say whether nothing but a space, a hyphen or an apostrophe lies between a word and the one that it belongs to."""
    first, second = (place, place + 1) if step < 0 else (place - 1, place)
    return not text[words[first].end() : words[second].start()].strip(" '’-")


def _digits(text: str) -> str:
    return "".join(sign for sign in text if sign.isdigit())
