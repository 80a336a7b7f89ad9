"""What was released before: a folder with an append-only list of published cells, and the secret of the noise.

Two reports that are safe apart may not be safe together. The gate reads this log each time: cells shown before count as
known, a cell that would differ from an earlier one by a few pairs stays hidden, and a cell leaves only so often.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corrtest.disclosure.margins import CellKey, cell_key
from corrtest.errors import DisclosureError

_LIST, _SECRET = "releases.jsonl", "secret.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCell:
    """One cell as an earlier release showed it."""

    keys: Mapping[str, str | None]
    pairs: int
    employers: int | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLog:
    """The log of one register. Keep the folder with the register: without the secret no release can be made again."""

    folder: Path
    secret: bytes

    @classmethod
    def open(cls, folder: str | Path) -> ReleaseLog:
        """Open the log in `folder`, or start one there."""
        folder = Path(folder)
        path = folder / _SECRET
        try:
            if not path.exists():
                if (folder / _LIST).exists():
                    raise DisclosureError(
                        f"The release log in {folder} has lost its file '{_SECRET}'. Restore it from the backup: "
                        "earlier releases cannot be matched without it."
                    )
                folder.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                    stream.write(secrets.token_hex(32) + "\n")
            secret = bytes.fromhex(path.read_text(encoding="ascii").strip())
        except OSError as error:
            raise DisclosureError(f"The release log in {folder} cannot be opened: {error.strerror}.") from error
        except ValueError as error:
            raise DisclosureError(f"The file '{path}' is damaged. Restore it from the backup.") from error
        return cls(folder=folder, secret=secret)

    def cells(self) -> tuple[EarlierCell, ...]:
        """Return every cell that was ever shown, oldest first."""
        path = self.folder / _LIST
        if not path.exists():
            return ()
        found = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                entry: dict[str, Any] = json.loads(line)
                found += [
                    EarlierCell(
                        keys=cell["keys"],
                        pairs=cell["pairs"],
                        employers=cell["employers"],
                        fingerprint=cell["fingerprint"],
                    )
                    for cell in entry["cells"]
                ]
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise DisclosureError(
                    f"Line {number} of the release log {path} cannot be read. Restore the file from the backup."
                ) from error
        return tuple(found)

    def by_key(self) -> dict[CellKey, list[EarlierCell]]:
        """Return the earlier cells by their keys."""
        grouped: dict[CellKey, list[EarlierCell]] = {}
        for cell in self.cells():
            grouped.setdefault(cell_key(cell.keys), []).append(cell)
        return grouped

    def record(self, cells: Iterable[EarlierCell]) -> None:
        """Append the cells of one release; cells that the log holds already with the same figures are left out."""
        known = {(cell_key(cell.keys), cell.fingerprint) for cell in self.cells()}
        content = [
            {
                "keys": dict(cell.keys),
                "pairs": cell.pairs,
                "employers": cell.employers,
                "fingerprint": cell.fingerprint,
            }
            for cell in cells
            if (cell_key(cell.keys), cell.fingerprint) not in known
        ]
        if not content:
            return
        line = json.dumps({"cells": content}, ensure_ascii=False, sort_keys=True)
        with (self.folder / _LIST).open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(line + "\n")
            stream.flush()
            os.fsync(stream.fileno())
