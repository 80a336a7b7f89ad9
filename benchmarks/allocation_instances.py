"""Seeded labour markets for the allocation benchmark: one sector, social profit, the nation, ten times the nation.

The generator is the reference one (`../shared/tools/allocation_instances.py`) where that folder is present, else the
one below, which draws the same markets: the benchmark prints which was used, and asserts that they agree where both
are there.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, fields
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

WEEKS, CRITERIA, OCCUPATIONS, PROVINCES, WINDOW_WEEKS = 26, 3, 5, 6, 8
PROVINCE_SHARE = np.array([0.30, 0.16, 0.19, 0.11, 0.14, 0.10])
COMMITTEES = {"sector": 1, "social": 7, "national": 60, "national10": 600}


@dataclass(frozen=True, slots=True, kw_only=True)
class Market:
    """Vacancies, employers and the quota of every cell (committee × occupation × province × week)."""

    name: str
    vacancy_employer: np.ndarray
    vacancy_stratum: np.ndarray
    first_week: np.ndarray
    last_week: np.ndarray
    employer_cap: np.ndarray
    employer_window: np.ndarray
    quota: np.ndarray

    @property
    def wanted(self) -> int:
        return int(self.quota.sum())


def market(size: str, caps: str, seed: int = 1) -> tuple[Market, str]:
    """Give the market and the name of the generator that drew it."""
    reference = _reference()
    if reference is None:
        return draw(size, caps, seed), "own"
    theirs = _from_reference(reference, size, caps, seed)
    if size == "sector":
        own = draw(size, caps, seed)
        for item in fields(Market):
            assert np.array_equal(getattr(own, item.name), getattr(theirs, item.name)), item.name
    return theirs, "reference"


def _reference() -> ModuleType | None:
    path = Path(__file__).resolve().parents[2] / "shared" / "tools" / "allocation_instances.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("reference_instances", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _from_reference(module: Any, size: str, caps: str, seed: int) -> Market:
    given = module.make(size, caps, seed=seed)
    return Market(
        name=given.name,
        vacancy_employer=given.v_emp,
        vacancy_stratum=given.v_stratum,
        first_week=given.v_w0,
        last_week=given.v_w1,
        employer_cap=given.e_cap,
        employer_window=given.e_wcap,
        quota=given.quota.reshape(-1, WEEKS),
    )


def draw(size: str, caps: str, seed: int = 1) -> Market:
    """Draw a market: skewed committees, employers with a Pareto tail, vacancies open for some weeks."""
    rng = np.random.default_rng(seed)
    committees = COMMITTEES[size]
    pairs = committees * CRITERIA * 200
    n_vacancies, n_employers = round(pairs * 60000 / 36000), round(pairs * 25000 / 36000)
    share = (1 + np.arange(committees) % 60) ** -0.5 * rng.lognormal(0, 0.25, committees)
    share /= share.sum()
    weight = np.minimum((1 - rng.random(n_employers)) ** (-1 / 1.15), 3000)
    count = 1 + rng.multinomial(n_vacancies - n_employers, weight / weight.sum())
    employees = np.maximum(1, 4 * weight * rng.lognormal(0, 0.8, n_employers)).astype(np.int64)
    employer = np.repeat(np.arange(n_employers), count)
    main, second, third = (rng.choice(committees, n_employers, p=share) for _ in range(3))
    several = rng.random(n_employers) < np.clip(0.05 + 0.12 * np.log10(employees + 1), 0, 0.6)
    which = rng.random(n_vacancies)
    other = np.where(which < 0.9, second[employer], third[employer])
    committee = np.where(~several[employer] | (which < 0.65), main[employer], other)
    occupation_share = rng.dirichlet(np.full(OCCUPATIONS, 2.0), committees)
    drawn = rng.random(n_vacancies)
    occupation = (drawn[:, None] > np.cumsum(occupation_share, 1)[committee]).sum(1).clip(0, OCCUPATIONS - 1)
    home = rng.choice(PROVINCES, n_employers, p=PROVINCE_SHARE)
    stays = rng.random(n_vacancies) < 0.75
    province = np.where(stays, home[employer], rng.choice(PROVINCES, n_vacancies, p=PROVINCE_SHARE))
    first, last = _weeks(n_vacancies, rng)
    cap, window = _caps(caps, employees)
    stratum = (committee * OCCUPATIONS + occupation) * PROVINCES + province
    return Market(
        name=f"{size}/{caps}",
        vacancy_employer=employer,
        vacancy_stratum=stratum,
        first_week=first,
        last_week=last,
        employer_cap=cap,
        employer_window=window,
        quota=_quota(stratum, committees, rng),
    )


def _weeks(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Give the first and last week in which both applications fit."""
    horizon = WEEKS * 7
    length = np.clip(np.exp(rng.normal(np.log(28), 0.6, n)), 5, 90).astype(np.int64)
    opens = rng.integers(-21, horizon - 4, n)
    closes = opens + length
    opens = np.maximum(opens, 0)
    closes = np.minimum(np.maximum(np.minimum(closes, horizon - 1), opens + 3), horizon - 1)
    first = np.minimum(np.where(opens % 7 <= 3, opens // 7, opens // 7 + 1), WEEKS - 1)
    last = np.where(closes % 7 >= 1, closes // 7, closes // 7 - 1)
    return first, np.maximum(np.minimum(last, WEEKS - 1), first - 1)


def _caps(caps: str, employees: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if caps == "tight":
        return np.full(len(employees), 2), np.full(len(employees), 1)
    steps = [employees < 50, employees < 250, employees < 1000]
    return np.select(steps, [2, 4, 8], 20), np.select(steps, [1, 2, 3], 6)


def _quota(stratum: np.ndarray, committees: int, rng: np.random.Generator) -> np.ndarray:
    """Spread 600 pairs a committee over its cells by their vacancies and evenly over weeks, rounded systematically."""
    cells = OCCUPATIONS * PROVINCES
    supply = np.bincount(stratum, minlength=committees * cells).reshape(committees, cells) + 0.5
    target = supply / supply.sum(1, keepdims=True)
    quota = np.zeros((committees, cells * WEEKS), np.int64)
    for number in range(committees):
        edges = np.concatenate([[0.0], np.cumsum(np.repeat(target[number], WEEKS))])
        edges *= CRITERIA * 200 / edges[-1]
        quota[number] = np.diff(np.floor(edges + rng.random())).astype(np.int64)
    return quota.reshape(-1, WEEKS)
