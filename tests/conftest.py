"""What all rooms' tests share: where the shared data lie, and Hypothesis profiles."""

from __future__ import annotations

import os
from pathlib import Path

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
def shared() -> Path:
    """The folder of real data and oracles; the test skips with a reason where it is absent."""
    folder = Path(os.environ.get("CORRTEST_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("the real data are not here: put them in ../shared or set CORRTEST_SHARED")
    return folder
