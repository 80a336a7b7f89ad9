from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.design import amend_plan, make_plan, substream
from corrtest.design.continuing import deal_order_after, deal_templates_after
from corrtest.design.counterbalance import deal_levels
from tests.design.checker import broken_rules
from tests.design.instances import make_study, make_vacancies

COLUMNS = ["level", "control_template", "treated_template", "first_arm"]


def leads(table: pd.DataFrame) -> dict[str, int]:
    """Return level → by how many pairs one arm goes first more often than the other."""
    return {
        str(level): abs(2 * int((group["first_arm"] == "control").sum()) - len(group))
        for level, group in table.groupby("level")
    }


@given(
    st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=7), min_size=1, max_size=12),
    st.sampled_from([2, 3, 4]),
    st.integers(0, 10**6),
)
@settings(max_examples=60)
def test_however_small_the_waves_no_arm_leads_by_more_than_one(waves, size, seed):
    names = [f"set_{number}" for number in range(size)]
    table = pd.DataFrame(columns=COLUMNS, dtype=str)
    rng = substream(seed, "waves")
    for wave in waves:
        levels = sorted(wave)
        first = deal_order_after(levels, table, rng)
        control, treated = deal_templates_after(names, first, table, rng)
        new = pd.DataFrame(dict(zip(COLUMNS, (levels, control, treated, first), strict=True)))
        table = pd.concat([table, new], ignore_index=True)
        assert max(leads(table).values()) <= 1
        assert (table["control_template"] != table["treated_template"]).all()
        on_control, on_treated = Counter(table["control_template"]), Counter(table["treated_template"])
        assert max(abs(on_control[name] - on_treated[name]) for name in names) <= 1


def test_before_anything_is_drawn_either_arm_has_a_chance_of_one_half():
    times: Counter[int] = Counter()
    draws = 200
    for seed in range(draws):
        table = pd.DataFrame(columns=COLUMNS, dtype=str)
        rng = substream(seed, "chance")
        for wave in (["a"], ["a", "b"], ["a", "a", "b"]):
            first = deal_order_after(wave, table, rng)
            new = pd.DataFrame({"level": wave, "first_arm": first, "control_template": "x", "treated_template": "y"})
            table = pd.concat([table, new], ignore_index=True)
        times.update(place for place, arm in enumerate(table["first_arm"]) if arm == "control")
    # Four standard deviations of a fair coin.
    assert all(abs(times[place] - draws / 2) < 4 * (draws / 4) ** 0.5 for place in range(6))


@given(st.lists(st.integers(1, 9), min_size=1, max_size=30), st.integers(0, 10**6))
@settings(max_examples=60)
def test_levels_keep_their_shares_over_waves(waves, seed):
    shares, have = [0.5, 0.25, 0.25], [0, 0, 0]
    for number, total in enumerate(waves):
        dealt = deal_levels(shares, total, substream(seed, "levels", str(number)), have)
        have = [have[place] + int((dealt == place).sum()) for place in range(3)]
        assert all(abs(count - share * sum(have)) < 2 for count, share in zip(have, shares, strict=True))


def test_a_plan_that_grows_every_week_is_balanced_as_a_whole():
    study = make_study({"124": {"origin": 30, "disability": 20}}, start=date(2027, 1, 11), end=date(2027, 4, 9))
    everything = make_vacancies(study, 500, 4000, 3)
    opens = everything["opens"]
    weeks = [study.period.start + timedelta(weeks=number) for number in range(6)]
    known = everything[opens < pd.Timestamp(weeks[0]) + pd.Timedelta(days=7)]
    plan = make_plan(study, known, allow_shortfall=True)
    for week in weeks[1:]:
        known = everything[opens < pd.Timestamp(week)]
        plan = amend_plan(plan, known, since=week, reason="weekly")
    assert broken_rules(study, everything, plan.pairs) == []
    assert len(plan.pairs) == 50
    for _, stratum in plan.pairs.groupby("criterion"):
        assert max(leads(stratum).values()) <= 2
        on_arm = [Counter(stratum[f"{arm}_template"]) for arm in ("control", "treated")]
        assert max(abs(on_arm[0][name] - on_arm[1][name]) for name in on_arm[0] | on_arm[1]) <= 1
    shares = plan.pairs.groupby("criterion")["level"].value_counts()
    assert shares["disability"].to_dict() == {"physical": 10, "blind": 6, "deaf": 4}
