"""Read the long form: one row an application, any number of candidates per vacancy, compared with one reference."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.read.cells import as_positive, empty_cells, positive_faults, refuse
from corrtest.analysis.read.pairs import PairsTable
from corrtest.analysis.tables import BoolArray, PairPositives
from corrtest.errors import AnalysisError, nearest
from corrtest.language import keep, say
from corrtest.spec import read_table, require_columns

_JOIN = ","


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateTable:
    """Vacancy by candidate: 1 positive, 0 not, −1 did not apply."""

    names: tuple[str, ...]
    reactions: npt.NDArray[np.int8]
    outcome: str
    notes: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)


def read_candidates(path: str | Path, *, vacancy: str, candidates: Sequence[str], positive: str) -> CandidateTable:
    """Read a long table as vacancy by candidate, for statistics over more than two candidates."""
    table = read_table(path)
    made = candidate_table(table, vacancy=vacancy, candidates=candidates, positive=positive)
    return replace(made, source={"candidates": _source(Path(path), table)})


def candidate_table(table: pd.DataFrame, *, vacancy: str, candidates: Sequence[str], positive: str) -> CandidateTable:
    """Arrange a long table as vacancy by candidate; a candidate who applied twice counts as positive if once was."""
    best, names, repeated = _arranged(table, vacancy, candidates, positive)
    return CandidateTable(names=tuple(names), reactions=best, outcome=positive, notes=_maximum_rule(repeated))


def read_long(
    path: str | Path,
    *,
    vacancy: str,
    candidates: Sequence[str],
    positive: str,
    reference: Sequence[str] | str | None = None,
) -> PairsTable:
    """Read a long table and make one pair a vacancy for each candidate against the reference.

    Parameters
    ----------
    path : str or Path
        CSV, XLSX or Parquet.
    vacancy : str
        The column that names the vacancy.
    candidates : sequence of str
        The columns that together tell the candidates apart, for instance ``("origin", "gender")``.
    positive : str
        The column that says whether the reaction was positive: 1/0 or TRUE/FALSE.
    reference : sequence of str or str, optional
        The values of the candidate that all others are compared with (``"F,Man"``); the first in alphabetical order
        where it is not given, and a note says which.

    Notes
    -----
    Where a candidate applied more than once to a vacancy, it counts as positive if any of its applications was (the
    maximum). A vacancy in which the reference or the compared candidate is missing is left out of that comparison.
    Both are counted in the notes. The rule equals that of the R package `callback`.
    """
    table = read_table(path)
    return long_table(
        table,
        vacancy=vacancy,
        candidates=candidates,
        positive=positive,
        reference=reference,
        source=_source(Path(path), table),
    )


def long_table(
    table: pd.DataFrame,
    *,
    vacancy: str,
    candidates: Sequence[str],
    positive: str,
    reference: Sequence[str] | str | None = None,
    source: dict[str, object] | None = None,
) -> PairsTable:
    """Make pairs of a long table that is already a DataFrame; see `read_long`."""
    best, names, repeated = _arranged(table, vacancy, candidates, positive)
    chosen = _reference(names, reference)
    notes = [f"Reference: {chosen} ({_JOIN.join(candidates)})."]
    notes += _maximum_rule(repeated)
    parts, control, treated = [], [], []
    for place, name in enumerate(names):
        if name == chosen:
            continue
        mine, theirs = best[:, names.index(chosen)], best[:, place]
        usable = (mine >= 0) & (theirs >= 0)
        dropped = int(np.sum((mine >= 0) ^ (theirs >= 0)))
        if dropped:
            notes.append(
                keep(
                    "{name}: vacancies left out because one of the two candidates is missing: {dropped}.",
                    name=name,
                    dropped=dropped,
                )
            )
        parts.append(np.full(int(usable.sum()), name, dtype=object))
        control.append(mine[usable] == 1)
        treated.append(theirs[usable] == 1)
    if not parts or sum(map(len, parts)) == 0:
        raise AnalysisError(
            say(
                "No vacancy has both the reference {chosen} and another candidate. Name another --reference, or "
                "other columns that tell the candidates apart.",
                chosen=chosen,
            )
        )
    levels = np.concatenate(parts)
    frame = pd.DataFrame({"criterion": np.full(len(levels), _JOIN.join(candidates), dtype=object), "level": levels})
    return PairsTable(
        frame=frame,
        positives={positive: PairPositives(np.concatenate(control), np.concatenate(treated))},
        notes=tuple(notes),
        source=source or {"rows": len(table)},
        one_group_a_comparison=True,
    )


def _source(path: Path, table: pd.DataFrame) -> dict[str, object]:
    return {"file": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "rows": len(table)}


def _arranged(
    table: pd.DataFrame, vacancy: str, candidates: Sequence[str], positive: str
) -> tuple[npt.NDArray[np.int8], list[str], int]:
    if not candidates:
        raise AnalysisError(say("Name at least one column that tells the candidates apart."))
    require_columns(table, (vacancy, *candidates, positive))
    reactions, bad = as_positive(table[positive])
    faults = [*positive_faults(table, positive, bad), *empty_cells(table, (vacancy, *candidates))]
    refuse(table, faults)
    labels = table[candidates[0]].astype(str)
    for column in candidates[1:]:
        labels = labels + _JOIN + table[column].astype(str)
    return _best_reactions(table[vacancy], labels, reactions)


def _maximum_rule(repeated: int) -> tuple[str, ...]:
    if not repeated:
        return ()
    return (
        keep(
            "{repeated} times a candidate applied more than once to a vacancy: it counts as positive if any of "
            "these applications was (maximum rule).",
            repeated=repeated,
        ),
    )


def _best_reactions(
    vacancies: pd.Series, labels: pd.Series, reactions: BoolArray
) -> tuple[npt.NDArray[np.int8], list[str], int]:
    """Return vacancy by candidate: 1 positive, 0 not, −1 did not apply; the names of the columns; repeats."""
    rows, vacancy_names = pd.factorize(vacancies)
    columns, names = pd.factorize(labels, sort=True)
    best = np.full((len(vacancy_names), len(names)), -1, dtype=np.int8)
    np.maximum.at(best, (rows, columns), reactions.astype(np.int8))
    applied = np.bincount(rows * len(names) + columns, minlength=best.size)
    return best, [str(name) for name in names], int(np.sum(applied > 1))


def _reference(names: list[str], reference: Sequence[str] | str | None) -> str:
    if reference is None:
        return names[0]
    given = reference if isinstance(reference, str) else _JOIN.join(reference)
    chosen = _JOIN.join(part.strip() for part in given.split(_JOIN))
    if chosen not in names:
        raise AnalysisError(
            say(
                "There is no candidate '{chosen}' to compare with. {nearest}",
                chosen=chosen,
                nearest=nearest(chosen, names),
            )
        )
    return chosen
