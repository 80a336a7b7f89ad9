"""Parquet with its types; repeated words are stored once where millions of rows need to fit into memory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec.cells import EXCEL_ERRORS, MISSING, Unusable, check_header, note_unusable, too_long
from corrtest.spec.limits import PARQUET, TEXT

_MARKERS = pa.array(sorted(MISSING | EXCEL_ERRORS))


def read_parquet(path: Path, words: bool, plain: Sequence[str]) -> pd.DataFrame:
    """Return the table of a Parquet file, with its types; see `corrtest.spec.read_table`."""
    try:
        with parquet.ParquetFile(path) as file:
            about, names = file.metadata, [str(name) for name in file.schema_arrow.names]
            PARQUET.check(
                path.name,
                rows=about.num_rows,
                columns=len(names),
                cells=about.num_rows * len(names),
                unpacked=sum(about.row_group(number).total_byte_size for number in range(about.num_row_groups)),
            )
            check_header(path.name, names)
            texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        repeated = [name for name in texts if name not in plain] if words else []
        with parquet.ParquetFile(path, read_dictionary=repeated) as file:
            content = file.read()
        unusable: Unusable = {}
        for name in texts:
            content = _cleaned(path.name, content, name, unusable)
        table: pd.DataFrame = content.to_pandas(self_destruct=True, split_blocks=True)
    except (pa.ArrowException, OSError) as error:
        raise InputError(
            say(
                "The file {file} is not a readable Parquet file ({error}). Write it again.", file=path.name, error=error
            )
        ) from None
    table.attrs = {
        "file": path.name,
        "numeric_columns": tuple(str(name) for name in table if pd.api.types.is_numeric_dtype(table[name])),
    }
    if unusable:
        table.attrs["unusable_cells"] = unusable
    return table


def _is_text(kind: pa.DataType) -> bool:
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _cleaned(file: str, content: pa.Table, name: str, unusable: Unusable) -> pa.Table:
    """Return the table with the texts of one column held against the rules for texts."""
    column = content[name]
    chunks = [chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk for chunk in column.chunks]
    if any(
        _has_signs(chunk) or pc.any(pc.is_in(chunk, value_set=_MARKERS.cast(chunk.type))).as_py() for chunk in chunks
    ):
        cells = ["" if cell is None or cell in MISSING else cell for cell in column.to_pylist()]
        note_unusable(file, name, cells, unusable)
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        fresh = pa.array([cell or None for cell in cells], type=kind)
        fresh = fresh.dictionary_encode() if pa.types.is_dictionary(column.type) else fresh
        content = content.set_column(content.schema.get_field_index(name), name, fresh)
    longest = max((pc.max(pc.utf8_length(chunk)).as_py() or 0 for chunk in chunks), default=0)
    if longest > TEXT:
        raise too_long(file, name, int(pc.index(pc.greater(pc.utf8_length(column), TEXT), True).as_py()))
    return content


def _has_signs(texts: pa.Array) -> bool:
    """Say whether texts hold a byte of a control character: cheaper than a look at each text."""
    data = texts.buffers()[2]
    if data is None or not len(texts):
        return False
    found = np.frombuffer(data, dtype=np.uint8)
    return bool(np.any(found < 0x20) or np.any(found == 0x7F))
