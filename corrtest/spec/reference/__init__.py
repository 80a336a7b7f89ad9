"""Facts about the world, each a data file with a source column."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import pandas as pd


def _read(name: str) -> pd.DataFrame:
    with files(__package__).joinpath(name).open("r", encoding="utf-8") as stream:
        return pd.read_csv(stream, dtype=str, keep_default_na=False)


@cache
def joint_committees() -> pd.DataFrame:
    """Return the Belgian joint committees, indexed by their number (a string).

    Columns: name_nl, name_fr, status_group, parent_code, valid_from_quarter, valid_to_quarter, remark, source.
    Source: RSZ/ONSS structured annex 26, edition 2019/1.
    """
    return _read("joint_committees.csv").set_index("code")


@cache
def postal_codes() -> pd.DataFrame:
    """Return the municipality, NIS code and province of each postal code in Flanders and Brussels.

    One row a postal code (the first town where several share one). Source: RSZ/ONSS postal codes, edition 2021/1;
    municipalities merged since then are not in it.
    """
    table = _read("postal_codes_flanders_brussels.csv")
    return table.drop_duplicates("postal_code").set_index("postal_code")


@cache
def belgian_experiments() -> pd.DataFrame:
    """Return 26 published Belgian comparisons: applications and positive reactions per arm, ratio, DOI.

    Source: register of correspondence experiments 2005-2020 (Lippens, Vermeiren and Baert, 2023).
    """
    table = _read("belgian_experiments.csv")
    numbers = ["tested_control", "tested_treated", "positive_control", "positive_treated", "ratio"]
    table[numbers] = table[numbers].apply(pd.to_numeric)
    return table
