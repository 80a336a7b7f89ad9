"""Results: the published schema, a JSON round trip without loss, sentences that claim no more than the data."""

from __future__ import annotations

import json
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corrtest.analysis import Results, agreement_plot, analyse, forest_plot, group_sentence, pairs_table, two_by_two
from corrtest.errors import AnalysisError, InputError
from corrtest.language import use

ESTIMATES = [
    "positive_rate_control",
    "positive_rate_treated",
    "rate_difference",
    "discrimination_ratio",
    "net_discrimination_rate",
    "odds_ratio",
]
counts = st.tuples(*[st.integers(0, 40)] * 4).filter(lambda cells: sum(cells) > 0)


def table(cells: tuple[int, int, int, int], employers: int | None = None) -> pd.DataFrame:
    both, control_only, treated_only, neither = cells
    control = [1] * (both + control_only) + [0] * (treated_only + neither)
    treated = [1] * both + [0] * control_only + [1] * treated_only + [0] * neither
    n = len(control)
    return pd.DataFrame(
        {
            "pair_id": [f"P{i}" for i in range(n)],
            "sector": "s",
            "joint_committee": "124",
            "criterion": "origin",
            "level": "x",
            "employer": [f"e{i % (employers or n)}" for i in range(n)],
            "control_positive": control,
            "treated_positive": treated,
        }
    )


@settings(max_examples=30)
@given(counts, st.one_of(st.none(), st.integers(1, 5)))
def test_json_round_trip_changes_no_byte(cells: tuple[int, int, int, int], employers: int | None) -> None:
    results = analyse(pairs_table(table(cells, employers)), all_methods=True)
    text = results.to_json()
    assert "NaN" not in text
    assert "Infinity" not in text
    again = Results.from_json(text)
    assert again == results
    assert again.to_json() == text


def test_schema() -> None:
    content = json.loads(analyse(pairs_table(table((5, 4, 3, 20)))).to_json())
    assert content["schema"] == "corrtest/results/1"
    assert content["direction"] == "treated/control"
    group = content["groups"][0]
    assert {"sector", "joint_committee", "criterion", "level", "outcome", "pairs", "employers"} <= set(group)
    assert group["counts"] == {"both": 5, "control_only": 4, "treated_only": 3, "neither": 20}
    assert [estimate["name"] for estimate in group["estimates"]] == ESTIMATES
    assert [estimate["method"] for estimate in group["estimates"]] == [
        "wilson_adjusted",
        "wilson_adjusted",
        "tango",
        "tang",
        "tango",
        "wilson",
    ]
    assert set(group["estimates"][0]) == {"name", "value", "lower", "upper", "confidence_level", "method", "note"}
    assert [test["name"] for test in group["tests"]] == ["mcnemar_midp", "mcnemar_exact"]


@given(counts)
@settings(max_examples=60)
def test_every_gap_has_its_reason(cells: tuple[int, int, int, int]) -> None:
    group = two_by_two(*cells)
    for estimate in group.estimates:
        if None in (estimate.value, estimate.lower, estimate.upper):
            assert estimate.note, estimate
        assert estimate.lower is None or estimate.lower != estimate.upper
    for test in group.tests:
        assert test.pvalue is not None or test.note


def test_denominators_are_said() -> None:
    group = two_by_two(239, 217, 66, 1030)
    positive, everyone = (
        group.estimate(name) for name in ("net_discrimination_rate", "net_discrimination_rate_all_pairs")
    )
    assert positive.value == pytest.approx(151 / 522)
    assert "pairs with at least one positive reaction (522)" in (positive.note or "")
    assert everyone.value == pytest.approx(151 / 1552)
    assert "all pairs (1552)" in (everyone.note or "")


def test_clusters_of_one_equal_no_clusters() -> None:
    frame = table((8, 9, 4, 40))
    clustered = analyse(pairs_table(frame)).groups[0]
    plain = analyse(pairs_table(frame), cluster="none").groups[0]
    assert clustered == plain


def test_several_pairs_an_employer_widen_what_is_published_and_their_spread_follows() -> None:
    frame = table((20, 30, 10, 140))
    # Neighbours in the table are alike, so that employers of four in a row differ from each other.
    frame["employer"] = [f"e{i // 4}" for i in range(len(frame))]
    group = analyse(pairs_table(frame)).groups[0]
    plain = analyse(pairs_table(frame), cluster="none").groups[0]
    every = analyse(pairs_table(frame), all_methods=True).groups[0]
    assert (group.employers, group.largest_employer_pairs, group.design_effect) == (50, 4, pytest.approx(1.6))
    assert [test.name for test in group.tests] == ["mcnemar_midp_widened"]
    for mine, theirs in zip(group.estimates, plain.estimates, strict=True):
        assert mine.method == f"{theirs.method}_widened"
        assert mine.value == theirs.value
        assert mine.lower < theirs.lower < theirs.upper < mine.upper
        robust = every.estimate(mine.name, "cluster_robust")
        assert every.estimate(mine.name).method == mine.method
        assert robust.lower < theirs.lower < theirs.upper < robust.upper
        assert "50 employers, at most 4 pairs each" in (robust.note or "")


def test_one_employer_gives_no_interval_from_its_spread() -> None:
    group = analyse(pairs_table(table((5, 6, 3, 20), employers=1)), all_methods=True).groups[0]
    for estimate in (each for each in group.estimates if each.method == "cluster_robust"):
        assert estimate.value is not None
        assert estimate.lower is None
        assert "one employer" in (estimate.note or "")


@given(counts, st.sampled_from(["en", "nl"]))
@settings(max_examples=60)
def test_no_sentence_claims_that_there_is_no_discrimination(cells: tuple[int, int, int, int], language: str) -> None:
    sentence = group_sentence(two_by_two(*cells), language).lower()
    assert not re.search(r"no discrimination|geen discriminatie|not discriminat|niet gediscrimineerd", sentence)
    assert str(sum(cells)) in sentence


def test_sentences() -> None:
    assert "explanation of this disadvantage" in group_sentence(two_by_two(40, 46, 14, 141))
    assert "een ratio van 0,63" in group_sentence(two_by_two(40, 46, 14, 141), "nl")
    assert "Not settled: the interval includes 1" in group_sentence(two_by_two(60, 18, 17, 105))
    assert "un ratio de 0,63" in group_sentence(two_by_two(40, 46, 14, 141), "fr")
    assert "In 1 pair the treated candidates got 1 positive reaction (" in group_sentence(two_by_two(1, 0, 0, 0))
    assert "In 1 paar kregen de testkandidaten 1 positieve reactie (" in group_sentence(two_by_two(1, 0, 0, 0), "nl")
    with pytest.raises(AnalysisError, match="'xx'"):
        group_sentence(two_by_two(1, 1, 1, 1), "xx")


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "other"}', '{"schema": "corrtest/results/1", "groups": [{}]}'])
def test_a_file_that_is_no_results_file(text: str) -> None:
    with pytest.raises(InputError, match=r"Make it again|no results file"):
        Results.from_json(text)


def test_frames_html_and_plots() -> None:
    results = analyse(pairs_table(table((8, 9, 4, 40))))
    assert len(results.to_frame()) == 6 * len(results.groups)
    assert len(results.tests_frame()) == 2 * len(results.groups)
    assert "discrimination_ratio" in results._repr_html_()
    assert "61 pairs" in results.groups[0]._repr_html_()
    axes = forest_plot(results)
    assert len(axes.get_yticks()) == len(results.groups)
    assert len(agreement_plot(results.groups[0]).patches) == 4


def test_impossible_table() -> None:
    with pytest.raises(AnalysisError, match="CONTROL_ONLY"):
        two_by_two(1, -1, 0, 0)
    with pytest.raises(AnalysisError, match="without a single pair"):
        two_by_two(0, 0, 0, 0)


def test_plots_speak_the_users_language_and_name_what_has_a_name() -> None:
    results = analyse(pairs_table(table((8, 9, 4, 40)).assign(level="maghrebi_name")))
    with use("nl"):
        axes = forest_plot(results)
        names = [label.get_text() for label in axes.get_yticklabels()]
        assert any("Maghrebijnse naam" in name for name in names)
        assert any("PC 124" in name for name in names)
        assert not any("maghrebi_name" in name for name in names)
        assert axes.get_xlabel() == "discriminatieratio (test ÷ controle)"
        kinds = agreement_plot(results.groups[0]).get_legend_handles_labels()[1]
        assert kinds[1].startswith("alleen controlekandidaat (")
