"""Read a study's table, and say which file it was."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import pandas as pd

from corrtest.spec import read_table, table_file, word_of


def read_columns(path: Path) -> tuple[pd.DataFrame, str]:
    """Return the table and the SHA-256 of its file; texts that repeat are kept once, which millions of pairs need."""
    table = read_table(path, words=True, plain=("pair_id", "employer"))
    # What Stata and SPSS show as a label is a word of the study's: uitnodiging is invitation.
    for name in table.attrs.get("codes", {}):
        table[name] = table[name].map(partial(word_of, name))
    return table, file_digest(path)


def file_digest(path: str | Path) -> str:
    """Return the SHA-256 of the file that a table is in."""
    with table_file(path)[0].open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
