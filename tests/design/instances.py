"""Small studies and vacancy tables for tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from corrtest.resources import designs_folder
from corrtest.spec import Caps, Committee, Criterion, Level, Occupation, Partner, Period, Study, Window, read_study

CRITERIA = (
    Criterion(name="origin", levels=(Level(name="maghrebi_name", share=0.5), Level(name="turkish_name", share=0.5))),
    Criterion(name="age", levels=(Level(name="age_50", share=1.0),)),
    Criterion(
        name="disability",
        levels=(Level(name="deaf", share=0.2), Level(name="blind", share=0.3), Level(name="physical", share=0.5)),
    ),
)
PROVINCES = ("Antwerpen", "Brussel", "Limburg", "Oost-Vlaanderen", "Vlaams-Brabant", "West-Vlaanderen")


def make_study(
    quota: dict[str, dict[str, int]],
    *,
    name: str = "study",
    seed: int = 1,
    start: date = date(2027, 1, 11),
    end: date = date(2027, 7, 9),
    caps: Caps | None = None,
    occupations: tuple[Occupation, ...] = (),
    pairing: str = "paired",
    partners: tuple[Partner, ...] = (),
    **fieldwork: Any,
) -> Study:
    base = read_study(designs_folder() / "construction.toml")
    fieldwork.setdefault("lag_days_most", fieldwork.get("lag_days", 1))
    return replace(
        base,
        name=name,
        sector="sector",
        seed=seed,
        period=Period(start=start, end=end),
        committees=tuple(Committee(number=n, pairs=MappingProxyType(dict(pairs))) for n, pairs in quota.items()),
        criteria=CRITERIA,
        occupations=occupations,
        pairing=pairing,
        partners=partners,
        caps=caps or Caps(total=2, window=Window(pairs=1, weeks=8)),
        fieldwork=replace(base.fieldwork, **{"templates": ("one", "two"), **fieldwork}),
        source=f"# {name}",
    )


def make_vacancies(
    study: Study, count: int, employers: int, seed: int = 1, *, prefix: str = "V", sizes: bool = False
) -> pd.DataFrame:
    """Draw vacancies whose employers have a heavy tail, some of them in several committees."""
    rng = np.random.default_rng(seed)
    weight = 1 / (1 + np.arange(employers))
    employer = rng.choice(employers, count, p=weight / weight.sum())
    opens = rng.integers(-20, study.period.days + 5, count)
    length = rng.integers(0, 45, count)
    base = study.period.start
    employees = rng.integers(1, 400, employers)
    table = pd.DataFrame(
        {
            "vacancy_id": [f"{prefix}{n:05d}" for n in range(count)],
            "employer_id": [f"E{n:04d}" for n in employer],
            "joint_committee": rng.choice([c.number for c in study.committees], count),
            "occupation": rng.choice(["mason", "roofer", "painter"], count),
            "postal_code": "1000",
            "opens": pd.to_datetime([base + timedelta(days=int(n)) for n in opens]),
            "closes": pd.to_datetime([base + timedelta(days=int(n)) for n in opens + length]),
            "channel": rng.choice(["email", "portal"], count),
            "address": [f"jobs{n}@example.com" for n in range(count)],
            "province": rng.choice(PROVINCES, count),
        }
    )
    if sizes:
        table["employees"] = [str(employees[n]) if n % 7 else "" for n in employer]
    return table
