"""The ready criteria beside origin, age, disability and gender pass the audits that those pass."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from corrtest.generator import Pair, audit_pair, audit_study
from corrtest.generator.documents import Application
from corrtest.generator.workshop import Employer, Job, Matched, Workshop
from corrtest.spec import SHIPPED, Documents, document_languages
from tests.generator.pairs import SETS, make_pair

READY = ("religion", "gender_identity", "sexual_orientation", "pregnancy", "residence")
LEVELS = [(criterion, level) for criterion in READY for level in SHIPPED.criteria[criterion].levels]
# A level has so many texts for each part of an application, so that employers do not see one again and again.
LEAST_TEXTS = 25


def pairs_of(criterion: str, count: int) -> list[Pair]:
    levels = list(SHIPPED.criteria[criterion].levels)
    return [make_pair(n, criterion=criterion, level=levels[n % len(levels)], employer_id=f"E{n}") for n in range(count)]


@cache
def _workshop(language: str) -> Workshop:
    return Workshop(
        Job(
            seed=5,
            language=language,
            formats=(),
            sets=SETS,
            contacts=None,
            documents=Documents(),
            names=SHIPPED,
            folder=Path(),
        )
    )


def made(pairs: list[Pair], language: str = "nl") -> Iterator[Matched]:
    workshop = _workshop(language)
    for pair in pairs:
        yield from workshop.shown(Employer(pairs=(pair,), finished={}))


def text_of(application: Application) -> str:
    return "\n".join(application.texts.values())


@pytest.mark.parametrize(("criterion", "level"), LEVELS)
def test_a_pair_of_each_level_passes_the_audit(criterion, level):
    (found,) = made([make_pair(3, criterion=criterion, level=level)])
    assert found.audit.faults == (), found.audit.details
    control, treated = map(text_of, found.applications)
    known = SHIPPED.criteria[criterion].levels[level]
    if known.residence:
        assert any(place[:4] in treated for place in known.residence)
        assert not any(place[:4] in control for place in known.residence)
    else:
        texts = [*known.texts["nl"].cv[0], *known.texts["nl"].letter[0]]
        assert sum(text in treated for text in texts) >= 2
        assert not any(text in control for text in texts)
    if known.shared.gender:
        assert {person.gender for person in found.people} == {known.shared.gender}


@pytest.mark.parametrize(("criterion", "level"), LEVELS)
def test_each_level_has_texts_enough_in_each_language(criterion, level):
    known = SHIPPED.criteria[criterion].levels[level]
    for language in document_languages() if known.texts_of else ():
        texts = known.texts[language]
        for (said,), (control,) in ((texts.cv, texts.control_cv), (texts.letter, texts.control_letter)):
            assert len(said) >= LEAST_TEXTS
            assert not control or len(control) >= LEAST_TEXTS


def test_a_candidate_who_lives_elsewhere_is_found():
    pair = make_pair(2, criterion="residence", level="antwerp_north")
    (found,) = made([pair])
    (other,) = made([make_pair(2, criterion="residence", level="genk")])
    people = (found.people[0], other.people[1])
    applications = (found.applications[0], other.applications[1])
    assert "residence" in audit_pair(pair, people, applications).faults


@pytest.mark.slow
@pytest.mark.parametrize("language", document_languages())
@pytest.mark.parametrize("criterion", READY)
def test_fifty_pairs_pass_the_audit(criterion, language):
    failed = {
        found.audit.pair_id: found.audit.details
        for found in made(pairs_of(criterion, 50), language)
        if found.audit.faults
    }
    assert failed == {}


@pytest.mark.slow
@pytest.mark.parametrize("criterion", READY)
def test_nothing_but_the_signal_tells_the_arms_apart(criterion):
    audit = audit_study(pairs_of(criterion, 50), seed=5, workers=1)
    table = audit.to_frame().set_index("check")
    assert table.loc["misspelled words", "value"] == 0, table.loc["misspelled words", "detail"]
    told = table[table.index.str.startswith("arms told apart")]
    assert len(told) and told["passed"].all(), told.to_string()
