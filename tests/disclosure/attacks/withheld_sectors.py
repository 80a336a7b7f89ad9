"""An attack on sectors that keep their results to themselves, written apart from what protects them.

The attacker has every page that left, for the government and for the public, on every date; the own report of each
sector that does not withhold; and knows how many pairs each sector has and which sectors were measured on each date.
As an insider he is one of the sectors that withhold. A pair is one of nine kinds (each application: nothing, another
positive reaction, an invitation); linear programmes bound each count of each sector over every table that agrees.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

import numpy as np
from scipy.optimize import linprog

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import (
    ReleaseSet,
    default_policy,
    release,
    releases_from_json,
    releases_to_json,
    side_by_side,
)
from tests.disclosure.sectors import sector_pairs, study_description

KINDS = tuple(product((0, 1, 2), repeat=2))
CELLS = {"both": (1, 1), "control_only": (1, 0), "treated_only": (0, 1)}
LEAST = {"strict": 2, "broad": 1}


@dataclass(frozen=True)
class Page:
    """What left on a date, for one reader: the figures as the JSON file has them, and who was measured by then."""

    figures: Mapping[str, Any]
    measured: tuple[str, ...]


@dataclass(frozen=True)
class Bound:
    """What an attacker knows of one count: its least and most, and the pairs of the sector."""

    sector: str
    outcome: str
    cell: str
    least: float
    most: float
    pairs: int

    @property
    def width(self) -> float:
        return (self.most - self.least) / self.pairs


def sectors(seed: int, number: int = 37) -> dict[str, np.ndarray]:
    """Return the truth of each sector: how many pairs of each kind."""
    rng = np.random.default_rng(seed)
    truth = {}
    for place in range(number):
        pairs = int(rng.integers(60, 600))
        positive = rng.beta(4, 12)
        control = np.array([1 - positive, 0.4 * positive, 0.6 * positive])
        other = positive * rng.uniform(0.5, 1)
        treated = np.array([1 - other, 0.4 * other, 0.6 * other])
        shares = 0.7 * np.outer(control, treated) + 0.3 * np.diag(np.minimum(control, treated))
        truth[f"sector_{place:02d}"] = rng.multinomial(pairs, (shares / shares.sum()).reshape(-1))
    return truth


def counts(kinds: np.ndarray, outcome: str) -> dict[str, int]:
    found = dict.fromkeys((*CELLS, "neither"), 0)
    names = {positive: name for name, positive in CELLS.items()}
    for (control, treated), number in zip(KINDS, kinds, strict=True):
        positive = (int(control >= LEAST[outcome]), int(treated >= LEAST[outcome]))
        found[names.get(positive, "neither")] += int(number)
    return found


@cache
def template_report() -> str:
    """Return the releases of one sector, of one criterion."""
    table = sector_pairs(1, sector="s", committees={"200": 200}, criteria=("age",))
    results = analyse(pairs_table(table), study=study_description("s", {"200": 200}), simulated=True)
    return releases_to_json(release(results, default_policy()))


def report_of(template: str, sector: str, kinds: np.ndarray) -> ReleaseSet:
    """Return a sector's releases: those of a template of one criterion, with its own counts."""
    content = json.loads(template)
    del content["seal"]
    content["study"] = {**content["study"], "sector": sector, "name": sector}
    for cell in content["cells"]:
        cell["sector"] = sector
        if cell["counts"] is not None:
            cell["counts"] = counts(kinds, cell["outcome"])
            cell["pairs"] = int(kinds.sum())
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return releases_from_json(json.dumps({**content, "seal": hashlib.sha256(text.encode()).hexdigest()}))


def publish(
    reports: Mapping[str, ReleaseSet],
    dates: Sequence[Sequence[str]],
    withheld: Sequence[Sequence[str]],
    figures_of: Any,
) -> tuple[list[Page], set[str]]:
    """Publish on each date; return the pages for both readers, and the sectors that a page showed by name."""
    pages, earlier, told = [], [], set()
    for measured, secret in zip(dates, withheld, strict=True):
        own = [sector for sector in secret if sector in measured]
        side = side_by_side([reports[sector] for sector in measured], own, earlier=earlier)
        earlier.append(side.facts)
        figures = json.loads(json.dumps(figures_of(side)))
        told |= {each["sector"] for each in figures["sectors"]}
        pages.append(Page(figures=figures, measured=tuple(measured)))
    return pages, told


def bounds(
    truth: Mapping[str, np.ndarray], pages: Sequence[Page], secret: Sequence[str], insider: str | None = None
) -> Iterator[Bound]:
    """Yield what the attacker knows of each count of each sector of `secret`; an insider knows its own."""
    unknown = [sector for sector in secret if sector != insider]
    place = {sector: number for number, sector in enumerate(unknown)}
    rows, right = [], []
    for sector in unknown:
        row = np.zeros((len(unknown), len(KINDS)))
        row[place[sector]] = 1
        rows.append(row)
        right.append(truth[sector].sum())
    for page in pages:
        for total in page.figures["together"]:
            inside = [sector for sector in page.measured if sector in place]
            shown = {each["sector"] for each in page.figures["sectors"]}
            if not total["every"]:
                inside = [sector for sector in inside if sector in shown]
            for cell in total["cells"]:
                if cell["counts"] is None:
                    continue
                parts = page.measured if total["every"] else tuple(shown)
                for name, positive in CELLS.items():
                    least = LEAST[cell["outcome"]]
                    chosen = [(int(a >= least), int(b >= least)) == positive for a, b in KINDS]
                    row = np.zeros((len(unknown), len(KINDS)))
                    row[np.ix_([place[sector] for sector in inside], np.flatnonzero(chosen))] = 1
                    known = [counts(truth[sector], cell["outcome"])[name] for sector in parts if sector not in place]
                    rows.append(row)
                    right.append(cell["counts"][name] - sum(known))
    equal, right = np.array([row.reshape(-1) for row in rows]), np.array(right, dtype=float)
    for sector, outcome, (name, positive) in product(unknown, LEAST, CELLS.items()):
        goal = np.zeros((len(unknown), len(KINDS)))
        goal[place[sector]] = [(int(a >= LEAST[outcome]), int(b >= LEAST[outcome])) == positive for a, b in KINDS]
        ends = [sign * linprog(sign * goal.reshape(-1), A_eq=equal, b_eq=right, method="highs").fun for sign in (1, -1)]
        yield Bound(sector, outcome, name, ends[0], ends[1], int(truth[sector].sum()))
