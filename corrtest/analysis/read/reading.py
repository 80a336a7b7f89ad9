"""Read a study's table, and say which file it was."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd

from corrtest.spec import read_table


def read_columns(path: Path) -> tuple[pd.DataFrame, str]:
    """Return the table and the SHA-256 of its file; texts that repeat are kept once, which millions of pairs need."""
    table = read_table(path, words=True, plain=("pair_id", "employer"))
    with path.open("rb") as file:
        return table, hashlib.file_digest(file, "sha256").hexdigest()
