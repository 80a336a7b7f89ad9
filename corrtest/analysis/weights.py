"""The weights that a table of reactions carries in a column of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd

from corrtest.analysis.tables import FloatArray
from corrtest.errors import AnalysisError, Fault, nearest
from corrtest.language import say
from corrtest.spec import parse_numbers, sheet_row


def given_weights(frame: pd.DataFrame, column: str, advice: str) -> FloatArray:
    """Return the weight of each row, above 0; `advice` says what a weight should be.

    Raises
    ------
    AnalysisError
        There is no such column, or with a fault for each cell that is no weight.
    """
    if column not in frame:
        raise AnalysisError(
            say(
                "There is no column '{column}' of weights. {nearest}",
                column=column,
                nearest=nearest(column, list(frame.columns)),
            )
        )
    values = parse_numbers(frame[column]).to_numpy(dtype=np.float64, na_value=np.nan)
    faults = [
        Fault(
            row=sheet_row(int(row)),
            column=column,
            given=str(frame[column].iloc[row]),
            expected=say("a number above 0"),
            action=advice,
        )
        for row in np.flatnonzero(~(np.isfinite(values) & (values > 0)))
    ]
    if faults:
        raise AnalysisError(say("The weights in column '{column}' cannot be used:", column=column), faults)
    return values
