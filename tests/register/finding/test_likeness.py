"""Names as they are heard and typed: accents, case and spaces do not count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.register.finding.likeness import likeness


@pytest.mark.parametrize(
    ("said", "known", "rank"),
    [
        ("ayse yilmaz", "Ayşe Yılmaz", 0),
        ("ELAMRANI YASSINE", "Yassine El Amrani", 2),
        ("Yassine Elamrani", "Yassine El Amrani", 0),
        ("El Amrani", "Yassine El Amrani", 1),
        ("yass", "Yassine El Amrani", 1),
        ("Yasin El Amrani", "Yassine El Amrani", 2),
        ("de smedt", "Pieter De Smet", 2),
        ("jasin amrani", "Yassine El Amrani", 2),
        ("Jan", "Wim Claeys", None),
        ("V000012", "V000013", None),
        ("", "Jan Claes", None),
        ("?!", "Jan Claes", None),
    ],
)
def test_how_well_a_name_fits(said: str, known: str, rank: int | None) -> None:
    assert likeness(said, [known]) == rank


@given(st.text(), st.lists(st.text(), max_size=3))
def test_anything_may_be_said(said: str, known: list[str]) -> None:
    assert likeness(said, known) in (None, 0, 1, 2)
