"""The committed replications agree with what they replicate; ``pytest analysis`` runs them again on the data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import replicate


@pytest.mark.parametrize("study", sorted(replicate.LIMITS))
def test_the_committed_comparison_agrees(study: str, repository: Path) -> None:
    folder = repository / "analysis" / study
    table = pd.read_csv(folder / "results" / "comparison.csv")
    assert (folder / "plan.md").is_file()
    replicate.assert_agrees(study, table)


def test_data_that_are_not_there_are_said_to_be_missing(tmp_path: Path) -> None:
    assert set(replicate.LIMITS) == set(replicate.STUDIES)
    ran = subprocess.run(
        [sys.executable, replicate.__file__, "neumark_2012", "--data", str(tmp_path / "nothing")],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "they are not part of the project" in ran.stderr
