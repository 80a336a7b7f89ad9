"""The journal of a rendering: which pairs are finished, so that a killed run goes on where it stopped.

One line a pair, written once its files are all in place. The first line is a fingerprint of everything that decides
the bytes (plan, seed, formats, pools, templates, versions); a journal with another fingerprint is not trusted at all.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corrtest.errors import GeneratorError
from corrtest.language import say
from corrtest.spec import write_private

__all__ = ["Journal", "Record", "fingerprint", "written_safely"]

NAME = ".journal.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One finished pair: which attempt it took, its files with hash and size, and its row of the audit.

    `marks` are those of everything that its employer was shown; `candidates` are arm, name, mailbox and telephone of
    those whose documents were written.
    """

    pair_id: str
    employer_id: str
    marks: str
    attempt: int
    files: dict[str, tuple[str, int]]
    measured: dict[str, float]
    faults: tuple[str, ...]
    details: tuple[str, ...]
    candidates: tuple[tuple[str, str, str, str], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the pair has no fault."""
        return not self.faults

    def to_line(self) -> str:
        """Return the record as a line of the journal."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, ensure_ascii=False) + "\n"

    @classmethod
    def from_line(cls, line: str) -> Record:
        """Read a line of the journal."""
        data: dict[str, Any] = json.loads(line)
        data["files"] = {name: (digest, size) for name, (digest, size) in data["files"].items()}
        data["faults"], data["details"] = tuple(data["faults"]), tuple(data["details"])
        data["candidates"] = tuple(map(tuple, data["candidates"]))
        return cls(**data)


def fingerprint(*parts: Any) -> str:
    """Return a SHA-256 of values (by their repr) and of files (by their bytes)."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else repr(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()


def written_safely(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner alone."""
    try:
        write_private(path, content)
    except OSError as error:
        raise _unwritable(path.parent, error) from error


def _unwritable(folder: Path, error: OSError) -> GeneratorError:
    return GeneratorError(
        say(
            "The documents cannot be written to {folder}: {strerror}. Free some space or choose another folder, "
            "and run it again; what is finished is kept.",
            folder=folder,
            strerror=error.strerror,
        )
    )


@dataclass(slots=True, kw_only=True)
class Journal:
    """The journal of one folder."""

    folder: Path
    mark: str
    records: dict[str, Record] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, mark: str) -> Journal:
        """Open the journal of a folder; records whose files are no longer there are left out."""
        journal, path = cls(folder=folder, mark=mark), folder / NAME
        if path.is_file():
            lines = path.read_text(encoding="utf-8").split("\n")
            if lines[0] == mark:
                # The last piece has no line end where a kill cut it off.
                for line in lines[1:-1]:
                    record = Record.from_line(line)
                    if journal.still_there(record):
                        journal.records[record.pair_id] = record
        journal.rewrite()
        return journal

    def still_there(self, record: Record) -> bool:
        """Whether all files of a record exist in their full size."""
        for name, (_, size) in record.files.items():
            path = self.folder / name
            if not path.is_file() or path.stat().st_size != size:
                return False
        return True

    def add(self, records: Iterable[Record]) -> None:
        """Put finished pairs on record."""
        new = list(records)
        try:
            with (self.folder / NAME).open("a", encoding="utf-8") as stream:
                stream.writelines(record.to_line() for record in new)
        except OSError as error:
            raise _unwritable(self.folder, error) from error
        self.records.update((record.pair_id, record) for record in new)

    def rewrite(self) -> None:
        """Write the journal anew, in the order of pair_id."""
        lines = [self.records[pair_id].to_line() for pair_id in sorted(self.records)]
        written_safely(self.folder / NAME, (self.mark + "\n" + "".join(lines)).encode())
