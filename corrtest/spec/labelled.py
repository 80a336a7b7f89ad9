"""Tables of Stata (.dta) and SPSS (.sav): values with labels become the words that people read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.errors import InputError, MissingExtraError
from corrtest.language import say
from corrtest.spec.cells import typed_table
from corrtest.spec.limits import CSV

LABELLED_KINDS = (".dta", ".sav", ".zsav")


def read_labelled(path: Path) -> pd.DataFrame:
    """Return the table of a Stata or SPSS file; a missing value, also one that its owner declared so, is missing.

    A column with value labels holds the labels; `attrs["codes"]` keeps the number that each word stands for. Where two
    values have the same label, the number is added to it.
    """
    try:
        import pyreadstat  # noqa: PLC0415  (an extra)
    except ImportError:
        raise MissingExtraError("statistics", say("Reading or writing files of Stata, SPSS and R")) from None
    read = pyreadstat.read_dta if path.suffix.lower() == ".dta" else pyreadstat.read_sav
    try:
        _, about = read(path, metadataonly=True)
        rows, columns = max(about.number_rows or 0, 0), about.number_columns or 0
        CSV.check(path.name, rows=rows, columns=columns, cells=rows * columns)
        frame, about = read(path, row_limit=CSV.rows)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, ValueError, OSError) as error:
        raise InputError(
            say(
                "The file {file} is not a readable file of Stata or SPSS ({error}). Save it again, or as CSV.",
                file=path.name,
                error=error,
            )
        ) from None
    codes: dict[str, dict[str, float]] = {}
    for name, labels in about.variable_value_labels.items():
        if pd.api.types.is_numeric_dtype(frame[name]):
            frame[name], codes[name] = _worded(frame[name], labels)
    table = typed_table(path.name, frame)
    table.attrs["codes"] = codes
    return table


def _worded(values: pd.Series, labels: Mapping[Any, str]) -> tuple[pd.Series, dict[str, float]]:
    """Return the words of a column's values, and the value that each word stands for."""
    used = [value for value in values.dropna().unique() if value in labels]
    shown = [str(labels[value]).strip() for value in used]
    words: dict[Any, str] = {
        value: f"{word} ({value:g})" if shown.count(word) > 1 or not word else word
        for value, word in zip(used, shown, strict=True)
    }
    text = values.map(lambda value: None if pd.isna(value) else words.get(value, f"{value:g}")).astype(object)
    return text, {word: float(value) for value, word in words.items()}
