"""Read and check the pairs table: one row a pair, pseudonymous, with reactions or 0/1 columns."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corrtest.errors import Fault, InputError, nearest
from corrtest.spec import REACTIONS, read_table, require_columns, require_text, sheet_row

BoolArray = npt.NDArray[np.bool_]

REQUIRED = ("pair_id", "sector", "joint_committee", "criterion", "level", "employer")
REACTION_COLUMNS = ("control_reaction", "treated_reaction")
POSITIVE_COLUMNS = ("control_positive", "treated_positive")

DEFAULT_OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "strict": ("invitation",),
    "broad": ("invitation", "other_positive"),
}

_TRUE = frozenset({"1", "true", "yes", "1.0"})
_FALSE = frozenset({"0", "false", "no", "0.0"})
# 124, 322.01, 330.01.10; a number that lost or gained zeros looks like 322.1, 322.010000 or 124.0.
_COMMITTEE_NUMBER = re.compile(r"\d{3}(\.\d{2}){0,2}")
_NUMBER_WITH_DECIMALS = re.compile(r"\d+[.,]\d*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PairsTable:
    """Checked pairs. `frame` holds the grouping columns and, where known, `employer`.

    Either `reactions` holds the coded reactions of both arms, or `positives` holds, per outcome, which were
    positive.
    """

    frame: pd.DataFrame
    reactions: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None
    positives: Mapping[str, tuple[BoolArray, BoolArray]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    one_group_a_comparison: bool = False

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def simulated(self) -> bool:
        """Whether a column `simulated`, as the register exports it, marks any pair."""
        if "simulated" not in self.frame:
            return False
        return bool(self.frame["simulated"].astype(str).str.lower().isin(_TRUE).any())

    def outcomes(self, positive_reactions: Mapping[str, Sequence[str]]) -> dict[str, tuple[BoolArray, BoolArray]]:
        """Return per outcome which control and which treated reactions were positive."""
        if self.reactions is None:
            return dict(self.positives)
        control, treated = self.reactions
        codes = {name: np.array([word in words for word in REACTIONS]) for name, words in positive_reactions.items()}
        return {name: (lookup[control], lookup[treated]) for name, lookup in codes.items()}


def read_pairs(path: str | Path, *, control: str | None = None, treated: str | None = None) -> PairsTable:
    """Read a pairs table from CSV, XLSX or Parquet.

    Parameters
    ----------
    path : str or Path
        The file; see `corrtest.spec.read_table` for what is accepted.
    control, treated : str, optional
        Names of two 0/1 columns, for a table that has other names or no grouping columns at all. Then no other
        column is required, and the known ones are used where present.

    Raises
    ------
    InputError
        The file cannot be read, lacks a column, or has rows that are wrong; each is named.
    """
    table = _read(Path(path))
    digest = hashlib.sha256(Path(path).read_bytes()).hexdigest()
    source = {"file": Path(path).name, "sha256": digest, "rows": len(table)}
    return _checked(table, control, treated, source)


def _read(path: Path) -> pd.DataFrame:
    """Read the file; Parquet with repeated words stored once, which millions of pairs need to fit into memory."""
    if path.suffix.lower() not in (".parquet", ".pq") or not path.is_file() or path.stat().st_size == 0:
        return read_table(path)
    try:
        schema = pq.read_schema(path)
        words = [
            field.name
            for field in schema
            if field.name not in ("pair_id", "employer")
            and (pa.types.is_string(field.type) or pa.types.is_large_string(field.type))
        ]
        table: pd.DataFrame = pq.read_table(path, read_dictionary=words).to_pandas(
            self_destruct=True, split_blocks=True
        )
    except (pa.ArrowException, OSError):
        return read_table(path)  # says what is wrong with it
    if table.empty or len(set(table.columns)) != len(table.columns):
        return read_table(path)
    table.attrs = {
        "file": path.name,
        "numeric_columns": tuple(str(name) for name in table if pd.api.types.is_numeric_dtype(table[name])),
    }
    return table


def pairs_table(table: pd.DataFrame, *, control: str | None = None, treated: str | None = None) -> PairsTable:
    """Check a pairs table that is already a DataFrame, as the register exports it."""
    return _checked(table, control, treated, {"rows": len(table)})


def as_positive(values: pd.Series) -> tuple[BoolArray, BoolArray]:
    """Return which cells say positive, and which cells say neither positive nor not."""
    if pd.api.types.is_bool_dtype(values) and not values.isna().any():
        return values.to_numpy(dtype=np.bool_), np.zeros(len(values), dtype=np.bool_)
    if pd.api.types.is_numeric_dtype(values):
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers == 1.0, ~np.isin(numbers, (0.0, 1.0))
    codes, words = pd.factorize(values)
    # An empty cell has code −1 and so takes the last entry: not positive, not known.
    texts = [*(str(word).strip().lower() for word in words), ""]
    positive = np.array([text in _TRUE for text in texts], dtype=np.bool_)
    known = np.array([text in _TRUE or text in _FALSE for text in texts], dtype=np.bool_)
    return positive[codes], ~known[codes]


def positive_faults(table: pd.DataFrame, column: str, bad: BoolArray) -> list[Fault]:
    """Name the rows whose cell in `column` is neither positive nor not."""
    return [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index)),
            column=column,
            given=_shown(table[column].iloc[index]),
            expected="1 or 0 (or TRUE or FALSE)",
            action="Say whether the reaction was positive; leave out a pair of which that is not known.",
        )
        for index in np.flatnonzero(bad)
    ]


def _checked(table: pd.DataFrame, control: str | None, treated: str | None, source: Mapping[str, Any]) -> PairsTable:
    named = control is not None or treated is not None
    if named and (control is None or treated is None or control == treated):
        raise InputError("Name two different columns, one for the control arm and one for the treated arm.")
    if len(table) == 0:
        raise InputError("The pairs table has no rows. Give at least one pair.")
    columns = _outcome_columns(table, control, treated)
    if not named and not {*REACTION_COLUMNS, *POSITIVE_COLUMNS} & set(table.columns):
        raise InputError(
            f"{table.attrs.get('file', 'The table')} has neither the columns {', '.join(REACTION_COLUMNS)} nor "
            f"{', '.join(POSITIVE_COLUMNS)}. It has: {', '.join(map(str, table.columns))}. If two of these hold 1 and "
            "0, name them with --control and --treated; if a row is an application and not a pair, use --long."
        )
    require_columns(table, columns if named else (*REQUIRED, *columns))
    if "joint_committee" in table:
        require_text(table, "joint_committee", "322.01")
        _require_committees_as_text(table)
    faults = _empty_cells(table, [name for name in ("employer",) if name in table] if named else REQUIRED)
    if not named:
        faults += _repeated_pairs(table)
    if "joint_committee" in table:
        faults += _committee_faults(table)
    notes: list[str] = []
    reactions: tuple[npt.NDArray[Any], npt.NDArray[Any]] | None = None
    positives: dict[str, tuple[BoolArray, BoolArray]] = {}
    if columns == REACTION_COLUMNS:
        coded = [_reaction_codes(table, column) for column in columns]
        faults += [fault for _, found in coded for fault in found]
        reactions = (coded[0][0], coded[1][0])
        if set(POSITIVE_COLUMNS) <= set(table.columns):
            notes.append("The table has reactions and 0/1 columns; the reactions are used.")
    else:
        read = [as_positive(table[column]) for column in columns]
        for column, (_, bad) in zip(columns, read, strict=True):
            faults += positive_faults(table, column, bad)
        positives = {"positive": (read[0][0], read[1][0])}
        if named:
            notes.append(f"Control: column '{control}'; treated: column '{treated}'.")
    if faults:
        name = table.attrs.get("file", "The pairs table")
        raise InputError(f"{name} has cells that cannot be used:", sorted(faults, key=lambda f: f.row or 0))
    return PairsTable(
        frame=_grouping_frame(table, set(columns)),
        reactions=reactions,
        positives=positives,
        notes=tuple(notes),
        source=source,
    )


def _outcome_columns(table: pd.DataFrame, control: str | None, treated: str | None) -> tuple[str, str]:
    if control is not None and treated is not None:
        return control, treated
    if set(POSITIVE_COLUMNS) <= set(table.columns) and not set(REACTION_COLUMNS) <= set(table.columns):
        return POSITIVE_COLUMNS
    return REACTION_COLUMNS


def _grouping_frame(table: pd.DataFrame, used: set[str]) -> pd.DataFrame:
    frame = table[[name for name in table.columns if name not in used and name != "pair_id"]].copy(deep=False)
    frame.attrs = {}
    return frame.reset_index(drop=True)


def _require_committees_as_text(table: pd.DataFrame) -> None:
    # A DataFrame that did not come through read_table has no attrs to ask.
    if pd.api.types.is_numeric_dtype(table["joint_committee"]):
        marked = table[["joint_committee"]].head(0)
        marked.attrs = {
            "file": table.attrs.get("file", "The pairs table"),
            "numeric_columns": ("joint_committee",),
        }
        require_text(marked, "joint_committee", "322.01")


def _committee_faults(table: pd.DataFrame) -> list[Fault]:
    values = table["joint_committee"]
    codes, words = pd.factorize(values)
    texts = [*map(str, words), ""]
    wrong = np.array(
        [bool(_NUMBER_WITH_DECIMALS.fullmatch(text)) and not _COMMITTEE_NUMBER.fullmatch(text) for text in texts]
    )
    return [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index)),
            column="joint_committee",
            given=_shown(values.iloc[index]),
            expected='text such as "124" or "322.01"',
            action="The cell looks like a number that lost or gained digits. Write the column as text.",
        )
        for index in np.flatnonzero(wrong[codes])
    ]


def _empty_cells(table: pd.DataFrame, columns: Sequence[str]) -> list[Fault]:
    # A level may be empty: a study may test a criterion with one signal and not name it.
    faults = []
    for column in columns:
        if column == "level":
            continue
        values = table[column]
        empty = values.isna().to_numpy(dtype=np.bool_)
        if not pd.api.types.is_numeric_dtype(values):
            empty = empty | (values == "").to_numpy(dtype=np.bool_, na_value=False)
        faults += [
            Fault(
                file=table.attrs.get("file"),
                row=sheet_row(int(index)),
                column=column,
                given="nothing",
                expected="a value",
                action="Fill it in; every pair needs one.",
            )
            for index in np.flatnonzero(empty)
        ]
    return faults


def _repeated_pairs(table: pd.DataFrame) -> list[Fault]:
    identifiers = table["pair_id"]
    if pc.count_distinct(pa.array(identifiers, from_pandas=True), mode="all").as_py() == len(identifiers):
        return []
    repeated = identifiers.duplicated(keep="first") & identifiers.notna()
    if not repeated.any():
        return []
    repeated &= identifiers.astype(str) != ""
    places = np.flatnonzero(~identifiers.duplicated().to_numpy(dtype=np.bool_))
    row_of = {str(identifiers.iloc[place]): sheet_row(int(place)) for place in places}
    return [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index)),
            column="pair_id",
            given=f"{_shown(identifiers.iloc[index])} again, first in row {row_of[str(identifiers.iloc[index])]}",
            expected="each pair once",
            action="Remove the row that is too many, or give the pair its own pair_id.",
        )
        for index in np.flatnonzero(repeated.to_numpy(dtype=np.bool_))
    ]


def _reaction_codes(table: pd.DataFrame, column: str) -> tuple[npt.NDArray[Any], list[Fault]]:
    values = table[column]
    codes, words = pd.factorize(values)
    places = {word: place for place, word in enumerate(REACTIONS)}
    known = np.array([*(places.get(str(word), -1) for word in words), -1], dtype=np.int8)
    coded = known[codes]
    return np.maximum(coded, 0), [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index)),
            column=column,
            given=_shown(values.iloc[index]),
            expected="one of " + ", ".join(REACTIONS),
            action=nearest(str(values.iloc[index]).lower(), REACTIONS),
        )
        for index in np.flatnonzero(coded < 0)
    ]


def _shown(value: object) -> str:
    text = str(value)
    return repr(text) if text and text not in ("<NA>", "nan", "None") else "nothing"
