"""Data frames of R: .rds holds one, .RData may hold several, of which one is named."""

from __future__ import annotations

import bz2
import gzip
import lzma
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.errors import Fault, InputError, MissingExtraError, nearest
from corrtest.language import say
from corrtest.spec.cells import typed_table
from corrtest.spec.limits import CSV

R_KINDS = (".rds", ".rdata", ".rda")
_PACKED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ", lzma.open))
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    NotImplementedError,
    AssertionError,
    EOFError,
    OSError,
    RecursionError,
    OverflowError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
)


def read_r(path: Path, asked: str | None = None) -> pd.DataFrame:
    """Return a data frame of R: factors are their words, NA is missing."""
    try:
        import rdata  # noqa: PLC0415  (an extra)
    except ImportError:
        raise MissingExtraError("statistics", say("Reading or writing files of Stata, SPSS and R")) from None
    content = _unpacked(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of classes that are no data frames, and of texts that do not say how
            found = rdata.conversion.convert(
                rdata.parser.parse_data(content), default_encoding="utf-8", force_default_encoding=False
            )
    except _UNREADABLE as error:
        raise _unreadable(path.name, error) from None
    frames = {"": found} if not isinstance(found, dict) else found
    frames = {name: frame for name, frame in frames.items() if isinstance(frame, pd.DataFrame)}
    frame = _chosen(path.name, frames, asked)
    CSV.check(path.name, rows=len(frame), columns=frame.shape[1], cells=frame.size)
    return typed_table(path.name, frame.reset_index(drop=True))


def _unpacked(path: Path) -> bytes:
    """Return what the file holds when it is unpacked, which R does by default."""
    CSV.check(path.name, unpacked=path.stat().st_size)
    with path.open("rb") as file:
        start = file.read(8)
    opener: Any = next((opener for sign, opener in _PACKED if start.startswith(sign)), open)
    try:
        with opener(path, "rb") as stream:
            content = bytes(stream.read(CSV.unpacked + 1))
    except _UNREADABLE as error:
        raise _unreadable(path.name, error) from None
    CSV.check(path.name, unpacked=len(content))
    return content


def _chosen(file: str, frames: dict[str, pd.DataFrame], asked: str | None) -> pd.DataFrame:
    names = list(frames)
    if not frames:
        raise InputError(say("{file} holds no data frame of R. Save one with saveRDS(data, file).", file=file))
    if asked is not None and asked in frames:
        return frames[asked]
    if asked is None and len(frames) == 1:
        return frames[names[0]]
    raise InputError(
        say("Which data frame of {file} is meant is not known.", file=file),
        [
            Fault(
                file=file,
                given=say("nothing") if asked is None else repr(asked),
                expected=say("one of {words}", words=", ".join(names)),
                action=say("Name it behind the file, as in {file}#{name}.", file=file, name=names[0])
                if asked is None
                else nearest(asked, names),
            )
        ],
    )


def _unreadable(file: str, error: Exception) -> InputError:
    return InputError(
        say(
            "The file {file} is not a readable file of R ({error}). Save it again with saveRDS().",
            file=file,
            error=error,
        )
    )
