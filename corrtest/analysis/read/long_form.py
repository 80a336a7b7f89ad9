"""Read the long form: one row an application, any number of candidates per vacancy, compared with one reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.analysis.grouping import IntArray
from corrtest.analysis.read.applications import ApplicationsTable
from corrtest.analysis.read.candidate_names import candidate_names, named_candidate
from corrtest.analysis.read.cells import as_positive, empty_cells, positive_faults, refuse, worded_or_coded
from corrtest.analysis.read.pairs import PairsTable, StudyTable
from corrtest.analysis.read.reading import file_digest
from corrtest.analysis.tables import PairPositives
from corrtest.errors import AnalysisError
from corrtest.language import keep, say
from corrtest.spec import read_table, require_columns

Rule = Literal["each", "any"]
RULES: tuple[Rule, ...] = ("each", "any")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateTable:
    """Vacancy by candidate: how often each applied there, and how many of these applications were positive.

    `rule` says what an application is where a candidate applied more than once to a vacancy (`candidate_table`).
    """

    names: tuple[str, ...]
    positives: IntArray
    applied: IntArray
    outcome: str
    rule: Rule = "each"
    criterion: str = "candidate"
    notes: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def once(self) -> bool:
        """Whether no candidate applied more than once to a vacancy, so that two candidates make pairs."""
        return bool(self.applied.max(initial=0) <= 1)

    @property
    def together(self) -> IntArray:
        """Vacancies that each candidate (row) shares with each other (column)."""
        present = (self.applied > 0).astype(np.int64)
        return present.T @ present


def read_candidates(
    path: str | Path, *, vacancy: str, candidates: Sequence[str], positive: str, repeated: str = "each"
) -> CandidateTable:
    """Read a long table as vacancy by candidate, for statistics over more than two; see `candidate_table`."""
    table = read_table(path)
    made = candidate_table(table, vacancy=vacancy, candidates=candidates, positive=positive, repeated=repeated)
    return replace(made, source={"candidates": {**_source(Path(path), table), **made.source}})


def candidate_table(
    table: pd.DataFrame, *, vacancy: str, candidates: Sequence[str], positive: str, repeated: str = "each"
) -> CandidateTable:
    """Arrange a long table as vacancy by candidate.

    Parameters
    ----------
    repeated : "each" or "any"
        What counts where a candidate applied more than once to a vacancy: "each" application, so that rates are per
        application, as experiments that send several résumés of a kind publish them (Bertrand and Mullainathan 2004);
        or the candidate as one application that is positive if "any" was, as the R package `callback` counts.

    Raises
    ------
    InputError, AnalysisError
        A column is missing, a cell cannot be used, or there is no such rule.
    """
    rule = _rule(repeated)
    positives, applied, names = _arranged(table, vacancy, candidates, positive)
    several = int(np.sum(applied > 1))
    if rule == "any":
        positives, applied = np.minimum(positives, 1), np.minimum(applied, 1)
    return CandidateTable(
        names=tuple(names),
        positives=positives,
        applied=applied,
        outcome=positive,
        rule=rule,
        criterion=",".join(candidates),
        notes=_rule_note(rule, several),
        source={"repeated": {"rule": rule, "times": several}} if several else {},
    )


def read_long(
    path: str | Path,
    *,
    vacancy: str,
    candidates: Sequence[str],
    positive: str,
    reference: Sequence[str] | str | None = None,
    repeated: str = "each",
) -> StudyTable:
    """Read a long table and compare each candidate with the reference, on the vacancies that had both.

    Parameters
    ----------
    path : str or Path
        Any table that `corrtest.spec.read_table` reads.
    vacancy : str
        The column that names the vacancy.
    candidates : sequence of str
        The columns that together tell the candidates apart, for instance ``("origin", "gender")``.
    positive : str
        The column that says whether the reaction was positive: 1/0 or TRUE/FALSE.
    reference : sequence of str or str, optional
        The values of the candidate that all others are compared with (``"F,Man"``); the first in alphabetical order
        where it is not given, and a note says which.
    repeated : "each" or "any"
        What counts where a candidate applied more than once to a vacancy: see `candidate_table`.

    Returns
    -------
    PairsTable or ApplicationsTable
        One pair a vacancy and comparison. The second where a candidate applied more than once to a vacancy and each
        application counts: then no pair is made, rates are over applications, and the column `vacancy` says which
        answered together; `analyse` clusters by it.

    Notes
    -----
    A vacancy in which the reference or the compared candidate is missing is left out of that comparison, and counted
    in the notes.
    """
    table = read_table(path)
    return long_table(
        table,
        vacancy=vacancy,
        candidates=candidates,
        positive=positive,
        reference=reference,
        repeated=repeated,
        source=_source(Path(path), table),
    )


def long_table(
    table: pd.DataFrame,
    *,
    vacancy: str,
    candidates: Sequence[str],
    positive: str,
    reference: Sequence[str] | str | None = None,
    repeated: str = "each",
    source: dict[str, object] | None = None,
) -> StudyTable:
    """Compare the candidates of a long table that is already a DataFrame; see `read_long`."""
    made = candidate_table(table, vacancy=vacancy, candidates=candidates, positive=positive, repeated=repeated)
    chosen = made.names[0] if reference is None else named_candidate(made.names, reference)
    notes = [keep("Reference: {chosen} ({candidates}).", chosen=chosen, candidates=made.criterion), *made.notes]
    control = made.names.index(chosen)
    for place, name in enumerate(made.names):
        dropped = int(np.sum((made.applied[:, place] > 0) ^ (made.applied[:, control] > 0)))
        if place != control and not made.together[control, place]:
            notes.append(keep("{name}: no vacancy had both candidates, so that there is no result for it.", name=name))
        elif place != control and dropped:
            notes.append(
                keep(
                    "{name}: vacancies left out because one of the two candidates is missing: {dropped}.",
                    name=name,
                    dropped=dropped,
                )
            )
    comparisons = [(name, control, place) for place, name in enumerate(made.names) if place != control]
    if not any(made.together[control, place] for _, _, place in comparisons):
        raise AnalysisError(
            say(
                "No vacancy has both the reference {chosen} and another candidate. Name another --reference, or "
                "other columns that tell the candidates apart.",
                chosen=chosen,
            )
        )
    compared = compared_candidates(made, comparisons)
    return replace(compared, notes=tuple(notes), source={**(source or {"rows": len(table)}), **made.source})


def compared_candidates(table: CandidateTable, comparisons: Sequence[tuple[str, int, int]]) -> StudyTable:
    """Return the rows of some comparisons: name (the level of its rows), place of the control, place of the treated.

    Each comparison has the vacancies to which both candidates applied; one without any is not in the table.
    """
    parts = []
    for name, control, treated in comparisons:
        both = np.flatnonzero((table.applied[:, control] > 0) & (table.applied[:, treated] > 0))
        parts.append((name, both, control, treated))
    make = _pairs if table.once else _applications
    return make(table, parts)


_Comparison = tuple[str, IntArray, int, int]


def _pairs(table: CandidateTable, parts: Sequence[_Comparison]) -> PairsTable:
    control = np.concatenate([table.positives[both, place] == 1 for _, both, place, _ in parts])
    treated = np.concatenate([table.positives[both, place] == 1 for _, both, _, place in parts])
    levels = np.repeat(np.array([part[0] for part in parts], dtype=object), [len(part[1]) for part in parts])
    return PairsTable(
        frame=_frame(table, levels),
        positives={table.outcome: PairPositives(control, treated)},
        one_group_a_comparison=True,
    )


def _applications(table: CandidateTable, parts: Sequence[_Comparison]) -> ApplicationsTable:
    levels, vacancies, treated, positive = [], [], [], []
    for name, both, *arms in parts:
        for is_treated, place in enumerate(arms):
            sent, had = table.applied[both, place], table.positives[both, place]
            # The positive applications of a vacancy first, then its others.
            positive.append(np.repeat(np.tile([True, False], len(both)), np.column_stack([had, sent - had]).ravel()))
            vacancies.append(np.repeat(both, sent))
            treated.append(np.full(int(sent.sum()), bool(is_treated)))
            levels.append(np.full(int(sent.sum()), name, dtype=object))
    frame = _frame(table, np.concatenate(levels)).assign(vacancy=np.concatenate(vacancies))
    arm = np.concatenate(treated)
    return ApplicationsTable(
        frame=frame,
        treated=arm,
        positives={table.outcome: np.concatenate(positive)},
        one_group_a_comparison=True,
    )


def _frame(table: CandidateTable, levels: npt.NDArray[Any]) -> pd.DataFrame:
    return pd.DataFrame({"criterion": np.full(len(levels), table.criterion, dtype=object), "level": levels})


def _source(path: Path, table: pd.DataFrame) -> dict[str, object]:
    return {"file": path.name, "sha256": file_digest(path), "rows": len(table)}


def _arranged(
    table: pd.DataFrame, vacancy: str, candidates: Sequence[str], positive: str
) -> tuple[IntArray, IntArray, list[str]]:
    """Return vacancy by candidate: positive applications, applications; and the names of the candidates."""
    if not candidates:
        raise AnalysisError(say("Name at least one column that tells the candidates apart."))
    require_columns(table, (vacancy, *candidates, positive))
    reactions, bad = as_positive(worded_or_coded(table, positive))
    faults = [*positive_faults(table, positive, bad), *empty_cells(table, (vacancy, *candidates))]
    refuse(table, faults)
    labels = candidate_names(table, candidates)
    rows, vacancy_names = pd.factorize(table[vacancy])
    columns, names = pd.factorize(labels, sort=True)
    shape = (len(vacancy_names), len(names))
    cells = rows * len(names) + columns
    applied, had = (
        np.bincount(cells[chosen], minlength=shape[0] * shape[1]).reshape(shape).astype(np.int64)
        for chosen in (slice(None), reactions)
    )
    return had, applied, [str(name) for name in names]


def _rule(repeated: str) -> Rule:
    for rule in RULES:
        if rule == repeated:
            return rule
    raise AnalysisError(
        say(
            "--repeated cannot be '{repeated}': each (every application counts) or any (a candidate who applied more "
            "than once to a vacancy is positive if any of these applications was).",
            repeated=repeated,
        )
    )


def _rule_note(rule: Rule, several: int) -> tuple[str, ...]:
    if not several:
        return ()
    if rule == "any":
        return (
            keep(
                "Candidates who applied more than once to a vacancy: {several}. Each counts there as one application, "
                "positive if any was (maximum rule), so that rates are per candidate and vacancy.",
                several=several,
            ),
        )
    return (
        keep(
            "Candidates who applied more than once to a vacancy: {several}. Every application counts: rates are per "
            "application, no table of pairs is made, and intervals and tests are clustered by vacancy.",
            several=several,
        ),
    )
