"""The words that occupations lend to letters: enough of each kind, in the form that lines expect."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from corrtest.generator import draw_pair
from corrtest.generator.detectability.shared_runs import runs_of
from corrtest.generator.letter_grammar import letter_grammar
from corrtest.generator.pool_files import SHIPPED_POOLS
from corrtest.generator.pools import profile
from corrtest.generator.twins import LEAST_SHORT, short_tasks
from corrtest.spec import SHIPPED
from tests.generator.pairs import make_pair

LANGUAGES = ("en", "fr")
CODES = sorted(SHIPPED.occupations)
# Phrases of a kind at least, and their texts.
LEAST = {"task": (10, 20), "tool": (5, 6), "place": (4, 6), "reason": (4, 7), "strength": (5, 12)}
SENTENCE = re.compile(r"(?<=[.!?])\s+")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_occupation_has_words_of_every_kind(language: str) -> None:
    for code in CODES:
        words = profile(code, language).letter
        for kind, (phrases, texts) in LEAST.items():
            found = [text for phrase in words[kind] for text in phrase.texts]
            assert len(words[kind]) >= phrases, (code, kind)
            assert len(found) >= texts, (code, kind)
            assert len(set(found)) == len(found), (code, kind)
            assert not [text for text in found if text != text.strip() or "  " in text], (code, kind)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_has_the_form_that_the_lines_expect(language: str) -> None:
    for code in CODES:
        words = profile(code, language).letter
        for kind, phrases in words.items():
            for text in (text for phrase in phrases for text in phrase.texts):
                assert not text.endswith((".", "!", ",")), (code, text)
                if language == "en" and kind == "task":
                    assert any(word.endswith("ing") for word in text.split()[:3]), (code, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_grammars_say_the_same_things(language: str) -> None:
    dutch, other = letter_grammar("nl", SHIPPED_POOLS), letter_grammar(language, SHIPPED_POOLS)
    assert set(other.moves) == set(dutch.moves)
    assert len(other.structures) >= 40
    for move, families in other.moves.items():
        assert len(families["any"]) >= 0.6 * len(dutch.moves[move]["any"]), move


@pytest.mark.parametrize("language", ("nl", *LANGUAGES))
def test_no_sentence_stands_in_many_letters(language: str) -> None:
    place = {"postal_code": "1000"} if language == "fr" else {}
    counts: Counter[str] = Counter()
    letters = []
    for number in range(150):
        pair = make_pair(
            0,
            pair_id=f"N{number}",
            occupation=CODES[number % 2],
            employer_id=f"V{number}",
            level="turkish_name",
            **place,
        )
        for person in draw_pair(3, pair, language=language):
            paragraphs = person.document["x-application"]["letter"]["paragraphs"]
            letters.append({sentence for text in paragraphs for sentence in SENTENCE.split(text)})
    counts.update(sentence for letter in letters for sentence in letter)
    # 2 % in a thousand; a few letters more in three hundred, by chance.
    assert max(counts.values()) <= 0.04 * len(letters), counts.most_common(3)
    assert all(any(counts[sentence] == 1 for sentence in letter) for letter in letters)


@pytest.mark.parametrize("language", LANGUAGES)
def test_cvs_list_tasks_and_skills_in_fewer_words_than_two_people_could_be_linked_by(language: str) -> None:
    for code in CODES:
        subject = profile(code, language)
        assert len(short_tasks(subject)) >= LEAST_SHORT, code
        for text in (text for twins in subject.skills for phrase in twins for text in phrase.texts):
            assert len(runs_of(text)) == 0, (code, text)
        assert all({*one.texts}.isdisjoint(other.texts) for one, other in subject.skills), code
