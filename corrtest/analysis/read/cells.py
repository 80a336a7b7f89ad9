"""Check the cells of a table of reactions: what says positive, what is empty, repeated, or no reaction at all."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from corrtest.analysis.rows import FALSE, TRUE, CodeArray
from corrtest.analysis.tables import BoolArray
from corrtest.errors import Fault, InputError, nearest
from corrtest.language import say
from corrtest.spec import REACTIONS, coded, require_text, sheet_row

# 124, 322.01, 330.01.10; a number that lost or gained zeros looks like 322.1, 322.010000 or 124.0.
_COMMITTEE_NUMBER = re.compile(r"\d{3}(\.\d{2}){0,2}")
_NUMBER_WITH_DECIMALS = re.compile(r"\d+[.,]\d*")


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
    positive = np.array([text in TRUE for text in texts], dtype=np.bool_)
    known = np.array([text in TRUE or text in FALSE for text in texts], dtype=np.bool_)
    return positive[codes], ~known[codes]


def worded_or_coded(table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column that says positive or not: its words, or the numbers behind them where no word says so."""
    values = table[column]
    known = {str(word).strip().lower() for word in values.dropna().unique()} <= TRUE | FALSE
    return values if known else coded(table, column)


def positive_faults(table: pd.DataFrame, column: str, bad: BoolArray) -> list[Fault]:
    """Name the rows whose cell in `column` is neither positive nor not."""
    return [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index), table),
            column=column,
            given=shown(table[column].iloc[index]),
            expected=say("1 or 0 (or TRUE or FALSE)"),
            action=say("Say whether the reaction was positive; leave out a pair of which that is not known."),
        )
        for index in np.flatnonzero(bad)
    ]


def check_grouping_columns(table: pd.DataFrame, required: Sequence[str]) -> list[Fault]:
    """Return the faults of the columns that are no reactions: empty cells, repeated pairs, mangled committees.

    Raises
    ------
    InputError
        The joint committees are stored as numbers, so that none can be trusted.
    """
    # A level may be empty: a study may test a criterion with one signal and not name it.
    faults = empty_cells(table, [name for name in required if name != "level"])
    if "pair_id" in required:
        faults += repeated_identifiers(table)
    if "joint_committee" in table:
        require_text(table, "joint_committee", "322.01")
        require_committees_as_text(table)
        faults += committee_faults(table)
    return faults


def refuse(table: pd.DataFrame, faults: Sequence[Fault]) -> None:
    """Raise an InputError with all faults in the order of rows, if there are any."""
    if faults:
        name = table.attrs.get("file", say("The pairs table"))
        raise InputError(
            say("{name} has cells that cannot be used:", name=name), sorted(faults, key=lambda fault: fault.row or 0)
        )


def require_committees_as_text(table: pd.DataFrame) -> None:
    """Refuse joint committees that are stored as numbers, and so lost their zeros."""
    # A DataFrame that did not come through read_table has no attrs to ask.
    if pd.api.types.is_numeric_dtype(table["joint_committee"]):
        marked = table[["joint_committee"]].head(0)
        marked.attrs = {
            "file": table.attrs.get("file", say("The pairs table")),
            "numeric_columns": ("joint_committee",),
        }
        require_text(marked, "joint_committee", "322.01")


def committee_faults(table: pd.DataFrame) -> list[Fault]:
    """Name the rows whose joint committee looks like a number that lost or gained digits."""
    values = table["joint_committee"]
    codes, words = pd.factorize(values)
    texts = [*map(str, words), ""]
    wrong = np.array(
        [bool(_NUMBER_WITH_DECIMALS.fullmatch(text)) and not _COMMITTEE_NUMBER.fullmatch(text) for text in texts]
    )
    return [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index), table),
            column="joint_committee",
            given=shown(values.iloc[index]),
            expected=say('text such as "124" or "322.01"'),
            action=say("The cell looks like a number that lost or gained digits. Write the column as text."),
        )
        for index in np.flatnonzero(wrong[codes])
    ]


def empty_cells(table: pd.DataFrame, columns: Sequence[str]) -> list[Fault]:
    """Name the empty cells of columns in which every row needs a value."""
    faults = []
    for column in columns:
        values = table[column]
        empty = values.isna().to_numpy(dtype=np.bool_)
        if not pd.api.types.is_numeric_dtype(values):
            empty = empty | (values == "").to_numpy(dtype=np.bool_, na_value=False)
        faults += [
            Fault(
                file=table.attrs.get("file"),
                row=sheet_row(int(index), table),
                column=column,
                given=say("nothing"),
                expected=say("a value"),
                action=say("Fill it in, or remove the row."),
            )
            for index in np.flatnonzero(empty)
        ]
    return faults


def repeated_identifiers(table: pd.DataFrame) -> list[Fault]:
    """Name the rows whose pair_id stands in an earlier row."""
    identifiers = table["pair_id"]
    values = pa.array(identifiers, from_pandas=True)
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks() if values.num_chunks > 1 else values.chunk(0)
    # Identifiers that rise all the way repeat none, which is cheaper to see than to count.
    if values.null_count == 0 and pc.all(pc.less(values[:-1], values[1:])).as_py() in (True, None):
        return []
    if pc.count_distinct(values, mode="all").as_py() == len(values):
        return []
    repeated = identifiers.duplicated(keep="first") & identifiers.notna()
    if not repeated.any():
        return []
    repeated &= identifiers.astype(str) != ""
    places = np.flatnonzero(~identifiers.duplicated().to_numpy(dtype=np.bool_))
    row_of = {str(identifiers.iloc[place]): sheet_row(int(place), table) for place in places}
    return [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index), table),
            column="pair_id",
            given=say(
                "{identifier} again, first in row {row_of}",
                identifier=shown(identifiers.iloc[index]),
                row_of=row_of[str(identifiers.iloc[index])],
            ),
            expected=say("each pair once"),
            action=say("Remove the row that is too many, or give the pair its own pair_id."),
        )
        for index in np.flatnonzero(repeated.to_numpy(dtype=np.bool_))
    ]


def reaction_codes(table: pd.DataFrame, column: str) -> tuple[CodeArray, list[Fault]]:
    """Return each reaction's place in `REACTIONS`, and the rows that hold none of them."""
    values = table[column]
    codes, words = pd.factorize(values)
    places = {word: place for place, word in enumerate(REACTIONS)}
    known = np.array([*(places.get(str(word), -1) for word in words), -1], dtype=np.int8)
    coded = known[codes]
    return np.maximum(coded, 0), [
        Fault(
            file=table.attrs.get("file"),
            row=sheet_row(int(index), table),
            column=column,
            given=shown(values.iloc[index]),
            expected=say("one of {words}", words=", ".join(REACTIONS)),
            action=nearest(str(values.iloc[index]).lower(), REACTIONS),
        )
        for index in np.flatnonzero(coded < 0)
    ]


def shown(value: object) -> str:
    """Return a cell as a message shows it."""
    text = str(value)
    return repr(text) if text and text not in ("<NA>", "nan", "None") else "nothing"
