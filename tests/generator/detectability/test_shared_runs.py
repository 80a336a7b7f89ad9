from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.generator.detectability.shared_runs import RUN, marked, runs_of, shared_runs

_words = st.lists(st.sampled_from("abcdefgh"), max_size=24).map(" ".join)
_texts = st.lists(st.lists(_words, max_size=3).map("\n".join), max_size=8)


def slowly(text: str) -> set[tuple[str, ...]]:
    """The runs of a text, line by line, by another road."""
    lines = [tuple(line.split()) for line in text.split("\n")]
    return {line[at : at + RUN] for line in lines for at in range(len(line)) if at + RUN <= len(line)}


@given(_texts, st.integers(1, 6))
def test_all_pairs_that_share_runs_are_found_with_their_number_and_resemblance(texts: list[str], least: int) -> None:
    found = shared_runs(texts, least)
    expected = {}
    for one, text in enumerate(texts):
        for other in range(one + 1, len(texts)):
            both = slowly(text) & slowly(texts[other])
            if len(both) >= least:
                expected[one, other] = (len(both), len(both) / len(slowly(text) | slowly(texts[other])))
    rows = zip(found.one.tolist(), found.other.tolist(), found.shared.tolist(), found.resemblance.tolist(), strict=True)
    assert {(one, other): (shared, pytest.approx(share)) for one, other, shared, share in rows} == expected
    closest = found.closest(3)
    assert [each[2] for each in closest] == sorted((shared for shared, _ in expected.values()), reverse=True)[:3]


@given(_texts)
def test_a_marked_text_is_the_text_and_only_what_is_shared_is_marked(texts: list[str]) -> None:
    for text in texts:
        pieces = marked(text, runs_of(text))
        assert "".join(piece for piece, _ in pieces) == text
        assert any(is_marked for _, is_marked in pieces) == bool(slowly(text))
        assert not any(is_marked for _, is_marked in marked(text, set()))


def test_punctuation_capitals_and_numbers_do_not_hide_a_run() -> None:
    one, other = "Ik werk, al 6 jaar, als lasser.", "al jaren ik WERK al jaar als"
    assert runs_of(one) & runs_of(other) == {"ik werk al jaar als"}
    assert runs_of("lezen van plannen | leggen van een vloer; zagen · snijden") == set()
    assert marked(one, runs_of(other)) == [("Ik werk, al 6 jaar, als", True), (" lasser.", False)]
