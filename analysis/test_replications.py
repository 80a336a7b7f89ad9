"""Every replication runs, gives the committed table again, and agrees with what it replicates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from replicate import LIMITS, assert_agrees, replicate, study_module


@pytest.mark.parametrize("study", sorted(LIMITS))
def test_replication(study: str, repository: Path, data: Path, tmp_path: Path) -> None:
    table = replicate(study, data, tmp_path)
    committed = repository / "analysis" / study / "results" / "comparison.csv"
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "comparison.csv"), pd.read_csv(committed), atol=1e-6)
    assert (repository / "analysis" / study / "plan.md").is_file()
    assert_agrees(study, table)


def test_where_r_stops_and_where_the_maximum_is(repository: Path, data: Path) -> None:
    values, rule = study_module("neumark_2012").explain(data)
    above = values.set_index("point")["above_R"]
    slope = values.set_index("point")["largest_slope"]
    assert above["corrtest"] > 4e-9
    assert slope["corrtest"] < 1e-6
    assert slope["R"] > 1e-4
    # Another optimiser, from R's own point, goes to ours.
    other = values.set_index("point").iloc[2]
    assert abs(other["black"] - values["black"][1]) < 1e-6
    # R's rule, differences of 0.001, gives R's figures to 5 decimals, coefficients and standard errors.
    assert len(rule) == 26
    assert rule["difference"].abs().max() < 5e-6
