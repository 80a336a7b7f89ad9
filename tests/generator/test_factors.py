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
    mixed = 0
    for members in blocks.values():
        if len(members) == 1:
            continue
        mixed += len({(pair.level, pair.occupation) for pair in members}) > 1
        assert sorted(pair.mirrored for pair in members) == [False, True]
        for pair in members:
            for arm, value in mirrored(seed, pair, "sheet", both).items():
                arms[arm].append(value)
    assert sorted(arms["control"]) == sorted(arms["treated"])
    # One pair of a study at most stands alone, and a stratum lends a pair to its neighbours only where it is odd.
    assert sum(len(members) == 1 for members in blocks.values()) == len(strata) % 2
    assert mixed <= sum(number % 2 for number in Counter(strata).values())


@given(arms=st.lists(st.sampled_from(["control", "treated"]), min_size=2, max_size=30), seed=st.integers(0, 2**64))
def test_in_an_unpaired_study_either_arm_gets_the_same_halves(arms: list[str], seed: int) -> None:
    rows = table([("turkish_name", "mason")] * len(arms))
    rows["first_arm"] = arms
    rows["control_template"] = ["plain_table" if arm == "control" else "" for arm in arms]
    rows["treated_template"] = ["top_banner" if arm == "treated" else "" for arm in arms]
    written: dict[str, list[int]] = {"control": [], "treated": []}
    for pair, arm in zip(plan_pairs(rows, seed), arms, strict=True):
        written[arm].append(mirrored(seed, pair, "sheet", both)[arm])
    shared = min(len(each) for each in written.values())
    assert written["control"][:shared] == written["treated"][:shared]


def test_the_order_of_the_plan_does_not_tell_which_pair_is_the_mirrored_one() -> None:
    pairs = list(plan_pairs(table([("turkish_name", "mason")] * 80), 5))
    assert 10 < sum(pair.mirrored for pair in pairs[::2]) < 30


def test_two_kinds_of_choice_are_drawn_apart() -> None:
    pairs = list(plan_pairs(table([("turkish_name", "mason")] * 40), 5))
    first = [mirrored(5, pair, "order", both)["control"] for pair in pairs]
    second = [mirrored(5, pair, "hobbies", both)["control"] for pair in pairs]
    assert sum(one == two for one, two in zip(first, second, strict=True)) < 4
