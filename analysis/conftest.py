"""Tests on data that are not part of the project: run them with ``pytest analysis`` where the data are at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def data(repository: Path) -> Path:
    """The folder of published data."""
    folder = Path(os.environ.get("CORRTEST_SHARED", repository.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the published data are not here: put them in ../shared/data or set CORRTEST_SHARED")
    return folder
