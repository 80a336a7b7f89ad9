"""The French pools: complete beside the Dutch ones, right for a woman and for a man, and fit to make matched pairs."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from statistics import mean

import pytest

from corrtest.generator import draw_pair, render_pairs
from corrtest.generator.pool_files import SHIPPED_POOLS
from corrtest.generator.pools import Profile, diplomas, interests, profile, schools, sentence_pool
from corrtest.generator.spelling import misspelled
from corrtest.generator.wording import Phrase
from corrtest.spec import SHIPPED
from tests.generator.letter_texts import grammar_texts, occupation_texts, written_texts
from tests.generator.pairs import SETS, make_pair

PROFILES = sorted(SHIPPED.occupations)
SECTIONS = ("certificates", "skills", "tasks", "strengths")
# Words that end alike for a woman and a man, the only ones that may say what the writer is.
NEUTRAL = frozenset(
    [
        "aimable",
        "autiste",
        "autonome",
        "calme",
        "disponible",
        "efficace",
        "fiable",
        "flexible",
        "honnête",
        "joignable",
        "juste",
        "stable",
    ]
)
BEING = re.compile(r"\bje (?:ne )?(?:suis|reste|deviens|serais|me sens) (?:toujours |très |plus )?(\w+)", re.IGNORECASE)
# What may follow "je suis" and "je reste" without saying what the writer is ("je suis des formations").
PLAIN = frozenset(["à", "au", "chaque", "des", "en", "jusqu", "là", "le", "les", "souvent", "sur", "volontiers"])
BROKEN = (
    re.compile(r"\b(?:de|la|le|je|me|se|ne|que|te) [aeiouàâéèêëîïôûœ]", re.IGNORECASE),
    re.compile(r"\b[cdjlmnst]'[bcdfgjklmnpqrstvwxz]", re.IGNORECASE),
    re.compile(r"\b(?:à|de) les?\b|\bd'\{|\bde \{(?:de_)?title\}"),
    re.compile(r"  | [,.]|,\S|\.\S"),
)


def phrases(subject: Profile) -> Iterator[Phrase]:
    for section in SECTIONS:
        for twins in getattr(subject, section):
            yield from twins


def spoken() -> Iterator[Phrase]:
    for both in sentence_pool("fr").slots.values():
        yield from (phrase for lines in both for phrase in lines)


def headings() -> Iterator[str]:
    folder = Path(__file__).parents[2] / "cv_templates"
    for name in SETS:
        words = tomllib.loads((folder / name / "set.toml").read_text(encoding="utf-8"))["words"]["fr"]
        yield from words.values()


@pytest.mark.parametrize("occupation", PROFILES)
def test_a_profile_is_as_rich_as_the_dutch_one(occupation: str) -> None:
    french, dutch = profile(occupation, "fr"), profile(occupation, "nl")
    assert french.family == dutch.family
    for section in SECTIONS:
        assert len(getattr(french, section)) == len(getattr(dutch, section)), section
    for task in (*french.tasks, *french.strengths):
        assert all(len(phrase.texts) >= 4 for phrase in task), task
    # A line with five words or more that two applicants share counts as a copied sentence.
    for text in (*french.areas, *french.junior):
        assert len(re.findall(r"[^\W\d_]+", text)) <= 4, text


def test_the_common_pools_have_the_slots_of_the_dutch_ones() -> None:
    assert set(sentence_pool("fr").slots) == set(sentence_pool("nl").slots)
    assert set(schools("fr")) == {each.school for each in diplomas("fr").values()}
    assert set(interests("fr")) == set(interests("nl"))
    assert {row["family"] for row in SHIPPED_POOLS.rows("other_sectors.fr.csv")} == {
        "trade",
        "office",
        "service",
        "care",
    }
    ranks = {written: each.rank for each in diplomas("fr").values() for written in each.written}
    assert len(ranks) == 2 * len(diplomas("fr"))


@pytest.mark.slow
def test_every_word_is_known() -> None:
    blank = re.compile(r"\{\w+\}")
    texts = [text for phrase in spoken() for text in phrase.texts]
    for occupation in PROFILES:
        subject = profile(occupation, "fr")
        texts += [text for phrase in phrases(subject) for text in phrase.texts]
        texts += [*subject.areas, *subject.junior, *subject.employers]
    texts += [*occupation_texts("fr"), *grammar_texts("fr")]
    titles = [each.titles["fr"] for each in SHIPPED.occupations.values()]
    texts += [title for each in titles for title in (each.man, each.woman)]
    texts += [written for each in diplomas("fr").values() for written in each.written]
    texts += [row[twin] for row in SHIPPED_POOLS.rows("interests.fr.csv") for twin in "ab"]
    texts += [
        value for row in SHIPPED_POOLS.rows("other_sectors.fr.csv") for value in (row["position"], row["workplace"])
    ]
    texts += headings()
    pieces = {piece for text in texts for piece in blank.sub(" ", text).split()}
    assert misspelled(sorted(pieces), "fr") == {}
    assert misspelled(["Une faute d'ortografe"], "fr") == {"d'ortografe": 1}


def test_every_text_reads_right_for_a_woman_and_a_man() -> None:
    lines = [text for phrase in spoken() for text in phrase.texts]
    lines += [text for code in PROFILES for phrase in phrases(profile(code, "fr")) for text in phrase.texts]
    lines += [*occupation_texts("fr"), *grammar_texts("fr"), *written_texts("fr", 64, postal_code="1000")]
    assert len(lines) > 15_000
    for text in lines:
        for said in BEING.findall(text):
            assert said.lower() in NEUTRAL | PLAIN, text
    assert BEING.findall("Aujourd'hui je suis prêt à tout, et je reste motivée") == ["prêt", "motivée"]


def test_elisions_contractions_and_spaces_are_right() -> None:
    lines = [text for phrase in spoken() for text in phrase.texts]
    lines += [text for code in PROFILES for phrase in phrases(profile(code, "fr")) for text in phrase.texts]
    lines += [*occupation_texts("fr"), *grammar_texts("fr"), *written_texts("fr", 64, postal_code="1000")]
    for text in lines:
        assert not [rule.pattern for rule in BROKEN if rule.search(text)], text
    for wrong in ("Je aime", "l'porte", "à le chantier", "une place de {title}", "un  mot ,ou deux"):
        assert any(rule.search(wrong) for rule in BROKEN), wrong


def test_no_sentence_stands_in_two_occupations_or_in_both_twins() -> None:
    owner: dict[str, str] = {}
    for code in PROFILES:
        for section in ("tasks", "strengths"):
            for number, twins in enumerate(getattr(profile(code, "fr"), section)):
                for twin, phrase in zip("ab", twins, strict=True):
                    place = f"{code} {section}[{number}].{twin}"
                    for text in phrase.texts:
                        assert owner.setdefault(text, place) == place, text


def test_the_twins_say_as_much() -> None:
    def size(section: str, twin: int, code: str) -> float:
        return sum(mean(map(len, twins[twin].texts)) for twins in getattr(profile(code, "fr"), section))

    for code in PROFILES:
        assert size("tasks", 0, code) == pytest.approx(size("tasks", 1, code), rel=0.12), code
    overall = [sum(size(section, twin, code) for code in PROFILES for section in SECTIONS) for twin in (0, 1)]
    assert overall[0] == pytest.approx(overall[1], rel=0.03)


def test_the_title_follows_the_gender() -> None:
    pair = make_pair(0, criterion="gender", level="woman", occupation="electrician")
    man, woman = draw_pair(4, pair, language="fr")
    assert (man.document["basics"]["label"], woman.document["basics"]["label"]) == ("électricien", "électricienne")
    letters = [" ".join(each.document["x-application"]["letter"]["paragraphs"]) for each in (man, woman)]
    assert "d'électricienne" in letters[1]
    assert "d'électricien" in letters[0]
    assert "électricienne" not in letters[0]


def test_pairs_of_every_layout_pass_the_audit(tmp_path: Path) -> None:
    chosen = ("nurse", "mason", "truck_driver", "cook", "social_worker", "educator", "beautician", "electrician")
    pairs = [
        make_pair(
            number,
            occupation=code,
            postal_code="1000",
            control_template=SETS[number % 6],
            treated_template=SETS[(number + 2) % 6],
        )
        for number, code in enumerate(chosen)
    ]
    result = render_pairs(pairs, tmp_path, seed=9, language="fr", formats=("pdf",), workers=1)
    assert result.failures == 0, list(result.audit["faults"])
    # A CV each, and a letter where it is not the e-mail.
    assert 2 * len(pairs) < len(list(tmp_path.glob("P*/*/*.pdf"))) <= 4 * len(pairs)
