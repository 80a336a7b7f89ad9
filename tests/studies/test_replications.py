"""The committed replications agree with what they replicate; ``pytest analysis`` runs them again on the data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import replicate

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
def test_the_committed_comparison_agrees(study: str, repository: Path) -> None:
    folder = repository / "analysis" / study
    table = pd.read_csv(folder / "results" / "comparison.csv")
    assert (folder / "plan.md").is_file()
    limit = STUDIES[study]
    if limit is not None:
        computed = table[table["published"].notna() & ~table["source"].str.contains("2018|as reported")]
        assert len(computed) >= 5
        reml = computed["quantity"].str.contains("REML")
        assert computed.loc[~reml, "difference"].abs().max() <= limit
        # REML: metafor stops a step before the maximum; its τ² is the same to the fourth decimal.
        between = computed[reml & computed["quantity"].str.endswith("tau2")]
        assert (between["difference"].abs() <= 1e-4).all()


def test_data_that_are_not_there_are_said_to_be_missing(tmp_path: Path) -> None:
    assert set(STUDIES) == set(replicate.STUDIES)
    ran = subprocess.run(
        [sys.executable, replicate.__file__, "neumark_2012", "--data", str(tmp_path / "nothing")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "they are not part of the project" in ran.stderr
