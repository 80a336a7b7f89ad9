"""What `check` refuses because no document could be made of it, found without making any."""

from __future__ import annotations

from collections.abc import Iterator

from corrtest.design import faults_of
from corrtest.errors import Fault
from corrtest.generator.languages import language_of
from corrtest.generator.letter_grammar import moves_of
from corrtest.generator.names import family_names, given_names
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import Profile, profile, require_pools, sentence_pool
from corrtest.generator.recognition import COINED, recognition
from corrtest.generator.signals import signal
from corrtest.generator.stated import check_stated
from corrtest.generator.template_sets import read_template_set
from corrtest.language import say
from corrtest.resources import template_set_names
from corrtest.spec import Names, Study

__all__ = ["document_refusals", "pairs_one_employer_can_get"]

# A year of birth of someone who applies for a job now: which names were common then is a matter of the lists alone.
_BORN = 1990
GENDERS = ("man", "woman")


def document_refusals(study: Study, pools: Pools = SHIPPED_POOLS) -> tuple[Fault, ...]:
    """Name whatever would keep the study's documents from being made."""
    if study.instrument != "correspondence_test":
        return ()
    language = study.language
    missing = faults_of(lambda: require_pools(language))
    if missing:
        return missing
    found: list[Fault] = [*_too_few_firms(study, pools)]
    for criterion in study.criteria:
        for level in criterion.levels:
            found += faults_of(lambda name=criterion.name, level=level.name: _check_level(study, name, level))  # type: ignore[misc]
    for name in study.fieldwork.templates or template_set_names(language):
        found += faults_of(lambda name=name: read_template_set(name))  # type: ignore[misc]
    for code in _occupations(study):
        wrong = faults_of(lambda code=code: profile(code, language, study.names))  # type: ignore[misc]
        found += wrong or _too_often(study, profile(code, language, study.names))
    return tuple(dict.fromkeys(found))


def _too_few_firms(study: Study, pools: Pools) -> Iterator[Fault]:
    """Yield the fault of a study that coins its firms from a pool that a recruiter would recognise."""
    for row in recognition(study, pools):
        if row.pool == COINED and row.entries < row.needed:
            yield Fault(
                key="documents.employers",
                given=say("{entries} coined firms of a kind", entries=row.entries),
                expected=say("at least {needed}: fewer are recognised by who reads several", needed=row.needed),
                action=say('Add a pool of your own, secret/pools/firm_names.csv, or write employers = "unnamed".'),
            )


def pairs_one_employer_can_get(subject: Profile, language: str, names: Names) -> int:
    """Return how many pairs for an occupation one employer can get before texts run out.

    No two letters to one employer have one structure, no two CVs one line. Half of the structures are left alone, as
    a letter's length asks for some of them; of the wordings of a task, with their tails, two thirds, as they are drawn.
    """
    blanks = frozenset(("title", "town", "employer", *language_of(language).blanks))
    structures = moves_of(subject.occupation, language, names, SHIPPED_POOLS, blanks).structures
    tails = len(sentence_pool(language).slots["tail"][0][0].texts) * len(sentence_pool(language).slots["tail"][0])
    wordings = min(len(phrase.texts) for twins in subject.tasks for phrase in twins) * (1 + tails)
    return min(len(structures) // 4, wordings // 3)


def _occupations(study: Study) -> Iterator[str]:
    """Yield the occupations that may be in the study's plan."""
    listed = [occupation.code for occupation in study.occupations]
    yield from listed or (code for code, each in study.names.occupations.items() if study.language in each.texts)


def _check_level(study: Study, criterion: str, level: str) -> None:
    found = signal(criterion, level, study.language, study.names)
    language = language_of(study.language)
    check_stated(found, study.documents, language)
    for origin in {language.control_names, found.names or language.control_names}:
        family_names(origin)
        for gender in GENDERS:
            given_names(origin, gender, _BORN)


def _too_often(study: Study, subject: Profile) -> tuple[Fault, ...]:
    caps, most = study.caps, pairs_one_employer_can_get(subject, study.language, study.names)
    largest = max(caps.total, *(step.total for step in caps.by_size)) if caps.by_size else caps.total
    if largest <= most:
        return ()
    return (
        Fault(
            key="caps.total",
            given=say("{largest} pairs to one employer", largest=largest),
            expected=say(
                "at most {most}: so many can get different sentences for the occupation '{occupation}'",
                most=most,
                occupation=subject.occupation,
            ),
            action=say(
                "Lower the cap, or add wordings to the tasks in occupations/{occupation}.toml beside the study file.",
                occupation=subject.occupation,
            ),
        ),
    )
