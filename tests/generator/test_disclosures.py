"""Disclosures and the neutral sentences that stand in their place in the control arm."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from corrtest.errors import GeneratorError
from corrtest.generator.disclosures import CHARACTERS_APART, WORDS_APART, draw_disclosures, neutral_twins
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.signals import signal
from corrtest.generator.wording import Draws
from corrtest.spec import SHIPPED


def told() -> Iterator[tuple[str, str, str]]:
    """Yield (criterion, level, language) of every shipped signal that is told in sentences."""
    for criterion, known in SHIPPED.criteria.items():
        for level, each in known.levels.items():
            for language, texts in each.texts.items():
                if texts.cv or texts.letter:
                    yield criterion, level, language


def test_every_disclosure_has_variants_and_neutral_twins_as_long() -> None:
    levels = list(told())
    assert len(levels) >= 24
    for criterion, level, language in levels:
        texts = SHIPPED.criteria[criterion].levels[level].texts[language]
        for part in ("cv", "letter"):
            for sentence, own in zip(getattr(texts, part), getattr(texts, f"control_{part}"), strict=True):
                assert len(sentence) >= 25, (level, language, part)
                for text in sentence:
                    twins = neutral_twins(text, part, language, own=own)
                    assert twins, text
                    assert all(abs(len(each.split()) - len(text.split())) <= WORDS_APART for each in twins), text
                    assert all(abs(len(each) - len(text)) <= CHARACTERS_APART for each in twins), text


def test_the_control_arm_says_as_much_and_nothing_of_the_signal() -> None:
    found = signal("disability", "deaf_support_premium")
    signs = {text for sentence in (*found.cv, *found.letter) for text in sentence}
    words = []
    for number in range(200):
        said = draw_disclosures(Draws(number, "test"), found, "nl", SHIPPED_POOLS, frozenset())
        assert set(said["treated"].texts) <= signs
        assert not set(said["control"].texts) & signs
        assert len(set(said["control"].texts)) == len(said["control"].texts) == 4
        for part in ("cv", "letter"):
            one, two = (getattr(said[arm], part) for arm in ("control", "treated"))
            assert abs(len(one) - len(two)) <= 2 * CHARACTERS_APART
            words.append(len(two.split()) - len(one.split()))
    assert abs(sum(words) / len(words)) < 0.25


def test_an_employer_sees_no_disclosure_twice_while_there_are_others() -> None:
    found, used = signal("disability", "autism"), set[str]()
    for number in range(8):
        said = draw_disclosures(Draws(number, "test"), found, "nl", SHIPPED_POOLS, used)
        for arm in said.values():
            assert not used & set(arm.texts)
            used |= set(arm.texts)


def test_a_signal_without_sentences_discloses_nothing() -> None:
    said = draw_disclosures(Draws(1, "test"), signal("origin", "turkish_name"), "nl", SHIPPED_POOLS, frozenset())
    assert {(each.cv, each.letter, each.texts) for each in said.values()} == {("", "", ())}


def test_a_study_whose_pool_has_no_neutral_sentence_is_told_so() -> None:
    text = """
words = [60, 220]
letters = ["opening"]
mails = ["opening"]
[moves]
opening = { any = ["Dag."] }
greeting = { any = ["Dag"] }
signoff = { any = ["Groeten"] }
subject = { any = ["Job"] }
profile = { any = ["Stipt."] }
pitch = { any = ["Rustig."] }
"""
    pools = Pools(own=(("instead/letters.nl.toml", text),))
    with pytest.raises(GeneratorError, match="no neutral twin"):
        draw_disclosures(Draws(1, "test"), signal("disability", "deaf"), "nl", pools, frozenset())
