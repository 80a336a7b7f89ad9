from __future__ import annotations

import zlib

from corrtest.generator.detectability.arms import FEATURES, arms_told
from tests.generator.detectability.documents import made_up

COMMON = ("metselen van gevels", "plaatsen van ramen", "leggen van leidingen", "storten van beton")
WORDS, STRUCTURE, BOTH = FEATURES


def some(number: int) -> str:
    return COMMON[zlib.crc32(b"text %d" % number) % 4]


def test_arms_that_differ_in_one_word_are_told_apart_by_words_and_not_by_structure() -> None:
    documents = [
        made_up(number, f"{some(number)} {('stipt', 'zorgzaam')[number % 2]}", structure={"jobs": number % 3})
        for number in range(200)
    ]
    told = arms_told(documents, WORDS, 1, 4)
    assert told.auc == 1.0 and told.interval == (1.0, 1.0)
    assert len(told.if_alike) == 4 and max(told.if_alike) < 0.75
    assert arms_told(documents, STRUCTURE, 1, 0).auc < 0.6
    assert arms_told(documents, BOTH, 1, 0).auc > 0.95
    assert told == arms_told(documents, WORDS, 1, 4)


def test_arms_that_differ_in_length_are_told_apart_by_structure_and_not_by_words() -> None:
    documents = [
        made_up(number, some(number), structure={"letter words": 90 + number % 7 + 20 * (number % 2)})
        for number in range(200)
    ]
    assert arms_told(documents, STRUCTURE, 1, 0).auc > 0.95
    assert arms_told(documents, WORDS, 1, 0).auc < 0.6


def test_an_interval_holds_the_auc_and_one_half_where_arms_are_alike() -> None:
    documents = [
        made_up(number, f"{some(number)} woord{'abcde'[zlib.crc32(b'%d' % number) % 5]}") for number in range(400)
    ]
    told = arms_told(documents, WORDS, 1, 8)
    low, high = told.interval
    assert low <= told.auc <= high
    assert low < 0.5 < high
