"""`analyse`: from a pairs table to results; `two_by_two`: every statistic of one table."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.analysis.estimating import group_results
from corrtest.analysis.margins import MarginCounts, count, each_grouping
from corrtest.analysis.paired.tables import PairedTables, normal_quantile
from corrtest.analysis.pairs import DEFAULT_OUTCOMES, PairsTable
from corrtest.analysis.results import GroupResult, Results
from corrtest.errors import AnalysisError, Fault, nearest
from corrtest.spec import REACTIONS, parse_numbers, sheet_row


def analyse(
    table: PairsTable,
    *,
    outcomes: Mapping[str, Sequence[str]] | None = None,
    by: Sequence[str] = (),
    confidence_level: float = 0.95,
    all_methods: bool = False,
    cluster: str | Sequence[str] = "employer",
    weights: str | None = None,
    study: Mapping[str, Any] | None = None,
    plan: Mapping[str, Any] | None = None,
    shortfalls: Iterable[Any] = (),
    simulated: bool = False,
    inputs: Mapping[str, Any] | None = None,
) -> Results:
    """Estimate discrimination in every group of a pairs table.

    Groups are made by sector × criterion, × level, × joint committee, and both, for each outcome; a table from
    `read_long` gets one group a comparison.

    Parameters
    ----------
    table : PairsTable
        From `read_pairs`, `read_long` or `pairs_table`.
    outcomes : mapping of str to reactions, optional
        Which reactions count as positive, per outcome: strict (invitation) and broad (invitation, other_positive)
        unless said otherwise. A table with 0/1 columns has one outcome of its own.
    by : sequence of str
        More columns; each adds the margin sector × criterion × column.
    confidence_level : float
        Of all intervals.
    all_methods : bool
        Give every method; else the defaults: Wilson, Tango, Tang, the net rate's Tango, the odds ratio's Wilson,
        and McNemar's mid-p and exact tests (Fagerland, Lydersen and Laake 2014).
    cluster : str or sequence of str
        "employer" clusters a group in which an employer has more than one pair; "none" takes all pairs as
        independent; the name of another column clusters by it, and two names by both (two-way).
    weights : str, optional
        The column of sampling weights, which carry the tested vacancies over to all vacancies of the sector (the
        inverse of each vacancy's chance to be drawn). Estimates are then weighted, with linearised intervals;
        counts are not.
    study, plan, shortfalls, simulated, inputs
        Carried into the results as given: the study's description, the plan's manifest, quotas not reached, whether
        the reactions are simulated (also where a column of the table says so), and hashes of whatever else the
        results rest on.

    Raises
    ------
    AnalysisError
        An outcome names an unknown reaction, or the confidence level is no level.
    """
    normal_quantile(confidence_level)
    chosen = {name: tuple(words) for name, words in (outcomes or DEFAULT_OUTCOMES).items()}
    _require_reactions(chosen)
    positives = table.outcomes(chosen)
    cluster_by = _cluster_columns(cluster)
    weighting = None if weights is None else _weights(table, weights)
    groups = [
        result
        for grouping in each_grouping(table, by, cluster_by)
        for outcome, (control, treated) in positives.items()
        for result in group_results(
            count(grouping, control, treated, weighting),
            outcome,
            confidence_level=confidence_level,
            all_methods=all_methods,
            cluster=cluster != "none",
        )
    ]
    made_from: dict[str, Any] = {
        "pairs": dict(table.source),
        "outcomes": {name: list(chosen[name]) for name in positives if table.reactions is not None},
        "confidence_level": confidence_level,
        "cluster": cluster if isinstance(cluster, str) else list(cluster),
        **({} if weights is None else {"weights": weights}),
        "versions": {name: version(name) for name in ("corrtest", "numpy", "pandas", "scipy")},
        **(inputs or {}),
    }
    return Results(
        groups=tuple(groups),
        inputs=made_from,
        notes=table.notes,
        simulated=simulated or table.simulated,
        study=study,
        plan=plan,
        shortfalls=tuple(_as_mapping(shortfall) for shortfall in shortfalls),
    )


def two_by_two(
    both: int,
    control_only: int,
    treated_only: int,
    neither: int,
    *,
    confidence_level: float = 0.95,
    all_methods: bool = True,
) -> GroupResult:
    """Compute every statistic of one paired table.

    Examples
    --------
    Carlsson and Rooth's table for Sweden: 239 firms invited both, 217 the Swedish name alone, 66 the other alone.

    >>> group = two_by_two(239, 217, 66, 1030)
    >>> round(group.estimate("discrimination_ratio").value, 3)
    0.669
    >>> round(group.estimate("net_discrimination_rate").value, 3)
    0.289
    >>> round(group.estimate("net_discrimination_rate_all_pairs").value, 3)
    0.097
    """
    for name, value in zip(
        ("BOTH", "CONTROL_ONLY", "TREATED_ONLY", "NEITHER"),
        (both, control_only, treated_only, neither),
        strict=True,
    ):
        if int(value) != value or value < 0:
            raise AnalysisError(
                f"{name} is {value}; expected a whole number of pairs, 0 or more.",
            )
    counts = MarginCounts(
        fields=(),
        keys=((),),
        tables=PairedTables.of([both], [control_only], [treated_only], [neither]),
        clusters=None,
    )
    return group_results(counts, "positive", confidence_level=confidence_level, all_methods=all_methods)[0]


def _cluster_columns(cluster: str | Sequence[str]) -> tuple[str, ...]:
    names = (cluster,) if isinstance(cluster, str) else tuple(cluster)
    if names == ("none",):
        return ("employer",)
    if not 1 <= len(names) <= 2 or len(set(names)) != len(names):
        raise AnalysisError("Cluster by one column, or by two different ones.")
    return names


def _weights(table: PairsTable, column: str) -> npt.NDArray[np.float64]:
    if column not in table.frame:
        raise AnalysisError(f"There is no column '{column}' of weights. {nearest(column, list(table.frame.columns))}")
    values = parse_numbers(table.frame[column]).to_numpy(dtype=np.float64, na_value=np.nan)
    faults = [
        Fault(
            row=sheet_row(int(row)),
            column=column,
            given=str(table.frame[column].iloc[row]),
            expected="a number above 0",
            action="Give every pair the inverse of its vacancy's chance to be drawn.",
        )
        for row in np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    ]
    if faults:
        raise AnalysisError(f"The weights in column '{column}' cannot be used:", faults)
    return values


def _require_reactions(outcomes: Mapping[str, Sequence[str]]) -> None:
    faults = [
        Fault(
            key=f"outcomes.{name}",
            given=repr(word),
            expected="one of " + ", ".join(REACTIONS),
            action=nearest(word, REACTIONS),
        )
        for name, words in outcomes.items()
        for word in words
        if word not in REACTIONS
    ]
    if faults:
        raise AnalysisError("An outcome names a reaction that does not exist.", faults)


def _as_mapping(shortfall: Any) -> Mapping[str, Any]:
    return dataclasses.asdict(shortfall) if dataclasses.is_dataclass(shortfall) else dict(shortfall)  # type: ignore[arg-type]
