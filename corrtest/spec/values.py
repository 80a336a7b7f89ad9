"""What the text of a cell says: a day, a number."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from corrtest.spec.moments import read_moment

# 2027-01-11, with or without the time that programs put behind a day.
_ISO_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]\d{1,2}:\d{2}.*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")


def parse_days(values: pd.Series) -> pd.Series:
    """Return dates (NaT where a cell is no date) from 2027-01-11, from 11/01/2027 as Excel in Belgium shows them, and
    from what else people type (`read_moment`): 11/1/27, 11 jan 2027, the number that Excel has for a day.

    A time behind an ISO day is left out. Where one day of the column can only have its month first (3/31/2027), no day
    with slashes is read: see `month_first`.
    """
    if pd.api.types.is_datetime64_any_dtype(values):
        days: pd.Series = values.dt.normalize()
        return days
    text = values.astype(str).str.strip()
    iso: pd.Series = pd.to_datetime(
        text.str.replace(_ISO_DAY, r"\1-\2-\3", regex=True), format="%Y-%m-%d", errors="coerce"
    )
    if month_first(values) is not None:
        return iso
    belgian: pd.Series = pd.to_datetime(
        text.str.replace(_DAY_FIRST, r"\1/\2/\3", regex=True), format="%d/%m/%Y", errors="coerce"
    )
    days = iso.where(iso.notna(), belgian)
    if days.notna().all():
        return days
    rest = {value: _typed(value) for value in text[days.isna()].unique()}
    return days.where(days.notna(), pd.to_datetime(text.map(rest)))


def _typed(text: str) -> pd.Timestamp | None:
    moment = read_moment(text) if text else None
    return None if moment is None else pd.Timestamp(moment.year, moment.month, moment.day)


def month_first(values: pd.Series) -> int | None:
    """Return the place of the first date that can only have its month before its day; None where there is none."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return None
    parts = values.astype(str).str.strip().str.extract(_DAY_FIRST)
    first, second = pd.to_numeric(parts[0]), pd.to_numeric(parts[1])
    places = np.flatnonzero(((first <= 12) & (second > 12) & (second <= 31)).to_numpy(dtype=np.bool_, na_value=False))
    return int(places[0]) if len(places) else None


def parse_numbers(values: pd.Series) -> pd.Series:
    """Return numbers (NaN where a cell is no number), with a decimal point or a decimal comma."""
    if pd.api.types.is_numeric_dtype(values):
        return values
    text = values.astype(str).str.replace("\u00a0", "", regex=False)
    return pd.to_numeric(text.str.replace(",", ".", regex=False), errors="coerce")
