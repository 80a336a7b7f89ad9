"""One simulated sector, analysed once for all tests of the gate."""

from __future__ import annotations

import pytest

from corrtest.analysis import Results
from tests.disclosure.sectors import SOCIAL_PROFIT, sector_results


@pytest.fixture(scope="session")
def construction() -> Results:
    return sector_results(1)


@pytest.fixture(scope="session")
def social_profit() -> Results:
    return sector_results(1, sector="social_profit", committees=SOCIAL_PROFIT)
