"""Published results of earlier measurements, as a table of public counts with how they were measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corrtest.analysis.designs.paired.log_ratios import paired_log_ratios
from corrtest.analysis.designs.unpaired.log_ratios import log_ratio_of_independent_arms
from corrtest.analysis.tables import PairedTables
from corrtest.errors import Fault, InputError, nearest
from corrtest.language import say
from corrtest.spec import cell_faults, read_table, require_columns, vacancy_channels

__all__ = ["EARLIER_COLUMNS", "EarlierResult", "read_earlier"]

_NEEDED = ("name", "sector", "criterion", "outcome", "instrument", "source")
_PAIRED = ("both", "control_only", "treated_only", "neither")
_ARMS = ("control_positive", "control_applications", "treated_positive", "treated_applications")
_METHOD = ("joint_committee", "levels", "channel", "pairing", "window_days")
EARLIER_COLUMNS = (*_NEEDED, *_METHOD, *_PAIRED, *_ARMS)
_WORDS: Mapping[str, tuple[str, ...]] = {
    "outcome": ("strict", "broad"),
    "instrument": ("correspondence_test", "client_calls", "survey", "risk_analysis"),
    "pairing": ("paired", "unpaired"),
}
_LISTS = ("levels", "channel")


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierResult:
    """One published result: its name and source, how it was measured (method: word → values), and its counts."""

    name: str
    source: str
    joint_committee: str | None
    method: Mapping[str, tuple[str, ...]]
    counts: Mapping[str, int]

    @property
    def criterion(self) -> str:
        """The ground that was tested."""
        return self.method["criterion"][0]

    @property
    def outcome(self) -> str:
        """What counted as positive: "strict" or "broad"."""
        return self.method["outcome"][0]

    def log_ratio(self) -> tuple[float, float]:
        """Return the log ratio, treated ÷ control, and its standard error: of pairs where those are published."""
        if set(_PAIRED) <= set(self.counts):
            cells = {name: np.array([float(self.counts[name])]) for name in _PAIRED}
            effects, variances, _ = paired_log_ratios(PairedTables(**cells))
        else:
            parts = [np.array([float(self.counts[name])]) for name in _ARMS]
            effects, variances, _ = log_ratio_of_independent_arms(*parts)
        return float(effects[0]), math.sqrt(float(variances[0]))


def read_earlier(path: str | Path) -> tuple[EarlierResult, ...]:
    """Return the published results of a table (CSV, a workbook, …): public figures, one row a result.

    Needed: name, sector, criterion, outcome (strict, broad), instrument, source, and either the four counts of pairs
    (both, control_only, treated_only, neither) or those of the arms (control_positive, control_applications,
    treated_positive, treated_applications). Where known: joint_committee, levels and channel (several by commas),
    pairing, window_days.

    Raises
    ------
    InputError
        With each cell that cannot be used.
    """
    table = read_table(path)
    require_columns(table, _NEEDED)
    file = str(table.attrs.get("file", Path(path).name))
    found: list[EarlierResult] = []
    faults: list[Fault] = []
    for place, row in enumerate(table.astype(str).to_dict("records")):
        cells = {str(name): value.strip() for name, value in row.items()}
        wrong = _faults(cells)
        faults += cell_faults(table, place, cells, wrong)
        if not wrong:
            found.append(_result(cells))
    if faults:
        raise InputError(say("{file} has results that cannot be used:", file=file), faults)
    if not found:
        raise InputError(say("{file} has no result. Write one a row.", file=file))
    return tuple(found)


def _result(cells: Mapping[str, str]) -> EarlierResult:
    said = ("sector", "criterion", "outcome", "instrument", *_METHOD[1:])
    method = {
        name: tuple(part.strip() for part in cells.get(name, "").split(",") if part.strip())
        if name in _LISTS
        else ((cells[name],) if cells.get(name) else ())
        for name in said
    }
    counts = next(names for names in (_PAIRED, _ARMS) if all(cells.get(name) for name in names))
    return EarlierResult(
        name=cells["name"],
        source=cells["source"],
        joint_committee=cells.get("joint_committee") or None,
        method=method,
        counts={name: int(cells[name]) for name in counts},
    )


def _faults(cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return (column, expected, action) of each cell that cannot be used."""
    correct = say("Correct the cell.")
    wrong = [(name, say("a filled cell"), say("Fill it in.")) for name in _NEEDED if not cells.get(name)]
    for name, words in _WORDS.items():
        if cells.get(name) and cells[name] not in words:
            wrong.append((name, say("one of {words}", words=", ".join(words)), nearest(cells[name], words)))
    for given in (part.strip() for part in cells.get("channel", "").split(",")):
        if given and given not in vacancy_channels():
            expected = say("one of {words}", words=", ".join(vacancy_channels()))
            wrong.append(("channel", expected, nearest(given, vacancy_channels())))
    for name in (*_PAIRED, *_ARMS):
        if cells.get(name) and not cells[name].isdecimal():
            wrong.append((name, say("a whole number"), correct))
    if wrong:
        return wrong
    return _count_faults(cells)


def _count_faults(cells: Mapping[str, str]) -> list[tuple[str, str, str]]:
    def complete(names: Sequence[str]) -> bool:
        return all(cells.get(name) for name in names)

    if complete(_PAIRED):
        return [] if sum(int(cells[name]) for name in _PAIRED) else [_empty("both")]
    if not complete(_ARMS):
        expected = say("four counts: {pairs}; or {arms}", pairs=", ".join(_PAIRED), arms=", ".join(_ARMS))
        return [("both", expected, say("Fill in the counts as they were published."))]
    return [
        (f"{arm}_positive", say("no more than the applications of that arm"), say("Correct the counts."))
        for arm in ("control", "treated")
        if int(cells[f"{arm}_positive"]) > int(cells[f"{arm}_applications"])
    ] + [_empty(f"{arm}_applications") for arm in ("control", "treated") if not int(cells[f"{arm}_applications"])]


def _empty(column: str) -> tuple[str, str, str]:
    return column, say("more than 0"), say("Delete the row: nothing was measured.")
