"""Crossed signals: the interaction against pooled cells, GEE and a bootstrap over vacancies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.formula.api import gee
from statsmodels.genmod import families

from corrtest.analysis import Interaction, analyse, combined_interactions, interaction_sentence, pairs_table
from corrtest.pages import catalogue

STUDY = {
    "combinations": [
        {
            "first": {"criterion": "origin", "alone": "name_man", "beside": "name_woman"},
            "second": {"criterion": "gender", "alone": "woman", "beside": "woman_name"},
        }
    ],
    "analysis": {"multiplicity": "none"},
}
# Level → criterion, the cell of the control arm, that of the treated arm (first signal, second signal).
SIDES = {
    "name_man": ("origin", (0, 0), (1, 0)),
    "name_woman": ("origin", (0, 1), (1, 1)),
    "woman": ("gender", (0, 0), (0, 1)),
    "woman_name": ("gender", (1, 0), (1, 1)),
}
RATES = {(0, 0): 0.40, (1, 0): 0.25, (0, 1): 0.32, (1, 1): 0.12}


def drawn(pairs: int, seed: int) -> pd.DataFrame:
    """Return so many pairs a level; the two answers of a vacancy are alike through a common threshold."""
    rng = np.random.default_rng(seed)
    rows = []
    for level, (criterion, control, treated) in SIDES.items():
        common = rng.normal(size=pairs)
        arms = {}
        for arm, cell in (("control", control), ("treated", treated)):
            latent = np.sqrt(0.5) * common + np.sqrt(0.5) * rng.normal(size=pairs)
            arms[f"{arm}_reaction"] = np.where(latent < norm.ppf(RATES[cell]), "invitation", "none")
        rows.append(pd.DataFrame({"criterion": criterion, "level": level, **arms}))
    table = pd.concat(rows, ignore_index=True)
    names = [f"P{number}" for number in range(len(table))]
    return table.assign(pair_id=names, employer=names, sector="construction", joint_committee="124")


def found_in(table: pd.DataFrame) -> Interaction:
    results = analyse(pairs_table(table), study=STUDY)
    strict = next(each for each in combined_interactions(results.groups, results.study) if each.outcome == "strict")
    assert strict.interaction is not None
    return strict.interaction


def applications(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row an application: vacancy, positive, and which signals the candidate carries."""
    rows = []
    for arm, place in (("control", 1), ("treated", 2)):
        cells = [SIDES[level][place] for level in table["level"]]
        rows.append(
            pd.DataFrame(
                {
                    "vacancy": table["pair_id"],
                    "positive": (table[f"{arm}_reaction"] == "invitation").astype(int),
                    "first": [cell[0] for cell in cells],
                    "second": [cell[1] for cell in cells],
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def test_the_difference_is_that_of_the_pooled_cells():
    table = drawn(150, 1)
    rates = applications(table).groupby(["first", "second"])["positive"].mean()
    pooled = rates[1, 1] - rates[1, 0] - rates[0, 1] + rates[0, 0]
    assert found_in(table).difference == pytest.approx(pooled, abs=1e-12)
    assert found_in(table).vacancies == 600


@pytest.mark.filterwarnings("ignore:The .* link function does not respect the domain")
@pytest.mark.parametrize("seed", [2, 3])
def test_both_scales_are_near_those_of_gee_clustered_by_vacancy(seed):
    """GEE with an independence working correlation and a sandwich: another estimator of the same two quantities."""
    table = drawn(600, seed)
    rows = applications(table).sort_values("vacancy")
    found = found_in(table)
    for link, value, lower, upper in (
        (families.links.Identity(), found.difference, found.difference_lower, found.difference_upper),
        (families.links.Log(), np.log(found.ratio), np.log(found.ratio_lower), np.log(found.ratio_upper)),
    ):
        family = families.Binomial(link=link)
        start = [0.3, 0.0, 0.0, 0.0] if isinstance(link, families.links.Identity) else [-1.0, -0.3, -0.3, 0.0]
        fitted = gee("positive ~ first * second", "vacancy", rows, family=family).fit(start_params=np.array(start))
        error = fitted.bse["first:second"]
        assert value == pytest.approx(fitted.params["first:second"], abs=0.35 * error)
        assert (upper - lower) / (2 * 1.96) == pytest.approx(error, rel=0.06)


def test_the_interval_is_as_wide_as_a_bootstrap_over_vacancies():
    table = drawn(400, 4)
    rng = np.random.default_rng(5)
    by_level = dict(list(table.groupby("level")))
    draws = []
    for _ in range(1500):
        value = 0.0
        for level, weight in (("name_woman", 0.5), ("name_man", -0.5), ("woman_name", 0.5), ("woman", -0.5)):
            part = by_level[level]
            rows = rng.integers(len(part), size=len(part))
            positive = {
                arm: (part[f"{arm}_reaction"].to_numpy()[rows] == "invitation").mean() for arm in ("control", "treated")
            }
            value += weight * (positive["treated"] - positive["control"])
        draws.append(value)
    found = found_in(table)
    low, high = np.quantile(draws, [0.025, 0.975])
    assert found.difference_upper - found.difference_lower == pytest.approx(high - low, rel=0.06)


def test_a_level_without_figures_leaves_the_interaction_open():
    table = drawn(60, 6)
    results = analyse(pairs_table(table[table["level"] != "woman_name"]), study=STUDY)
    assert all(each.interaction is None for each in combined_interactions(results.groups, results.study))
    words = catalogue("en", "sentence")
    assert "cannot be shown" in interaction_sentence(None, words)
    silent = table.assign(treated_reaction=table["treated_reaction"].where(table["level"] != "woman_name", "none"))
    found = found_in(silent)
    assert found.ratio is None and found.difference < 0
    assert "it is not defined" in interaction_sentence(found, words)


def test_without_crossed_signals_there_is_no_interaction():
    results = analyse(pairs_table(drawn(40, 7)), study={"analysis": {"multiplicity": "none"}})
    assert combined_interactions(results.groups, results.study) == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ((-0.1, -0.2, -0.01, 0.7, 0.5, 0.9), ("cost more positive reactions", "more than their product")),
        ((0.1, 0.01, 0.2, 1.4, 1.1, 1.8), ("cost fewer positive reactions", "less than their product")),
        ((0.0, -0.1, 0.1, 1.0, 0.8, 1.3), ("is not settled", "settles nothing")),
    ],
)
def test_the_sentence_follows_the_intervals(limits, said):
    names = ("difference", "difference_lower", "difference_upper", "ratio", "ratio_lower", "ratio_upper")
    found = Interaction(**dict(zip(names, limits, strict=True)), vacancies=400, confidence_level=0.95)
    sentence = interaction_sentence(found, catalogue("en", "sentence"))
    assert all(part in sentence for part in said)
