"""What the candidates of a long table are called: the values that tell them apart, by commas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import pandas as pd

from corrtest.errors import AnalysisError, nearest
from corrtest.language import say


def candidate_names(table: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Return the name of the candidate of each row; a value that holds a comma stands in double quotes among others.

    So two candidates never have the same name: ``"Diallo, Awa",kok`` is not ``Diallo,"Awa, kok"``.
    """
    if len(columns) == 1:
        return table[columns[0]].astype(str)
    parts = [_quoted(table[column].astype(str)) for column in columns]
    names: pd.Series = parts[0]
    for part in parts[1:]:
        names = names + "," + part
    return names


def named_candidate(names: Sequence[str], given: str | Sequence[str]) -> str:
    """Return the candidate that was named: as its name stands, else with blanks around its commas.

    Raises
    ------
    AnalysisError
        There is no such candidate; the nearest is told.
    """
    text = given if isinstance(given, str) else ",".join(_written(part) for part in given)
    spellings = [text, text.strip(), *_respelled(text)]
    found = next((name for name in spellings if name in names), None)
    if found is None:
        raise AnalysisError(
            say(
                "There is no candidate '{name}'. {nearest}",
                name=text,
                nearest=nearest(text, list(names)),
            )
        )
    return found


def _respelled(text: str) -> list[str]:
    parts = next(csv.reader(io.StringIO(text), skipinitialspace=True), [])
    return [",".join(_written(part.strip()) for part in parts), *(parts if len(parts) == 1 else [])]


def _quoted(values: pd.Series) -> pd.Series:
    return values.map({value: _written(value) for value in values.unique()})


def _written(value: str) -> str:
    plain = "," not in value and '"' not in value
    return value if plain else '"' + value.replace('"', '""') + '"'
