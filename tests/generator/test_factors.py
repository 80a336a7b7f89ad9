from __future__ import annotations

from collections import Counter
from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from corrtest.generator import Pair, plan_pairs
from corrtest.generator.factors import mirrored
from corrtest.generator.wording import Draws


def table(strata: list[tuple[str, str]]) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for number, (level, occupation) in enumerate(strata):
        row = {"pair_id": f"P{number:05d}", "joint_committee": "124", "criterion": "origin", "level": level}
        row |= {"occupation": occupation, "postal_code": "9000", "employer_id": f"E{number}", "first_arm": "control"}
        row |= {"control_template": "plain_table", "treated_template": "top_banner"}
        rows.append(row | {"send_first_on": "2027-02-01", "send_second_on": "2027-02-02"})
    return pd.DataFrame(rows)


def both(draws: Draws) -> tuple[int, int]:
    return draws.index(1000), draws.index(1000)


STRATA = st.tuples(st.sampled_from(["turkish_name", "maghrebi_name"]), st.sampled_from(["mason", "painter"]))


@given(strata=st.lists(STRATA, min_size=1, max_size=30), seed=st.integers(0, 2**64))
def test_what_one_arm_has_in_a_block_the_other_has_in_its_mirror(strata: list[tuple[str, str]], seed: int) -> None:
    pairs = list(plan_pairs(table(strata), seed))
    blocks: dict[str, list[Pair]] = {}
    for pair in pairs:
        blocks.setdefault(pair.block, []).append(pair)
    arms: dict[str, list[int]] = {"control": [], "treated": []}
    alone = Counter[tuple[str, str]]()
    for members in blocks.values():
        assert len({(pair.level, pair.occupation) for pair in members}) == 1
        if len(members) == 1:
            alone[(members[0].level, members[0].occupation)] += 1
            continue
        assert [pair.mirrored for pair in members] == [False, True]
        for pair in members:
            for arm, value in mirrored(seed, pair, "sheet", both).items():
                arms[arm].append(value)
    assert sorted(arms["control"]) == sorted(arms["treated"])
    # At most the first and the last pair of a stratum stand alone.
    assert all(count <= 2 for count in alone.values())


def test_two_kinds_of_choice_are_drawn_apart() -> None:
    pairs = list(plan_pairs(table([("turkish_name", "mason")] * 40), 5))
    first = [mirrored(5, pair, "order", both)["control"] for pair in pairs]
    second = [mirrored(5, pair, "hobbies", both)["control"] for pair in pairs]
    assert sum(one == two for one, two in zip(first, second, strict=True)) < 4
