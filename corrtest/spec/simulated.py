"""Simulated: made up by a computer. It is a mark that a table carries row by row, and a study as a whole.

A study that is simulated marks all that comes of it; one that is not takes in nothing that is marked.
"""

from __future__ import annotations

import pandas as pd

__all__ = ["SIMULATED", "TRUE_WORDS", "simulated_rows"]

SIMULATED = "simulated"
TRUE_WORDS = frozenset({"1", "true", "yes", "1.0", "1,0", "ja", "waar", "oui", "vrai", "wahr"})


def simulated_rows(table: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows a column `simulated` marks; none where the table has no such column."""
    if SIMULATED not in table:
        return pd.Series(False, index=table.index)
    values = table[SIMULATED]
    if pd.api.types.is_bool_dtype(values):
        return values.fillna(False).astype(bool)
    return values.astype(str).str.strip().str.lower().isin(list(TRUE_WORDS))
