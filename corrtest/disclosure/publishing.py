"""A release with its files: written aside, logged as pending, put in place, logged as released."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corrtest.disclosure.margins import CellKey, cell_key
from corrtest.disclosure.releaselog import EarlierCell, EarlierRelease, ReleaseLog, put_in_place
from corrtest.errors import DisclosureError
from corrtest.language import say


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What is on its way out: pass it to `release` instead of the log, and write every file into `folder`."""

    log: ReleaseLog
    folder: Path
    _releases: list[EarlierRelease] = field(default_factory=list)
    _facts: dict[str, Any] = field(default_factory=dict)

    @property
    def secret(self) -> bytes:
        """The secret that the noise follows from."""
        return self.log.secret

    def by_key(self) -> dict[CellKey, list[EarlierCell]]:
        """Return what left before, and what leaves together with this."""
        grouped = self.log.by_key()
        for released in self._releases:
            for cell in released.cells:
                grouped.setdefault(cell_key(cell.keys), []).append(cell)
        return grouped

    def earlier(self) -> tuple[EarlierRelease, ...]:
        """Return every release that left before, and what leaves together with this."""
        return (*self.log.earlier(), *self._releases)

    def facts(self) -> dict[str, Any]:
        """Return what the log says of this publication besides its cells."""
        return dict(self._facts)

    def record(self, released: EarlierRelease, facts: Mapping[str, Any] | None = None) -> None:
        """Remember a release, and facts about it, until the files are in place."""
        self._releases.append(released)
        self._facts.update(facts or {})

    def tell(self, facts: Mapping[str, Any]) -> None:
        """Remember facts about this publication, until the files are in place."""
        self._facts.update(facts)

    def told(self, name: str) -> list[Any]:
        """Return a fact as each publication told it, oldest first, and this one last."""
        return [*self.log.told(name), *([self._facts[name]] if name in self._facts else [])]

    def releases(self) -> tuple[EarlierRelease, ...]:
        """Return what leaves with this publication."""
        return tuple(self._releases)


@contextmanager
def publication(log: ReleaseLog, out: str | Path) -> Iterator[Publication]:
    """Publish files in `out` and their cells in `log`, both or neither.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as place:
    ...     log = ReleaseLog.open(Path(place) / "release_log")
    ...     with publication(log, Path(place) / "out") as leaving:
    ...         _ = (leaving.folder / "report.txt").write_text("figures")
    ...     sorted(path.name for path in (Path(place) / "out").iterdir())
    ['report.txt']

    Raises
    ------
    DisclosureError
        The folder cannot be written, or another process publishes to the same log.
    """
    out = Path(out).resolve()
    name = secrets.token_hex(8)
    ours = f".release-{log.commitment[:12]}"
    folder = out / f"{ours}-{name}"
    new_folder = not out.exists()
    with log.alone():
        log.settle()
        for left in out.glob(f"{ours}-*"):  # a crash before the log knew of it: nothing of it has left
            shutil.rmtree(left, ignore_errors=True)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise DisclosureError(
                say(
                    "Nothing can be written to {out}: {strerror}. Choose another folder.",
                    out=out,
                    strerror=error.strerror,
                )
            ) from error
        try:
            leaving = Publication(log=log, folder=folder)
            yield leaving
            files = sorted(path.name for path in folder.iterdir())
            _flush(folder, files)
            new = log.new(leaving.releases())
            remembered = bool(new) or log.unknown(leaving.facts())
            if remembered:
                entry = {
                    **leaving.facts(),
                    "publication": name,
                    "state": "pending",
                    "folder": str(folder),
                    "out": str(out),
                    "files": files,
                }
                log.append(entry, new)
            put_in_place(folder, files, out)
            if remembered:
                log.append({"publication": name, "state": "released"})
        finally:
            _clear(folder, log)
            if new_folder:
                with suppress(OSError):  # it holds the files, as it should
                    out.rmdir()


def _flush(folder: Path, files: Sequence[str]) -> None:
    """Have every file on disk before the log says that it is."""
    for file in files:
        with (folder / file).open("rb+") as stream:
            os.fsync(stream.fileno())


def _clear(folder: Path, log: ReleaseLog) -> None:
    """Settle what an error left pending, then remove the folder."""
    log.settle()
    shutil.rmtree(folder, ignore_errors=True)
