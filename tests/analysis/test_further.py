"""What results carry beside their groups: pooled committees, robustness, adjusted families, early looks, departures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from corrtest.analysis import Results, analyse, holm, pairs_table, pool_strata, results_summary
from corrtest.analysis.early_looks import monitor
from corrtest.errors import AnalysisError

REACTIONS = np.array(["invitation", "other_positive", "none", "automatic"])
STUDY = {
    "pairing": "paired",
    "tests_are": "pairs",
    "committees": [
        {"number": "124", "pairs": {"origin": 300, "age": 300}},
        {"number": "200", "pairs": {"origin": 300, "age": 300}},
        {"number": "111", "pairs": {"origin": 30}},
    ],
    "outcomes": {"strict": ["invitation"], "broad": ["invitation", "other_positive"]},
    "analysis": {
        "confidence_level": 0.9,
        "cluster": "employer",
        "multiplicity": "holm",
        "odd_reactions": "bounded",
        "monitoring": {"rule": "obrien_fleming", "looks": [0.5, 1.0], "alpha": 0.05},
    },
}


def draw(seed: int = 1, pairs: int = 1200, per_employer: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    template = rng.choice(["a", "b"], pairs)
    return pd.DataFrame(
        {
            "pair_id": range(pairs),
            "sector": "s",
            "joint_committee": rng.choice(["124", "200"], pairs),
            "criterion": rng.choice(["origin", "age"], pairs),
            "level": "x",
            "employer": [f"e{i // per_employer}" for i in range(pairs)],
            "control_reaction": REACTIONS[rng.choice(4, pairs, p=[0.2, 0.05, 0.7, 0.05])],
            "treated_reaction": REACTIONS[rng.choice(4, pairs, p=[0.13, 0.05, 0.77, 0.05])],
            "first_arm": rng.choice(["control", "treated"], pairs),
            "control_template": template,
            "treated_template": np.where(template == "a", "b", "a"),
            "sent_on": "2027-01-05",
        }
    )


def study(**options: object) -> dict[str, object]:
    return {**STUDY, "analysis": {**STUDY["analysis"], **options}}


def test_employers_by_size_by_hand() -> None:
    frame = draw(per_employer=1).head(12).assign(criterion="origin")
    frame["employer"] = list("aaaabbbccdef")
    group = analyse(pairs_table(frame)).groups[0]
    assert group.employer_sizes == {4: 1, 3: 1, 2: 1, 1: 3}
    assert group.largest_employer_pairs == 4


def test_strata_are_those_of_pool_strata() -> None:
    table = pairs_table(draw())
    results = analyse(table)
    assert len(results.strata) == 4
    for pooled in results.strata:
        key = pooled["pooled"]["key"]
        alone = pool_strata(table, criterion=key["criterion"], outcome=key["outcome"]).to_dict()
        assert pooled["strata"] == alone["strata"]
        assert pooled["pooled"]["ratio"] == alone["pooled"]["ratio"]
        assert {"ratio_raw", "ratio_shrunken"} <= set(pooled["strata"][0])
        for row in pooled["strata"]:
            (group,) = results.select(joint_committee=row["stratum"], level=None, **key_of(key))
            assert row["pvalue"] == group.tests[0].pvalue


def key_of(pooled: dict[str, str]) -> dict[str, str]:
    return {name: pooled[name] for name in ("criterion", "outcome")}


def test_families_are_those_of_the_study() -> None:
    results = analyse(pairs_table(draw()), study=STUDY)
    sector, committees = results.multiplicity["families"]
    assert results.multiplicity["outcome"] == "strict"
    assert len(sector["tests"]) == 2
    # The committee that got no pair stays in the family, and counts as p = 1.
    assert len(committees["tests"]) == 5
    assert committees["tests"][-1] == {
        "sector": "s",
        "joint_committee": "111",
        "criterion": "origin",
        "level": None,
        "pairs": 0,
        "test": None,
        "pvalue": None,
        "pvalue_adjusted": 1.0,
    }
    plain = [1.0 if test["pvalue"] is None else test["pvalue"] for test in committees["tests"]]
    assert [test["pvalue_adjusted"] for test in committees["tests"]] == pytest.approx(holm(plain).tolist())
    group = results.select(joint_committee=None, level=None, criterion="origin", outcome="strict")[0]
    assert sector["tests"][1]["pvalue"] == group.tests[0].pvalue
    unadjusted = analyse(pairs_table(draw()), study=study(multiplicity="none")).multiplicity["families"][0]["tests"]
    assert all(test["pvalue"] == test["pvalue_adjusted"] for test in unadjusted)


def test_robustness_rows() -> None:
    results = analyse(pairs_table(draw()), study=STUDY)
    rows = pd.DataFrame(results.robustness)
    assert list(rows.columns)[:8] == [
        "sector",
        "criterion",
        "outcome",
        "choice",
        "preregistered",
        "pairs",
        "employers",
        "counts",
    ]
    assert len(rows) == 4 * 7
    assert set(rows[rows["preregistered"]]["choice"]) == {
        "as coded",
        "best case for the treated",
        "worst case for the treated",
    }
    here = rows[(rows["criterion"] == "origin") & (rows["outcome"] == "strict")].set_index("choice")["ratio"]
    group = results.select(joint_committee=None, level=None, criterion="origin", outcome="strict")[0]
    assert here["as coded"] == group.estimate("discrimination_ratio").value
    assert here["worst case for the treated"] < here["as coded"] < here["best case for the treated"]
    assert abs(here["adjusted for order and template"] - here["as coded"]) < 0.05


def test_every_employer_weighing_the_same_by_hand() -> None:
    frame = draw().assign(criterion="origin")
    frame = frame[(frame["control_reaction"] != "automatic") & (frame["treated_reaction"] != "automatic")]
    rows = pd.DataFrame(analyse(pairs_table(frame)).robustness)
    row = rows[(rows["choice"] == "every employer weighs the same") & (rows["outcome"] == "strict")].iloc[0]
    positive = frame[["control_reaction", "treated_reaction"]].eq("invitation").groupby(frame["employer"]).mean().mean()
    assert row["ratio"] == pytest.approx(positive["treated_reaction"] / positive["control_reaction"])


def test_adjusting_for_an_order_that_matters_gives_the_ratio_at_even_order() -> None:
    """The first application is answered far more often, and the treated went first in four pairs of five."""
    rng = np.random.default_rng(7)
    n = 40_000
    first_treated = rng.random(n) < 0.8
    frame = draw(pairs=n, per_employer=1).assign(
        criterion="origin",
        first_arm=np.where(first_treated, "treated", "control"),
        control_reaction=np.where(rng.random(n) < np.where(first_treated, 0.2, 0.4), "invitation", "none"),
        treated_reaction=np.where(rng.random(n) < np.where(first_treated, 0.3, 0.1), "invitation", "none"),
    )
    rows = pd.DataFrame(analyse(pairs_table(frame)).robustness).set_index(["outcome", "choice"])["ratio"]
    assert rows["strict", "as coded"] > 1
    # With even order both arms gain 0.1 from going first: the difference is −0.1, from a control rate of 0.24.
    assert rows["strict", "adjusted for order and template"] == pytest.approx(0.14 / 0.24, abs=0.02)


def test_odd_reactions_left_out_change_the_main_result() -> None:
    frame = draw()
    results = analyse(pairs_table(frame), study=study(odd_reactions="left_out"))
    odd = frame[["control_reaction", "treated_reaction"]].eq("automatic").any(axis=1)
    whole = results.select(joint_committee=None, level=None, outcome="strict")
    assert sum(group.pairs for group in whole) == int((~odd).sum())
    assert any(f"{int(odd.sum())} pairs" in note for note in results.notes)
    assert {row["choice"] for row in results.robustness if row["preregistered"]} == {"odd pairs left out"}
    assert any(row["choice"] == "as coded" and row["pairs"] > whole[0].pairs for row in results.robustness)


def test_odd_reactions_that_stay_are_counted() -> None:
    frame = draw(pairs=200)
    frame["status"] = np.where(np.arange(200) < 7, "bounced", "ok")
    automatic = frame[["control_reaction", "treated_reaction"]].eq("automatic").any(axis=1)
    other = int((automatic & (frame["status"] == "ok")).sum())
    (note,) = analyse(pairs_table(frame)).notes
    assert note == f"Odd reactions, as coded: {7 + other} pairs, automatic answer {other}, bounced 7."
    assert "best and the worst case" in analyse(pairs_table(frame), odd_reactions="bounded").notes[0]


def test_pairs_with_an_incident_follow_the_rule_of_the_study() -> None:
    frame = draw(pairs=400)
    frame["status"] = np.where(np.arange(400) % 40 == 0, "incident", "ok")
    marked = frame["status"] == "incident"
    left = analyse(pairs_table(frame))
    assert sum(group.pairs for group in left.select(joint_committee=None, level=None, outcome="strict")) == 390
    assert "Left out for incidents: 10 pairs." in left.notes
    without = analyse(pairs_table(frame[~marked]))
    assert [group.counts for group in left.groups] == [group.counts for group in without.groups]
    flagged = analyse(pairs_table(frame), incidents="flag")
    assert "With an incident, and counted: 10 pairs." in flagged.notes
    counted_as_coded = analyse(pairs_table(frame.drop(columns="status")))
    assert [group.counts for group in flagged.groups] == [group.counts for group in counted_as_coded.groups]
    for results, choice, beside in (
        (left, "pairs with an incident counted", counted_as_coded),
        (flagged, "pairs with an incident left out", without),
    ):
        rows = [row for row in results.robustness if row["choice"] == choice]
        main = [row for row in beside.robustness if row["choice"] == "as coded"]
        assert [(row["criterion"], row["counts"], row["ratio"]) for row in rows] == [
            (row["criterion"], row["counts"], row["ratio"]) for row in main
        ]
        assert not any(row["preregistered"] for row in rows)
    departed = analyse(pairs_table(frame), study=study(incidents="exclude"), incidents="flag")
    assert any("incidents flag, not exclude" in note for note in departed.notes)
    with pytest.raises(AnalysisError, match="nothing is left"):
        analyse(pairs_table(frame[marked]))


def test_pairs_whose_second_letter_was_late_count_and_one_row_leaves_them_out() -> None:
    frame = draw(pairs=400)
    frame["status"] = np.where(np.arange(400) % 40 == 1, "second_late", "ok")
    results = analyse(pairs_table(frame), odd_reactions="left_out")
    with_them = analyse(pairs_table(frame.drop(columns="status")), odd_reactions="left_out")
    assert [group.counts for group in results.groups] == [group.counts for group in with_them.groups]
    without = analyse(pairs_table(frame[frame["status"] == "ok"]), odd_reactions="left_out")
    rows = [row for row in results.robustness if row["choice"] == "pairs whose second letter was late left out"]
    main = [row for row in without.robustness if row["choice"] == "odd pairs left out"]
    assert [(row["outcome"], row["counts"], row["lower"]) for row in rows] == [
        (row["outcome"], row["counts"], row["lower"]) for row in main
    ]


def test_what_the_study_says_is_the_default_and_a_departure_is_noted() -> None:
    results = analyse(pairs_table(draw()), study=STUDY)
    assert results.groups[0].estimates[0].confidence_level == 0.9
    assert not any("Departs" in note for note in results.notes)
    departed = analyse(pairs_table(draw()), study=STUDY, cluster="none")
    assert any("cluster none, not employer" in note for note in departed.notes)
    assert any("cluster none, not employer" in deviation for deviation in departed.study["deviations"])
    assert analyse(pairs_table(draw())).groups[0].estimates[0].confidence_level == 0.95
    vacancy = analyse(pairs_table(draw()), study=study(cluster="vacancy"))
    assert vacancy.groups[0].estimate("rate_difference").method == "tango"
    with pytest.raises(AnalysisError, match="Did you mean 'left_out'"):
        analyse(pairs_table(draw()), odd_reactions="leftout")
    weighted = analyse(pairs_table(draw(pairs=60).assign(weight=range(1, 61))), study=STUDY, weights="weight")
    assert any("What is published is not weighted" in said for said in weighted.study["deviations"])


def test_early_looks() -> None:
    frame = draw()
    half = frame.groupby("criterion").head(310)
    states = monitor(pairs_table(half), STUDY, [{"criterion": "origin", "wanted": 30, "planned": 0}])["states"]
    assert [state["number"] for state in states] == [1, 1]
    assert states[0]["fraction"] == pytest.approx(310 / 600)
    few = monitor(pairs_table(frame.groupby("criterion").head(100)), STUDY)["states"]
    assert all("No look yet" in state["note"] for state in few)
    with pytest.raises(AnalysisError, match="preregistered no early look"):
        monitor(pairs_table(frame), study(monitoring=None))
    evidence = monitor(pairs_table(frame), study(monitoring={"rule": "e_process", "looks": [], "alpha": 0.05}))
    strict = frame[["control_reaction", "treated_reaction"]].eq("invitation")
    discordant = strict["control_reaction"] != strict["treated_reaction"]
    assert evidence["states"][1]["discordant"] == int((discordant & (frame["criterion"] == "origin")).sum())
    assert analyse(pairs_table(frame), study=STUDY).monitoring["rule"] == "obrien_fleming"
    assert analyse(pairs_table(frame)).monitoring is None


def test_a_summary_says_what_could_have_been_shown() -> None:
    small = draw(pairs=60)
    for language, words in (("en", "finds a true ratio of 0.7"), ("nl", "een echte ratio van 0,7")):
        text = results_summary(analyse(pairs_table(small)), language)
        assert len(text.splitlines()) == 3
        assert text.count(words) == 2
        assert "no discrimination" not in text.lower()
        assert "geen discriminatie" not in text.lower()
    assert "read the interval with care" in results_summary(analyse(pairs_table(small)))
    with pytest.raises(AnalysisError, match="'xx'"):
        results_summary(analyse(pairs_table(small)), "xx")


def test_round_trip_of_everything() -> None:
    results = analyse(
        pairs_table(draw()), study=STUDY, bootstrap=200, randomisation="counterbalanced", all_methods=True
    )
    assert Results.from_json(results.to_json()) == results
    assert Results.from_json(results.to_json()).to_json() == results.to_json()
