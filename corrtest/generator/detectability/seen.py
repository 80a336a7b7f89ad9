"""What the audits see of one application: its texts without signal and identity, how it is built, what it names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from corrtest.generator.contacts import SPECIMEN_DOMAIN
from corrtest.generator.detectability.files import FileFacts, file_facts
from corrtest.generator.detectability.plausibility import oddities, twin_oddities
from corrtest.generator.documents import Application
from corrtest.generator.length_balance import lengths
from corrtest.generator.machine_reading import Reading, readings_of
from corrtest.generator.masking import masked_text
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import Persona
from corrtest.generator.resume import OUTSIDE_KEY, SIGNAL_KEY, career_jobs

__all__ = ["Seen", "seen_pair"]

# Where everybody has a mailbox: sharing one of these says nothing.
_COMMON_MAIL = frozenset(
    {"gmail.com", "hotmail.com", "hotmail.be", "outlook.com", "outlook.be", "live.be", "live.com", "icloud.com"}
    | {"telenet.be", "skynet.be", "proximus.be", "scarlet.be", "orange.be", "voo.be", "yahoo.com", "yahoo.fr"}
    | {"msn.com", "proton.me"}
)
# Digits at the end of a telephone number in which the numbers of one block differ.
_BLOCK = 3
# What an entry of each section of a CV is known by in its text.
_SECTIONS = {
    "work": "position",
    "education": "studyType",
    "skills": "name",
    "certificates": "name",
    "languages": "language",
    "interests": "name",
    "references": "name",
}
_NUMBER = re.compile(r"\d+")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One application as the audits see it.

    Attributes
    ----------
    block : str
        What it has in common with a mirrored pair; its pair where it has none.
    sent : bool
        Whether it is one of those that go out; in an unpaired study a twin is made for the audit alone.
    texts : mapping
        Part → text with signals and identity masked, and what has its words from elsewhere: the job's title, names
        of diplomas, certificates and languages.
    structure : mapping
        Feature → number: lengths, counts and order of parts, without the signal's.
    lengths : mapping
        As `lengths` gives them, with the signal's.
    marks : mapping
        Kind (workplace, school, mail_domain, telephone_block) → what it names of that kind.
    oddities : tuple of str
        What is implausible about its dates and numbers, by name.
    files : tuple of FileFacts
        What each file that was made says of itself.
    readings : tuple of Reading
        What machines read in the files of the CV.
    """

    pair_id: str
    arm: str
    employer_id: str
    block: str
    occupation: str
    sent: bool
    texts: Mapping[str, str]
    structure: Mapping[str, float]
    lengths: Mapping[str, float]
    marks: Mapping[str, frozenset[str]]
    oddities: tuple[str, ...]
    files: tuple[FileFacts, ...] = field(default=())
    readings: tuple[Reading, ...] = field(default=())

    @property
    def name(self) -> str:
        """Pair and arm, as the audit's tables name a document."""
        return f"{self.pair_id} {self.arm}"

    @property
    def text(self) -> str:
        """All its parts, one below the other."""
        return "\n".join(self.texts.values())


def seen_pair(
    pair: Pair, people: tuple[Persona, Persona], applications: tuple[Application, Application]
) -> tuple[Seen, Seen]:
    """Return both applications of a pair as the audits see them; what is odd of both stands at the treated."""
    control, treated = (_seen(pair, *each) for each in zip(people, applications, strict=True))
    together = tuple(twin_oddities(people[0].document["basics"], people[1].document["basics"]))
    return control, replace(treated, oddities=(*treated.oddities, *together))


def _seen(pair: Pair, persona: Persona, application: Application) -> Seen:
    given = _given(persona)
    texts = {part: given.sub("_", masked_text(persona, text)) for part, text in application.texts.items()}
    return Seen(
        pair_id=pair.pair_id,
        arm=persona.arm,
        employer_id=pair.employer_id,
        block=pair.block or pair.pair_id,
        occupation=pair.occupation,
        sent=persona.arm in pair.written,
        texts=texts,
        structure=_structure(persona.document, application.texts, texts),
        lengths=lengths(persona, application),
        marks=_marks(persona.document),
        oddities=tuple(oddities(pair, persona)),
        files=tuple(
            facts for name, content in application.files.items() if (facts := file_facts(name, content)) is not None
        ),
        readings=tuple(readings_of(persona, pair.template(persona.arm), application.files)),
    )


def _given(persona: Persona) -> re.Pattern[str]:
    """Return what finds the words that nobody chooses: of the vacancy's title, and of diplomas, courses, languages."""
    document = persona.document
    named = [entry[key] for entry in document["education"] for key in ("studyType", "area") if entry.get(key)]
    named += [entry["name"] for entry in document.get("certificates", [])]
    named += [entry[key] for entry in document.get("languages", []) for key in ("language", "fluency")]
    longest_first = sorted({persona.titles[0], *named}, key=len, reverse=True)
    # As they stand in a masked text, where every number is a 0.
    words = (re.escape(_NUMBER.sub("0", word)) for word in longest_first)
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(words)})(?![^\W_])", re.IGNORECASE)


def _structure(document: Mapping[str, Any], texts: Mapping[str, str], masked: Mapping[str, str]) -> dict[str, float]:
    """Return counts of parts, their order and their lengths.

    Jobs that belong to an age signal, or weigh against it, are not counted.
    """
    found: dict[str, float] = {}
    for part, text in masked.items():
        lines = [line for line in text.split("\n") if line.strip()]
        words = len(_WORD.findall(text))
        sentences = len(_SENTENCE.findall(text))
        found |= {f"{part} words": words, f"{part} characters": len(text), f"{part} lines": len(lines)}
        found |= {f"{part} sentences": sentences, f"{part} words a sentence": words / max(1, sentences)}
    cv = texts.get("cv", "")
    for section, key in _SECTIONS.items():
        entries = [entry for entry in document.get(section, []) if not entry.keys() & {SIGNAL_KEY, OUTSIDE_KEY}]
        found[section] = len(entries)
        places = [cv.find(str(entry[key])) for entry in entries if entry.get(key)]
        found[f"place of {section}"] = min((place for place in places if place >= 0), default=0) / max(1, len(cv))
    own = career_jobs(document)
    found["tasks a job"] = sum(len(entry["highlights"]) for entry in own) / max(1, len(own))
    found["profile"] = float(bool(document["basics"].get("summary")))
    for key in ("nationality", "drivingLicence"):
        found[key] = float(bool(document["x-application"].get(key)))
    return found


def _marks(document: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    basics = document["basics"]
    domain = str(basics["email"]).rpartition("@")[2].lower()
    digits = re.sub(r"\D", "", str(basics["phone"]))
    own = domain != SPECIMEN_DOMAIN
    return {
        "workplace": frozenset(
            f"{entry['name']}, {entry.get('location', '')}" for entry in document["work"] if entry.get("name")
        ),
        "school": frozenset(str(entry["institution"]) for entry in document["education"] if entry.get("institution")),
        "mail_domain": frozenset({domain} - _COMMON_MAIL) if own else frozenset(),
        "telephone_block": frozenset({digits[:-_BLOCK]}) if own and digits else frozenset(),
    }
