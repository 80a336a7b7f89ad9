"""Read a study's table; Parquet with repeated words stored once, which millions of pairs need to fit into memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from corrtest.spec import read_table


def read_columns(path: Path) -> tuple[pd.DataFrame, str]:
    """Return the table and the SHA-256 of its file."""
    table = _read(path)
    with path.open("rb") as file:
        return table, hashlib.file_digest(file, "sha256").hexdigest()


def _read(path: Path) -> pd.DataFrame:
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
