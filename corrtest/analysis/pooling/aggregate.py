"""Pool published experiments: one row an experiment, with applications and positive reactions per arm.

The arms of such a row are counted separately, so the variance of the log ratio is that of independent groups, 1/x₁
− 1/n₁ + 1/x₂ − 1/n₂: too large for an experiment with pairs, whose overlap is not published, and so on the safe
side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from corrtest.analysis.designs.unpaired.log_ratios import log_ratio_of_independent_arms
from corrtest.analysis.handling import as_html, handling
from corrtest.analysis.pooling.random_effects import PooledEffect, PoolingTest, Tau2Method, random_effects
from corrtest.analysis.read.reading import file_digest
from corrtest.analysis.result_files import finite, write_json
from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError, Fault, InputError
from corrtest.language import keep, say
from corrtest.spec import parse_numbers, read_table, require_columns, sheet_row

SCHEMA = "corrtest/pooling/1"
COLUMNS = ("control_applications", "control_positives", "treated_applications", "treated_positives")


@dataclass(frozen=True, slots=True, kw_only=True)
class AggregateTable:
    """Experiments with all four numbers; rows that lack one are left out and counted in the notes."""

    frame: pd.DataFrame
    effects: FloatArray
    variances: FloatArray
    notes: tuple[str, ...]
    source: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledGroup:
    """The pooled discrimination ratio of one group of experiments, all of it as ratios (treated / control)."""

    key: Mapping[str, str]
    ratio: float
    lower: float
    upper: float
    prediction_lower: float
    prediction_upper: float
    on_log_scale: PooledEffect

    def to_dict(self) -> dict[str, Any]:
        """Return the group as the JSON file has it."""
        content = {
            "key": dict(self.key),
            "ratio": self.ratio,
            "lower": self.lower,
            "upper": self.upper,
            "prediction_lower": self.prediction_lower,
            "prediction_upper": self.prediction_upper,
            **{
                name: value
                for name, value in asdict(self.on_log_scale).items()
                if name in ("tau2", "tau2_lower", "tau2_upper", "i2", "q", "q_pvalue", "k", "method", "test")
            },
        }
        return {name: finite(part) for name, part in content.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledResults:
    """Pooled ratios of every group, with what they were made from."""

    groups: tuple[PooledGroup, ...]
    notes: tuple[str, ...] = ()
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a group."""
        rows = ({**group.key, **group.to_dict()} for group in self.groups)
        return pd.DataFrame([{name: value for name, value in row.items() if name != "key"} for row in rows])

    def to_dict(self) -> dict[str, Any]:
        """Return the results for JSON."""
        return {
            "schema": SCHEMA,
            "handling": handling(),
            "direction": "treated/control",
            "inputs": dict(self.inputs),
            "notes": list(self.notes),
            "groups": [group.to_dict() for group in self.groups],
        }

    def write(self, path: str | Path) -> Path:
        """Write the results as JSON to `path` and return it."""
        return write_json(path, self.to_dict())

    def _repr_html_(self) -> str:
        return as_html(self.to_frame())


def read_aggregate(path: str | Path, *, columns: Sequence[str] = COLUMNS) -> AggregateTable:
    """Read one row an experiment.

    Parameters
    ----------
    path : str or Path
        CSV, XLSX or Parquet.
    columns : sequence of four str
        The columns of control applications, control positives, treated applications and treated positives.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column, or a number is impossible; each row is named.
    """
    table = read_table(path)
    if len(columns) != 4 or len(set(columns)) != 4:
        raise InputError(say("Name four different columns: {columns}.", columns=", ".join(COLUMNS)))
    require_columns(table, columns)
    numbers = {name: parse_numbers(table[name]).to_numpy(dtype=np.float64, na_value=np.nan) for name in columns}
    known = ~np.any([np.isnan(part) for part in numbers.values()], axis=0)
    n0, x0, n1, x1 = (numbers[name] for name in columns)
    faults = [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(row), table),
            column=column,
            given=say("{positives:g} of {trials:g}", positives=positives[row], trials=trials[row]),
            expected=say("from 0 to the number of applications, which is at least 1"),
            action=say("Mend the number, or empty it to leave the experiment out."),
        )
        for column, positives, trials in ((columns[1], x0, n0), (columns[3], x1, n1))
        for row in np.flatnonzero(known & ~((positives >= 0) & (positives <= trials) & (trials >= 1)))
    ]
    if faults:
        raise InputError(
            say("{path} has impossible numbers:", path=Path(path).name),
            sorted(faults, key=lambda fault: fault.row or 0),
        )
    if not known.any():
        raise InputError(say("{path} has no row with all four numbers.", path=Path(path).name))
    effects, variances, _ = log_ratio_of_independent_arms(x0[known], n0[known], x1[known], n1[known])
    left_out = int((~known).sum())
    return AggregateTable(
        frame=table.loc[known].reset_index(drop=True),
        effects=effects,
        variances=variances,
        notes=(keep("Experiments left out because a number is missing: {left_out}.", left_out=left_out),)
        if left_out
        else (),
        source={
            "file": Path(path).name,
            "sha256": file_digest(path),
            "rows": len(table),
        },
    )


def pool_aggregate(
    table: AggregateTable,
    *,
    by: Sequence[str] = (),
    method: Tau2Method = "REML",
    test: PoolingTest = "hartung_knapp",
    confidence_level: float = 0.95,
) -> PooledResults:
    """Pool the experiments, in all or per value of the columns `by`; a lone experiment is left out and noted."""
    missing = [name for name in by if name not in table.frame]
    if missing:
        raise AnalysisError(say("The table has no column '{missing}' to group by.", missing=missing[0]))
    columns = [table.frame[name].astype(str) for name in by]
    labels = pd.Series(["\x1f".join(parts) for parts in zip(*columns, strict=True)] or [""] * len(table.frame))
    groups, notes = [], list(table.notes)
    for label in sorted(labels.unique()):
        here = (labels == label).to_numpy(dtype=np.bool_)
        key = dict(zip(by, label.split("\x1f"), strict=True)) if by else {}
        if here.sum() < 2:
            notes.append(keep("{key}: a single experiment, not pooled.", key=", ".join(key.values())))
            continue
        pooled = random_effects(
            table.effects[here],
            table.variances[here],
            method=method,
            test=test,
            confidence_level=confidence_level,
        )
        groups.append(pooled_group(pooled, key))
    return PooledResults(groups=tuple(groups), notes=tuple(notes), inputs={"experiments": dict(table.source)})


def pooled_group(pooled: PooledEffect, key: Mapping[str, str]) -> PooledGroup:
    """Turn a pooled log ratio into a ratio."""
    effect, lower, upper, low, high = (
        float(np.exp(part))
        for part in (pooled.effect, pooled.lower, pooled.upper, pooled.prediction_lower, pooled.prediction_upper)
    )
    return PooledGroup(
        key=key,
        ratio=effect,
        lower=lower,
        upper=upper,
        prediction_lower=low,
        prediction_upper=high,
        on_log_scale=pooled,
    )
