"""How large a table may be: what is more is refused before it is unpacked, so that no file can fill the memory."""

from __future__ import annotations

from dataclasses import dataclass

from corrtest.errors import InputError
from corrtest.language import say

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one kind of file may hold: rows, columns, cells, characters in a cell, bytes when unpacked."""

    rows: int
    columns: int
    cells: int
    text: int
    unpacked: int

    def check(self, file: str, *, rows: int = 0, columns: int = 0, cells: int = 0, unpacked: int = 0) -> None:
        """Raise InputError where a file has more than this."""
        for what, found, most in (
            ("columns", columns, self.columns),
            ("rows", rows, self.rows),
            ("cells", cells, self.cells),
        ):
            if found > most:
                raise InputError(
                    say(
                        "The file {file} has {found:,} {what}; at most {most:,} are read. Keep the columns that "
                        "are needed and the rows of one study, or write it as Parquet.",
                        file=file,
                        found=found,
                        what=what,
                        most=most,
                    )
                )
        if unpacked > self.unpacked:
            raise InputError(
                say(
                    "The file {file} is {unpacked:,.0f} MB when unpacked; at most {most:,.0f} MB are read. "
                    "Keep the columns that are needed and the rows of one study, or write it as Parquet.",
                    file=file,
                    unpacked=unpacked / MEGABYTE,
                    most=self.unpacked / MEGABYTE,
                )
            )


# A cell of Excel holds 32,767 characters; nobody's table needs more.
TEXT = 32_767
CSV = Limits(rows=5_000_000, columns=2_000, cells=40_000_000, text=TEXT, unpacked=1_000 * MEGABYTE)
WORKBOOK = Limits(rows=1_048_576, columns=2_000, cells=2_500_000, text=TEXT, unpacked=100 * MEGABYTE)
PARQUET = Limits(rows=100_000_000, columns=2_000, cells=2_000_000_000, text=TEXT, unpacked=16_000 * MEGABYTE)
