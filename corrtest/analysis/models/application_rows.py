"""One row an application: what a regression takes, made of a table of pairs, of applications, or in the long form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from corrtest.analysis.models.fitted import indicators, with_intercept
from corrtest.analysis.read import StudyTable
from corrtest.analysis.read.candidate_names import candidate_names, named_candidate
from corrtest.analysis.read.cells import as_positive, positive_faults, refuse, worded_or_coded
from corrtest.analysis.tables import FloatArray, Positives
from corrtest.errors import AnalysisError, nearest
from corrtest.language import say
from corrtest.spec import parse_numbers, require_columns

SIGNAL = "treated"
_INTERCEPT = "(Intercept)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationRows:
    """Applications with their reaction, arm, vacancy, employer, and further columns."""

    positive: FloatArray
    treated: FloatArray
    vacancies: np.ndarray
    clusters: np.ndarray
    frame: pd.DataFrame
    matched: bool

    def covariates(self, names: Sequence[str] = ()) -> pd.DataFrame:
        """Return intercept, signal and the columns `names`: numbers as they are, words as indicators.

        Raises
        ------
        AnalysisError
            There is no such column, or it has one value.
        """
        parts = [pd.DataFrame({SIGNAL: self.treated})]
        for name in names:
            if name not in self.frame:
                known = [str(column) for column in self.frame.columns]
                raise AnalysisError(
                    say(
                        "There is no column '{name}' to use in a model. {nearest}",
                        name=name,
                        nearest=nearest(name, known),
                    )
                )
            values = self.frame[name].reset_index(drop=True)
            numbers = parse_numbers(values)
            if values.nunique(dropna=False) < 2:
                raise AnalysisError(say("Every application has the same {name}; a model cannot use it.", name=name))
            if numbers.notna().all():
                parts.append(pd.DataFrame({name: numbers.to_numpy(dtype=np.float64)}))
            else:
                parts.append(indicators(values.rename(name), prefix=f"{name}:"))
        return with_intercept(pd.concat(parts, axis=1))

    def within(self, covariates: pd.DataFrame) -> pd.DataFrame:
        """Return the covariates that vary within vacancies, which is all that fixed effects leave."""
        codes = pd.factorize(self.vacancies)[0]
        kept = [
            name
            for name in covariates.columns
            if name != _INTERCEPT and (covariates[name].groupby(codes).nunique() > 1).any()
        ]
        return covariates[kept]


def application_rows(table: StudyTable, positive: Positives, keep: np.ndarray | None = None) -> ApplicationRows:
    """Return the applications of a study's table; a pair gives two rows, of which `first` marks the one sent first."""
    rows = np.flatnonzero(keep) if keep is not None else np.arange(len(table))
    frame = table.frame.iloc[rows].reset_index(drop=True)
    vacancy = np.arange(len(rows))
    employer = frame["employer"].astype(str).to_numpy() if "employer" in frame else vacancy
    reacted, treated = positive.rows(rows).applications()
    times = table.design.applications_a_row
    return ApplicationRows(
        positive=reacted,
        treated=treated,
        vacancies=np.tile(vacancy, times),
        clusters=np.tile(employer, times),
        frame=pd.concat([own.iloc[rows] for own in table.frames_by_arm()], ignore_index=True),
        matched=table.design.matched,
    )


def long_rows(
    table: pd.DataFrame,
    *,
    vacancy: str,
    candidates: Sequence[str],
    positive: str,
    treated: str,
    reference: str,
    cluster: str | None = None,
) -> ApplicationRows:
    """Return the applications of two candidates of a long table; the vacancy clusters unless `cluster` names a column.

    Raises
    ------
    AnalysisError
        The table has no such candidate.
    """
    require_columns(table, (vacancy, *candidates, positive, *([cluster] if cluster else ())))
    reactions, bad = as_positive(worded_or_coded(table, positive))
    refuse(table, positive_faults(table, positive, bad))
    labels = candidate_names(table, candidates)
    known = sorted(labels.unique())
    treated, reference = named_candidate(known, treated), named_candidate(known, reference)
    used = labels.isin([treated, reference]).to_numpy(dtype=np.bool_)
    frame = table[used].reset_index(drop=True)
    vacancies = frame[vacancy].astype(str).to_numpy()
    return ApplicationRows(
        positive=reactions[used].astype(np.float64),
        treated=np.asarray(labels[used] == treated, dtype=np.float64),
        vacancies=vacancies,
        clusters=frame[cluster].astype(str).to_numpy() if cluster else vacancies,
        frame=frame,
        matched=len(np.unique(vacancies)) < len(vacancies),
    )
