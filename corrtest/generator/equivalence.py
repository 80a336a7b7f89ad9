"""The equivalence audit of one pair: the signal is there, in the treated arm only, and nothing else differs in
strength.

The audit reads what the employer would read (the text of the documents) beside the persona's data, and shares no
code with the drawing of personas. A pair with a fault gets no documents.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from corrtest.generator.answer_audit import answer_faults
from corrtest.generator.documents import Application
from corrtest.generator.languages import language_of
from corrtest.generator.masking import masked_text
from corrtest.generator.names import family_names, refuses
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import DOCUMENTS, Persona
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import diplomas
from corrtest.generator.resume import OUTSIDE_KEY, SIGNAL_KEY, career_jobs, resume_faults
from corrtest.generator.sentences import reading_ease, spoken_by_arm
from corrtest.generator.signals import Signal, signal
from corrtest.generator.telephone_scripts import call_faults
from corrtest.spec import SHIPPED, Documents, Names, document_languages

__all__ = ["PairAudit", "audit_pair"]

# Words of a letter, greeting and closing formula apart; what is drawn lies a little within.
LETTER_WORDS = (50, 240)
# Largest difference between a disclosure and what the control arm says in its place.
DISCLOSURE_WORDS, DISCLOSURE_CHARACTERS = 3, 8
# Largest difference in reading ease (Flesch's scale, 0 to 100) between the letters of a pair.
READING_LIMIT = 20.0

# Largest difference in years of birth where age is not what is tested; years that anyone may repeat at school.
YEARS_APART, YEARS_REPEATED = 3, 2

_WORD = re.compile(r"[^\W\d_]+")
_UNFILLED = re.compile(r"\{[a-z_.]+\}|\[[^\]]*\||\bNone\b|\bundefined\b")
_END = re.compile(r"(?<=[.!?])\s+|\n+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAudit:
    """The audit of one pair: what was measured, and every fault (empty = the pair may be used).

    `spoken` are the sentences of both, as they are compared with those of later pairs to the same employer.
    """

    pair_id: str
    measured: Mapping[str, float]
    faults: tuple[str, ...]
    details: tuple[str, ...] = field(default=())
    spoken: frozenset[str] = field(default=frozenset(), repr=False, compare=False)

    @property
    def passed(self) -> bool:
        """Whether the pair may be used."""
        return not self.faults

    def with_pages(self, personas: tuple[Persona, Persona], applications: tuple[Application, Application]) -> PairAudit:
        """Return the audit of the texts with what the files made of them add: each is one page, in its own fonts."""
        found = list(_page_faults(personas, applications))
        return replace(
            self,
            faults=tuple(dict.fromkeys([*self.faults, *(name for name, _ in found)])),
            details=(*self.details, *_described(found)),
        )


def _described(found: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(f"{name}: {detail}" for name, detail in found)


def _duration(entry: Mapping[str, Any], today: str) -> int:
    start, end = entry["startDate"], entry.get("endDate")
    last = end if end is not None else today[:7]
    span = (int(last[:4]) - int(start[:4])) * 12 + int(last[5:7]) - int(start[5:7])
    return span + (1 if end is not None else 0)


def _experience(persona: Persona, pair: Pair) -> int:
    today = pair.send_first_on.isoformat()
    return sum(_duration(entry, today) for entry in career_jobs(persona.document))


def _diploma_rank(persona: Persona, language: str) -> int:
    levels = {written: each.rank for each in diplomas(language).values() for written in each.written}
    return max((levels.get(entry["studyType"], 0) for entry in persona.document["education"]), default=0)


def audit_pair(
    pair: Pair,
    personas: tuple[Persona, Persona],
    applications: tuple[Application, Application],
    language: str = "nl",
    earlier: Set[str] = frozenset(),
    documents: Documents = DOCUMENTS,
    names: Names = SHIPPED,
    pools: Pools = SHIPPED_POOLS,
) -> PairAudit:
    """Audit one pair.

    Parameters
    ----------
    personas, applications
        Control first, treated second.
    earlier : set of str
        Sentences that the same employer has been sent before, as `spoken_sentences` gives them.
    documents : Documents
        What the study has the documents state, and the names it refuses.
    names : Names
        The criteria and occupations that the study may name.
    pools : Pools
        Where the names of people come from.
    """
    wanted = signal(pair.criterion, pair.level, language, names)
    measured: dict[str, float] = {}
    spoken = spoken_by_arm(personas, applications)
    found = [
        *_signal_faults(wanted, pair, personas, applications, pools),
        *_choice_faults(personas, names),
        *_residence_faults(wanted, personas, applications),
        *_statement_faults(wanted, personas, applications, documents),
        *_length_faults(personas, applications, measured),
        *_strength_faults(pair, personas, language, measured, names),
        *_refused_faults(personas, (*documents.refused_names, *documents.refused_firms)),
        *_sentence_faults(spoken[0], spoken[1], earlier),
        *_reading_faults(personas, applications, measured),
        *_page_faults(personas, applications),
        *_document_faults(personas, applications),
        *_career_faults(pair, personas, language),
        *call_faults([each.document for each in personas], wanted),
        *answer_faults(personas, applications, measured, age_is_signal=wanted.known.age is not None),
    ]
    return PairAudit(
        pair_id=pair.pair_id,
        measured=measured,
        faults=tuple(dict.fromkeys(name for name, _ in found)),
        details=_described(found),
        spoken=frozenset(spoken[0] | spoken[1]),
    )


Found = Iterator[tuple[str, str]]


def _signal_faults(
    wanted: Signal,
    pair: Pair,
    personas: tuple[Persona, Persona],
    applications: tuple[Application, Application],
    pools: Pools,
) -> Found:
    control, treated = personas
    yield from _name_faults(wanted, personas, applications, pools)
    for part, texts in (("cv", wanted.cv_sentences), ("letter", wanted.letter_sentences)):
        written = _part(applications[1], part)
        absent = [sentence for sentence in texts if not any(text in written for text in sentence)]
        yield from (("signal_missing", f"treated {part}: {sentence[0]}") for sentence in absent)
    every = [text for sentence in (*wanted.cv, *wanted.letter) for text in sentence]
    for part, text in applications[0].texts.items():
        present = [sentence for sentence in every if sentence in text]
        yield from (("signal_in_control", f"control {part}: {sentence}") for sentence in present)
    older = wanted.ages is not None and wanted.ages[0] > (wanted.age_before or 0)
    if any(entry.get(SIGNAL_KEY) for entry in control.document["work"]) != older:
        yield "signal_in_control", "control: a period that belongs to the age signal"
    yield from _age_faults(wanted, pair, personas)
    genders = [wanted.gender_of(persona.arm, pair.gender) for persona in personas]
    if [persona.gender for persona in personas] != genders:
        yield "gender", f"{control.gender} and {treated.gender}"


def _part(application: Application, part: str) -> str:
    """Return the text of a part; a letter that is no file of its own stands in the e-mail."""
    return application.texts.get(part, application.texts["email"])


def _name_faults(
    wanted: Signal, personas: tuple[Persona, Persona], applications: tuple[Application, Application], pools: Pools
) -> Found:
    for persona, application in zip(personas, applications, strict=True):
        origin = wanted.origin(persona.arm, language_of(persona.language).control_names)
        hidden = [part for part, text in application.texts.items() if not _shows_name(text, persona)]
        if hidden:
            yield "name_missing", f"{persona.arm}: {', '.join(hidden)}"
        if persona.family not in family_names(origin, pools):
            yield "name_origin", f"{persona.arm}: {persona.name} is not among the {origin} names"
        if str(persona.born.year) not in application.texts["cv"]:
            yield "birth_date_missing", persona.arm


def _residence_faults(
    wanted: Signal, personas: tuple[Persona, Persona], applications: tuple[Application, Application]
) -> Found:
    """Where residence is what is tested, each arm lives where its level says, and the CV shows it."""
    for persona, application in zip(personas, applications, strict=True):
        codes = [place[:4] for place in wanted.places(persona.arm)]
        code = persona.document["basics"]["location"]["postalCode"]
        if codes and (code not in codes or code not in application.texts["cv"]):
            yield "residence", f"{persona.arm}: {code}, wanted {', '.join(codes)}"


def _choice_faults(personas: tuple[Persona, Persona], names: Names) -> Found:
    """Where names were rated, each is one of those that the study chose."""
    for persona in personas:
        for part, name, gender in (("first", persona.given, persona.gender), ("last", persona.family, "any")):
            usable = names.chosen.names(part, persona.origin, gender)
            if usable is not None and name not in usable:
                yield "name_not_chosen", f"{persona.arm}: {name}"


def _shows_name(text: str, persona: Persona) -> bool:
    return persona.name in text or (persona.given in text and persona.family in text)


def _age_faults(wanted: Signal, pair: Pair, personas: tuple[Persona, Persona]) -> Found:
    if wanted.ages is None:
        years = [persona.born.year for persona in personas]
        if abs(years[0] - years[1]) > YEARS_APART:
            yield "age", f"born in {years[0]} and {years[1]}"
        return
    on = pair.send_first_on
    for persona, age in zip(personas, wanted.ages, strict=True):
        born = persona.born
        reached = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        if reached != age:
            yield "age", f"{persona.arm} is {reached}, the level says {age}"


def _length_faults(
    personas: tuple[Persona, Persona], applications: tuple[Application, Application], measured: dict[str, float]
) -> Found:
    for part in ("cv", "letter", "email"):
        sizes = [
            len(masked_text(persona, application.texts.get(part, "")))
            for persona, application in zip(personas, applications, strict=True)
        ]
        gap = (sizes[1] - sizes[0]) / max(*sizes, 1)
        measured[f"{part}_length_difference"] = gap
        # Twins differ on purpose in what they write and leave out; the study's balance holds over its pairs.
    for persona in personas:
        written = len(" ".join(persona.document["x-application"]["letter"]["paragraphs"]).split())
        if not LETTER_WORDS[0] <= written <= LETTER_WORDS[1]:
            yield "letter_length", f"{persona.arm}: {written} words"
    for part, texts in (
        ("cv", [persona.document["x-application"]["disclosure"] for persona in personas]),
        ("letter", [persona.document["x-application"]["letter"]["disclosure"] for persona in personas]),
    ):
        words, sizes = [len(text.split()) for text in texts], [len(text) for text in texts]
        if abs(words[1] - words[0]) > DISCLOSURE_WORDS or abs(sizes[1] - sizes[0]) > DISCLOSURE_CHARACTERS:
            yield "disclosure_length", f"{part}: {sizes[0]} and {sizes[1]} characters"


def _strength_faults(
    pair: Pair, personas: tuple[Persona, Persona], language: str, measured: dict[str, float], names: Names
) -> Found:
    months = [_experience(persona, pair) for persona in personas]
    measured["experience_months_difference"] = months[1] - months[0]
    if abs(months[1] - months[0]) > 1:
        yield "experience", f"{months[0]} and {months[1]} months"
    ranks = [_diploma_rank(persona, language) for persona in personas]
    if ranks[0] != ranks[1] or not ranks[0]:
        yield "diploma", f"levels {ranks[0]} and {ranks[1]}"
    for section in ("skills", "certificates", "education"):
        counts = [len(persona.document[section]) for persona in personas]
        measured[f"{section}_difference"] = counts[1] - counts[0]
        if counts[0] != counts[1]:
            yield section, f"{counts[0]} and {counts[1]}"
    jobs = [[len(entry["highlights"]) for entry in career_jobs(persona.document)] for persona in personas]
    if jobs[0] != jobs[1]:
        yield "tasks", f"tasks a job: {jobs[0]} and {jobs[1]}"
    for key in ("drivingLicence", "ownCar", "specimen"):
        values = [persona.document["x-application"][key] for persona in personas]
        if values[0] != values[1]:
            yield key, f"{values[0]} and {values[1]}"
    labels = [persona.document["basics"]["label"] for persona in personas]
    title = names.occupations[pair.occupation].titles[language]
    if labels != [getattr(title, persona.gender) for persona in personas]:
        yield "title", f"{labels[0]} and {labels[1]}"


def _statement_faults(
    wanted: Signal,
    personas: tuple[Persona, Persona],
    applications: tuple[Application, Application],
    documents: Documents,
) -> Found:
    """Nationality and languages are stated as the study has them, and as the data say."""
    local = language_of(personas[0].language)
    by_level = {
        key: getattr(wanted, key) if getattr(documents, key) == "by_level" else None
        for key in ("nationality", "mother_tongue")
    }
    nationalities = [persona.document["x-application"]["nationality"] for persona in personas]
    for persona, application in zip(personas, applications, strict=True):
        own = persona.arm == "treated"
        nationality = (by_level["nationality"] if own else None) or local.nationality
        # Where both state the same, both may as well state none.
        silent = documents.nationality == "omitted" or (documents.nationality == "same" and not any(nationalities))
        expected = "" if silent else nationality
        stated = persona.document["x-application"]["nationality"]
        if stated != expected or stated not in application.texts["cv"]:
            yield "nationality", f"{persona.arm}: {stated or 'none'}, wanted {expected or 'none'}"
        absent = [each["language"] for each in persona.document["languages"]]
        absent = [name for name in absent if name not in application.texts["cv"]]
        if absent:
            yield "content_missing", f"{persona.arm} cv: {', '.join(absent)}"
    spoken = [[entry["language"] for entry in persona.document["languages"]] for persona in personas]
    tongue = by_level["mother_tongue"]
    if spoken[1] != ([tongue] if tongue else []) + spoken[0]:
        yield "languages", f"{spoken[0]} and {spoken[1]}"
    fluency = [persona.document["languages"][0]["fluency"] for persona in personas if persona.document["languages"]]
    if any((word in local.mother_tongue) == (documents.mother_tongue == "omitted") for word in fluency):
        yield "mother_tongue", " and ".join(fluency)


def _refused_faults(personas: tuple[Persona, Persona], refused: tuple[str, ...]) -> Found:
    """No name of a real public figure or firm, of a person, employer or address."""
    for persona in personas:
        names = [persona.name, persona.document["basics"]["location"]["address"]]
        names += [entry["name"] for entry in persona.document["work"]]
        yield from (("refused_name", f"{persona.arm}: {name}") for name in names if refuses(name, refused))


def _sentence_faults(control: set[str], treated: set[str], earlier: Set[str]) -> Found:
    yield from (("shared_sentence", shared) for shared in sorted(control & treated))
    yield from (("sentence_seen_before", shared) for shared in sorted(control | treated) if shared in earlier)


def _reading_faults(
    personas: tuple[Persona, Persona], applications: tuple[Application, Application], measured: dict[str, float]
) -> Found:
    ease = [
        reading_ease(masked_text(persona, _part(application, "letter")), persona.language)
        for persona, application in zip(personas, applications, strict=True)
    ]
    measured["reading_difference"] = ease[1] - ease[0]
    if abs(ease[1] - ease[0]) > READING_LIMIT:
        yield "reading_level", f"{ease[0]:.0f} and {ease[1]:.0f}"


def _page_faults(personas: tuple[Persona, Persona], applications: tuple[Application, Application]) -> Found:
    for persona, application in zip(personas, applications, strict=True):
        for part, pages in application.pages.items():
            if pages != (2 if part == "cv" and persona.document["x-application"]["twoPages"] else 1):
                yield "pages", f"{persona.arm} {part}: {pages} pages"
        for part, fonts in application.stand_ins.items():
            if fonts:
                yield "typeface", f"{persona.arm} {part}: {', '.join(fonts)} for letters that its layout lacks"


def _document_faults(personas: tuple[Persona, Persona], applications: tuple[Application, Application]) -> Found:
    for persona, application in zip(personas, applications, strict=True):
        for part, text in application.texts.items():
            blank = _UNFILLED.search(text)
            if blank:
                yield "unfilled_blank", f"{persona.arm} {part}: {blank.group()}"
        for fault in resume_faults(persona.document):
            yield "not_json_resume", f"{persona.arm}: {fault}"
        for absent in _absent(persona, application.texts["cv"]):
            yield "content_missing", f"{persona.arm} cv: {absent}"
        if persona.document["x-application"]["specimen"] != any(
            language_of(code).specimen in application.texts["cv"] for code in document_languages()
        ):
            yield "specimen_mark", persona.arm
    basics = [persona.document["basics"] for persona in personas]
    for key in ("name", "email", "phone"):
        if basics[0][key] == basics[1][key]:
            yield "same_contact", f"both have {key} {basics[0][key]}"
    if basics[0]["location"]["address"] == basics[1]["location"]["address"]:
        yield "same_contact", f"both live at {basics[0]['location']['address']}"


def _absent(persona: Persona, text: str) -> Iterator[str]:
    """Yield what the persona's data say and the CV does not show."""
    document = persona.document
    for entry in document["work"]:
        # A line that begins with a workplace begins with a capital.
        yield from (name for name in (entry["name"],) if name not in text and name[:1].upper() + name[1:] not in text)
        yield from (line for line in (entry["position"], *entry["highlights"]) if line not in text)
    for section, key in (
        ("skills", "name"),
        ("certificates", "name"),
        ("interests", "name"),
        ("references", "reference"),
    ):
        yield from (entry[key] for entry in document.get(section, []) if entry[key] not in text)
    schools = (entry["institution"] for entry in document["education"])
    yield from (name for name in schools if name not in text and name[:1].upper() + name[1:] not in text)
    basics = document["basics"]
    yield from (value for value in (basics["phone"], basics["email"], basics["summary"]) if value not in text)


def _career_faults(pair: Pair, personas: tuple[Persona, Persona], language: str) -> Found:
    ages = {each.level: each.age for each in diplomas(language).values()}
    for persona in personas:
        listed = [entry for entry in persona.document["work"] if OUTSIDE_KEY not in entry]
        jobs = sorted(listed, key=lambda entry: str(entry["startDate"]))
        for before, after in pairwise(jobs):
            if before.get("endDate", "9999-12") >= after["startDate"]:
                yield "overlapping_jobs", f"{persona.arm}: {before['name']} and {after['name']}"
        finished = max(entry["endDate"] for entry in persona.document["education"])
        if jobs and jobs[0]["startDate"] < finished:
            yield "job_before_diploma", f"{persona.arm}: {jobs[0]['startDate']} before {finished}"
        late = int(finished[:4]) - persona.born.year
        if not any(age <= late <= age + YEARS_REPEATED for age in ages.values()):
            yield "diploma_age", f"{persona.arm}: {int(finished[:4]) - persona.born.year}"
        if jobs and "endDate" in jobs[-1]:
            yield "no_current_job", persona.arm
    if any(entry["startDate"] > pair.send_first_on.isoformat() for p in personas for entry in p.document["work"]):
        yield "job_in_future", pair.pair_id
