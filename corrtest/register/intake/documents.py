"""The equivalence audit as the generator leaves it on disk, read back to be put on record."""

from __future__ import annotations

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from corrtest.errors import RegisterError
from corrtest.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """The pairs audited in a documents folder and those that did not pass; what its manifest says, and its SHA-256."""

    pairs: frozenset[str]
    failed: frozenset[str]
    specimen: bool
    sha256: str


def audited(folder: Path) -> Audited:
    """Return what the audit in a documents folder found.

    A pair passes when all its rows in `audit.csv` do.
    """
    try:
        manifest = (folder / "manifest.json").read_bytes()
        with (folder / "audit.csv").open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
    except OSError as error:
        raise RegisterError(
            say(
                "{folder} does not hold documents with their audit ({path} cannot be read). Name the folder that "
                "`corrtest render` wrote.",
                folder=folder,
                path=Path(str(error.filename)).name,
            )
        ) from None
    if not rows or not {"pair_id", "passed"} <= set(rows[0]):
        raise RegisterError(
            say("{folder} lacks the columns pair_id and passed. Render the plan again.", folder=folder / "audit.csv")
        )
    failed = {row["pair_id"] for row in rows if row["passed"].strip().lower() not in {"true", "1", "yes"}}
    return Audited(
        pairs=frozenset(row["pair_id"] for row in rows),
        failed=frozenset(failed),
        specimen=bool(json.loads(manifest).get("specimen", False)),
        sha256=hashlib.sha256(manifest).hexdigest(),
    )
