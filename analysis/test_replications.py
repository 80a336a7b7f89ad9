"""Every replication runs, gives the committed table again, and agrees with what it replicates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from replicate import replicate, study_module

STUDIES = {
    # The largest difference allowed where the source is an independent computation.
    "bertrand_mullainathan_2004": 1e-6,
    "neumark_2012": 5e-5,
    "callback_data_sets": 0,
    "urban_institute_audit": 5e-7,
    "oreopoulos_2011": None,
    "register_meta_analysis": 1e-6,
}


@pytest.mark.parametrize("study", sorted(STUDIES))
def test_replication(study: str, repository: Path, data: Path, tmp_path: Path) -> None:
    table = replicate(study, data, tmp_path)
    committed = repository / "analysis" / study / "results" / "comparison.csv"
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "comparison.csv"), pd.read_csv(committed), atol=1e-6)
    assert (repository / "analysis" / study / "plan.md").is_file()
    limit = STUDIES[study]
    if limit is not None:
        computed = table[table["published"].notna() & ~table["source"].str.contains("2018|as reported")]
        assert len(computed) >= 5
        reml = computed["quantity"].str.contains("REML")
        assert computed.loc[~reml, "difference"].abs().max() <= limit
        # REML: metafor stops a step before the maximum; its τ² is the same to the fourth decimal.
        between = computed[reml & computed["quantity"].str.endswith("tau2")]
        assert (between["difference"].abs() <= 1e-4).all()


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
