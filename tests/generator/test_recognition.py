from __future__ import annotations

from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.generator import SHIPPED_POOLS, Pools, document_refusals, recognition
from corrtest.generator.recognition import chance_of_repeat, entries_needed
from corrtest.spec import Study, read_study_text


def by_counting(entries: int, groups: int, each: int) -> float:
    hands = list(combinations(range(entries), each))
    deals = list(product(hands, repeat=groups))
    return sum(len({card for hand in deal for card in hand}) < groups * each for deal in deals) / len(deals)


@pytest.mark.parametrize(("entries", "groups", "each"), [(5, 2, 1), (5, 2, 2), (6, 3, 1), (5, 3, 2), (4, 2, 2)])
def test_the_chance_is_that_of_all_deals_counted(entries: int, groups: int, each: int) -> None:
    assert chance_of_repeat(entries, groups, each) == pytest.approx(by_counting(entries, groups, each))


@given(st.integers(2, 12), st.integers(1, 6), st.floats(0.01, 0.5))
def test_what_is_needed_is_the_least_that_does(groups: int, each: int, chance: float) -> None:
    needed = entries_needed(groups, each, chance)
    assert chance_of_repeat(needed, groups, each) <= chance
    assert needed == groups * each or chance_of_repeat(needed - 1, groups, each) > chance


def study(repository: Path, employers: str) -> Study:
    text = (repository / "designs" / "construction.toml").read_text(encoding="utf-8")
    return read_study_text(f'{text}\n[documents]\nemployers = "{employers}"\n', "study.toml")


def test_coined_firms_need_a_pool_of_the_studys_own(repository: Path) -> None:
    plain, coined = study(repository, "unnamed"), study(repository, "coined")
    assert {row.pool for row in recognition(plain)} == {"full names", "family names"}
    assert not document_refusals(plain)
    [fault] = document_refusals(coined)
    assert fault.key == "documents.employers"
    needed = {row.pool: row.needed for row in recognition(coined)}["coined firms"]
    letters = "abcdefghij"
    names = ["Firm" + "".join(letters[int(digit)] for digit in str(number)) for number in range(needed)]
    rows = "".join(f"{name},{kind},own\n" for name in names for kind in ("firm", "home"))
    wide = Pools(own=(("firm_names.csv", "name,kind,source\n" + rows),))
    assert not document_refusals(coined, wide)
    assert (
        SHIPPED_POOLS.rows("firm_names.csv") == wide.rows("firm_names.csv")[: len(SHIPPED_POOLS.rows("firm_names.csv"))]
    )
