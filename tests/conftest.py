"""What all rooms' tests share: the reference numbers, and Hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parents[1]

# Tests match English messages; those of another language ask for it.
os.environ["CORRTEST_LANGUAGE"] = "en"

settings.register_profile("corrtest", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("corrtest")


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of numbers that other programs and published experiments give; its README names their sources."""
    return REPOSITORY / "tests" / "reference"


@pytest.fixture(scope="session")
def developers_applications(reference: Path) -> pd.DataFrame:
    """One row an application: 310 vacancies for software developers in France, each with eight candidates."""
    counted = pd.read_csv(reference / "developers.csv", dtype={"pattern": str})
    patterns = np.repeat(counted["pattern"], counted["vacancies"])
    return pd.DataFrame(
        {
            "offer": np.repeat(np.arange(1, len(patterns) + 1), 8),
            "origin": np.tile(np.repeat(["F", "M", "S", "V"], 2), len(patterns)),
            "gender": np.tile(["Man", "Woman"], 4 * len(patterns)),
            "callback": [int(mark) for pattern in patterns for mark in pattern],
        }
    )


@pytest.fixture(scope="session")
def developers_file(developers_applications: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same applications as a file."""
    path = tmp_path_factory.mktemp("developers") / "developers.csv"
    developers_applications.to_csv(path, index=False)
    return path
