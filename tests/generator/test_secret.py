"""Documents follow from a secret of the study: who has the seed, the package and all that is public recognises none.

The attacker here is given more than any employer has: the plan itself, with its days, layouts and first arms, so that
only what is drawn for the documents is left to guess.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from corrtest.design import (
    amend_plan,
    make_plan,
    preregistration,
    read_documents_key,
    read_drawn_plan,
    read_plan,
    write_plan,
)
from corrtest.errors import DesignError, StudyError
from corrtest.generator import Pair, Persona, document_seed, draw_pair, plan_pairs, render_plan
from corrtest.power import power_of_plan
from corrtest.spec import make_key
from tests.design.instances import make_study, make_vacancies
from tests.generator.pairs import make_pair
from tests.register.conftest import a_study

KEY = bytes(range(32))


def people(pairs: Sequence[Pair], seed: int) -> list[Persona]:
    return [person for pair in pairs for person in draw_pair(seed, pair)]


def words_of(person: Persona) -> set[str]:
    """Every word that a document says."""
    return set(re.findall(r"\w+", json.dumps(person.document, ensure_ascii=False)))


def recognised(mine: Sequence[Persona], guesses: Sequence[Persona]) -> float:
    """The share of documents whose most alike guess, among those of the same arm, is of their own pair."""
    theirs = [words_of(person) for person in guesses]
    hits = []
    for number, person in enumerate(mine):
        known = words_of(person)
        rivals = [other for other, guess in enumerate(guesses) if guess.arm == person.arm]
        alike = {other: len(known & theirs[other]) / len(known | theirs[other]) for other in rivals}
        hits.append(max(alike, key=lambda other: alike[other]) == number)
    return float(np.mean(hits))


class TestAttack:
    def test_seed_and_package_recognise_no_document(self) -> None:
        # Alike in all that the plan gives away, so that chance is one in forty.
        pairs = [dataclasses.replace(make_pair(0), pair_id=f"P{n:05d}", employer_id=str(n)) for n in range(40)]
        seed = 20270111
        mine = people(pairs, document_seed(seed, KEY))
        # With the key all 80 are recognised, so that the attack itself works; with the seed alone chance is left.
        assert recognised(mine, people(pairs, document_seed(seed, KEY))) == 1
        guesses = (seed, document_seed(seed, bytes(32)), document_seed(seed, KEY[::-1]))
        found = [recognised(mine, people(pairs, guess)) for guess in guesses]
        # One in 40 by chance; 80 documents: more than 8 of them once in ten thousand times.
        assert max(found) <= 8 / 80, found
        for guess in guesses:
            same = [(a.given, a.family) == (b.given, b.family) for a, b in zip(mine, people(pairs, guess), strict=True)]
            assert sum(same) <= 2

    def test_who_writes_as_which_twin_and_gender_follow_from_the_key_too(self) -> None:
        study = make_study({"124": {"origin": 60}})
        table = make_plan(study, make_vacancies(study, 300, 120)).pairs
        drawn = [
            tuple((pair.twin_of_control, pair.gender) for pair in plan_pairs(table, document_seed(study.seed, key)))
            for key in (KEY, KEY[::-1], bytes(32))
        ]
        assert len(set(drawn)) == 3


def test_nothing_short_of_the_key_gives_the_seed_of_the_documents() -> None:
    assert document_seed(1, KEY) == document_seed(1, KEY)
    assert len({document_seed(1, KEY), document_seed(2, KEY), document_seed(1, KEY[::-1])}) == 3
    # 256 bits, so that it cannot be tried out; a seed of the study is below 10^8.
    assert min(document_seed(seed, KEY).bit_length() for seed in range(20)) > 240


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = a_study(pairs=6)
    return write_plan(make_plan(study, make_vacancies(study, 40, 20)), tmp_path_factory.mktemp("study") / "plan")


def test_who_holds_the_secret_makes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    plan = read_plan(written)
    key = read_documents_key(plan, written)
    one, two = tmp_path / "one", tmp_path / "two"
    for place in (one, two):
        render_plan(plan, place, key=key, formats=("html",), workers=1)
    render_plan(plan, tmp_path / "other", key=KEY, formats=("html",), workers=1)
    names = sorted(path.relative_to(one) for path in one.rglob("*.*") if path.is_file())
    assert len(names) > 2 * len(plan.pairs)
    assert all((one / name).read_bytes() == (two / name).read_bytes() for name in names)
    written_by = {place: {path.read_bytes() for path in place.rglob("*.html")} for place in (one, tmp_path / "other")}
    assert len(written_by[one]) >= 2 * len(plan.pairs)
    assert not written_by[one] & written_by[tmp_path / "other"]
    told = b"".join((one / name).read_bytes() for name in names)
    assert key.hex().encode() not in told
    assert str(document_seed(plan.study.seed, key)).encode() not in told


def test_the_secret_is_committed_to_and_never_printed(written: Path) -> None:
    plan = read_drawn_plan(written)
    key = (written.parent / "secret" / "documents.key").read_text().strip()
    whole = read_plan(written)
    text = preregistration(whole, power_of_plan(whole), "en")
    assert f"HMAC-SHA256 `{plan.manifest['documents']}`" in text
    assert key not in text
    assert key not in json.dumps(plan.manifest)


def test_without_the_secret_or_with_another_no_document_is_made(tmp_path: Path) -> None:
    study = a_study(pairs=6)
    vacancies = make_vacancies(study, 60, 30)
    folder = write_plan(make_plan(study, vacancies), tmp_path / "v1")
    plan, key = read_plan(folder), tmp_path / "secret" / "documents.key"
    later = amend_plan(plan, vacancies, since=study.period.start, reason="late")
    write_plan(later, tmp_path / "v2")
    assert read_drawn_plan(tmp_path / "v2").manifest["documents"] == plan.manifest["documents"]
    key.rename(tmp_path / "kept")
    with pytest.raises(StudyError, match=r"documents\.key is not there\. Put it back from the backup"):
        read_documents_key(plan, folder)
    # No amendment makes another key unseen.
    with pytest.raises(StudyError, match="is not there"):
        write_plan(later, tmp_path / "v3")
    assert not (tmp_path / "v3").exists()
    make_key(key)
    with pytest.raises(DesignError, match=r"another key than the one that the plan in .*v1 is committed to"):
        read_documents_key(plan, folder)
