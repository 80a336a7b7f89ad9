"""What was released before: a folder with an append-only list of published cells, and the secret of the noise.

Two reports that are safe apart may not be safe together. The gate reads this log each time: cells shown before count as
known, a cell that would differ from an earlier one by a few pairs stays hidden, and a cell leaves only so often.

A release that comes with files has two lines: `pending` before the files are put in place, `released` after. Whoever
opens the log after a crash settles what is left pending (`settle`), so that no file is out that the log does not know,
and the log knows of nothing that is not out.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corrtest.analysis import Membership
from corrtest.disclosure.keyed import commitment
from corrtest.disclosure.margins import CellKey, cell_key
from corrtest.errors import DisclosureError
from corrtest.language import say
from corrtest.spec import close_to_others, make_key

_LIST, _SECRET, _LOCK = "releases.jsonl", "secret.key", "lock.sqlite"
_PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierCell:
    """One cell as an earlier release showed it; `counts` are what it printed, per outcome."""

    keys: Mapping[str, str | None]
    pairs: int
    employers: int | None
    fingerprint: str
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierRelease:
    """The cells that left together, and which pairs stand in which of them.

    `epsilon` is what it spent of the protection of each of its pairs; None where counts were exact.
    """

    cells: tuple[EarlierCell, ...]
    membership: Membership
    epsilon: float | None = None

    def besides(self, earlier: Iterable[EarlierRelease]) -> EarlierRelease:
        """Return the release with the cells alone that no earlier one holds with the same figures."""
        known = {(cell_key(cell.keys), cell.fingerprint) for released in earlier for cell in released.cells}
        new = (cell for cell in self.cells if (cell_key(cell.keys), cell.fingerprint) not in known)
        return dataclasses.replace(self, cells=tuple(new))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseLog:
    """The log of one study, or of all studies of a register. Without its secret no release can be made again."""

    folder: Path
    secret: bytes

    @classmethod
    def existing(cls, folder: str | Path) -> ReleaseLog | None:
        """Open the log in `folder`; None where none was started there."""
        folder = Path(folder)
        return cls.open(folder) if any((folder / name).exists() for name in (_SECRET, _LIST)) else None

    @classmethod
    def reading(cls, folder: str | Path) -> ReleaseLog | None:
        """Return the log in `folder` to be read alone, nothing settled; None where none was started there."""
        path = Path(folder) / _SECRET
        return cls(folder=Path(folder), secret=make_key(path)) if path.exists() else None

    @classmethod
    def open(cls, folder: str | Path) -> ReleaseLog:
        """Open the log in `folder`, or start one there; what a crash left half done is settled first."""
        folder = Path(folder)
        path = folder / _SECRET
        if (folder / _LIST).exists() and not path.exists():
            raise DisclosureError(
                say(
                    "The release log in {folder} has lost its file '{secret}'. Restore it from the backup: earlier "
                    "releases cannot be matched without it.",
                    folder=folder,
                    secret=_SECRET,
                )
            )
        try:
            secret = make_key(path)
            for name in (_LIST, _LOCK):
                close_to_others(folder / name)
        except OSError as error:
            raise DisclosureError(
                say("The release log in {folder} cannot be opened: {strerror}.", folder=folder, strerror=error.strerror)
            ) from error
        log = cls(folder=folder, secret=secret)
        with log.alone():
            log.settle()
        return log

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process out of the log while the block runs; the lock ends with its process."""
        connection = sqlite3.connect(self.folder / _LOCK, timeout=_PATIENCE_SECONDS, isolation_level=None)
        try:
            try:
                connection.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                raise DisclosureError(
                    say(
                        "Another release is being written to the log in {folder}. Try again when it is done.",
                        folder=self.folder,
                    )
                ) from error
            yield
        finally:
            connection.close()

    @property
    def commitment(self) -> str:
        """What results carry, so that no other secret will do for them."""
        return commitment(self.secret)

    def entries(self) -> list[dict[str, Any]]:
        """Return the lines of the log, oldest first."""
        path = self.folder / _LIST
        if not path.exists():
            return []
        found = []
        lines = path.read_text(encoding="utf-8").split("\n")
        for number, line in enumerate(lines, start=1):
            if not line:
                continue
            try:
                found.append(dict(json.loads(line)))
            except (ValueError, TypeError) as error:
                if number == len(lines):
                    continue  # the last line has no end: a crash cut it off before anything was put in place
                raise DisclosureError(
                    say(
                        "Line {number} of the release log {path} cannot be read. Restore the file from the backup.",
                        number=number,
                        path=path,
                    )
                ) from error
        return found

    def cells(self) -> tuple[EarlierCell, ...]:
        """Return every cell that was ever shown, oldest first."""
        return tuple(cell for release in self.earlier() for cell in release.cells)

    def earlier(self) -> tuple[EarlierRelease, ...]:
        """Return every release, oldest first."""
        try:
            return tuple(
                EarlierRelease(
                    cells=tuple(EarlierCell(**cell) for cell in released["cells"]),
                    membership=Membership.from_dict(released["membership"]),
                    epsilon=released["epsilon"],
                )
                for entry in self.standing()
                for released in entry.get("releases", ())
            )
        except (KeyError, TypeError) as error:
            raise DisclosureError(
                say(
                    "The release log {folder} lacks a part. Restore the file from the backup.",
                    folder=self.folder / _LIST,
                )
            ) from error

    def by_key(self) -> dict[CellKey, list[EarlierCell]]:
        """Return the earlier cells by their keys."""
        grouped: dict[CellKey, list[EarlierCell]] = {}
        for cell in self.cells():
            grouped.setdefault(cell_key(cell.keys), []).append(cell)
        return grouped

    def new(self, releases: Iterable[EarlierRelease]) -> list[EarlierRelease]:
        """Return the releases with the cells alone that the log does not hold with the same figures."""
        before = self.earlier()
        return [new for released in releases if (new := released.besides(before)).cells]

    def record(self, released: EarlierRelease, facts: Mapping[str, Any] | None = None) -> None:
        """Append a release that has left, with facts about it; see `Publication` for one that comes with files."""
        content = self.new([released])
        if content or self.unknown(facts or {}):
            self.append(facts or {}, content)

    def tell(self, facts: Mapping[str, Any]) -> None:
        """Append facts about what has left, where no line of the log holds them."""
        if self.unknown(facts):
            self.append(facts)

    def told(self, name: str) -> list[Any]:
        """Return a fact as each publication told it, oldest first."""
        return [entry[name] for entry in self.standing() if name in entry]

    def unknown(self, facts: Mapping[str, Any]) -> bool:
        """Return whether there are facts that no line of the log holds."""
        return bool(facts) and not any(facts.items() <= entry.items() for entry in self.standing())

    def standing(self) -> list[dict[str, Any]]:
        """Return the lines of the log whose publication was not taken back."""
        entries = self.entries()
        withdrawn = {entry["publication"] for entry in entries if entry.get("state") == "withdrawn"}
        return [entry for entry in entries if entry.get("publication") not in withdrawn]

    def append(self, entry: Mapping[str, Any], releases: Iterable[EarlierRelease] = ()) -> None:
        """Append one line, on disk before this returns; the rest of a line that a crash cut off goes first."""
        content = [
            {
                "epsilon": released.epsilon,
                "membership": released.membership.to_dict(),
                "cells": [dataclasses.asdict(cell) for cell in released.cells],
            }
            for released in releases
        ]
        shown = {"releases": content} if content else {}
        line = json.dumps({**entry, **shown}, ensure_ascii=False, sort_keys=True)
        path = self.folder / _LIST
        try:
            _cut_to_whole_lines(path)
            with path.open("a", encoding="utf-8", newline="\n") as stream:
                stream.write(line + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise DisclosureError(
                say("The release log {path} cannot be written: {strerror}.", path=path, strerror=error.strerror)
            ) from error

    def settle(self) -> None:
        """Finish or take back each publication that was left pending.

        Where all its files still wait, nothing has left and it is withdrawn; where some have been put in place, the
        others follow and it counts as released; where their folder is gone, it counts as released.
        """
        entries = self.entries()
        done = {entry.get("publication") for entry in entries if entry.get("state") in ("released", "withdrawn")}
        for entry in entries:
            if entry.get("state") != "pending" or entry["publication"] in done:
                continue
            waiting = [name for name in entry["files"] if (Path(entry["folder"]) / name).exists()]
            if len(waiting) == len(entry["files"]):
                self.append({"publication": entry["publication"], "state": "withdrawn"})
            else:
                put_in_place(Path(entry["folder"]), waiting, Path(entry["out"]))
                self.append({"publication": entry["publication"], "state": "released"})
            shutil.rmtree(entry["folder"], ignore_errors=True)


def put_in_place(folder: Path, names: Iterable[str], out: Path) -> None:
    """Move files from the folder where they wait to where they belong, each at once."""
    try:
        for name in names:
            (folder / name).replace(out / name)
    except OSError as error:
        raise DisclosureError(
            say("Nothing can be put into {out}: {strerror}. Choose another folder.", out=out, strerror=error.strerror)
        ) from error


def _cut_to_whole_lines(path: Path) -> None:
    with suppress(FileNotFoundError):
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            with path.open("r+b") as stream:
                stream.truncate(len(whole))
