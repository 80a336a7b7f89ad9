from __future__ import annotations

import math

from corrtest.generator.detectability.likeness import twin_likeness
from tests.generator.detectability.documents import made_up


def test_copies_stand_out_strangers_do_not_and_opposites_stand_out_as_well() -> None:
    letters = "abcdefghijklmnopqrst"
    copies = [made_up(number, f"wij zijn {letters[number // 2]}") for number in range(40)]
    assert twin_likeness(copies, 3) == 1.0
    same = [made_up(number, "wij zijn allen gelijk") for number in range(40)]
    assert twin_likeness(same, 3) == 0.5
    # A control that shares a word with every treated one but its own.
    opposite = [
        made_up(number, letters.replace(letters[number // 2], "") if number % 2 == 0 else letters[number // 2])
        for number in range(40)
    ]
    apart = [made_up(n, " ".join(each.text), pair_id=each.pair_id) for n, each in enumerate(opposite)]
    assert twin_likeness(apart, 3) == 0.0


def test_one_employer_has_no_strangers() -> None:
    assert math.isnan(twin_likeness([made_up(number, "x", employer_id="E") for number in range(4)], 3))
