"""What the page works on: a study folder, or a register on a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from corrtest.errors import CorrtestError
from corrtest.language import say
from corrtest.register import Register, now
from corrtest.spec import StudyFolder
from corrtest.web.work import Work


@dataclass(slots=True, kw_only=True)
class Workplace:
    """The study folder, and the register where it is not the folder's own.

    Attributes
    ----------
    folder : StudyFolder or None
        None where the page works on a register alone, or where the study is still to be made.
    root : Path or None
        Where a new study may be made, while there is none yet.
    place : str or None
        The register's file or address; None for that of the folder.
    study : str or None
        Which study, where the register holds several.
    key_file : Path or None
        The register's keys; None for their usual place.
    person : str
        Who works on this machine, where no token is asked.
    clock
        What the register reads to date an event.
    work : Work
        The verb that runs in the folder.
    """

    folder: StudyFolder | None
    root: Path | None = None
    place: str | None = None
    study: str | None = None
    key_file: Path | None = None
    person: str = "coordinator"
    clock: Callable[[], datetime] = now
    work: Work = field(default_factory=Work)
    _on_server: list[Register] = field(default_factory=list, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def has_register(self) -> bool:
        """Whether there is a register to work on."""
        return self.place is not None or (self.folder is not None and self.folder.register.is_file())

    @contextmanager
    def register(self, token: str | None = None) -> Iterator[Register]:
        """Yield the register, opened for one request.

        Raises
        ------
        CorrtestError
            There is none yet.
        """
        place = self.place or (None if self.folder is None else self.folder.register)
        if place is None or not self.has_register:
            raise CorrtestError(say("This study has no register yet. Make it with: corrtest register init"))
        if "://" in str(place):
            yield self._kept(str(place)).for_bearer(token)
            return
        # A file may be put back from a backup while the page is served: it is opened anew each time.
        with Register.open(place, study=self.study, key_file=self.key_file, token=token, clock=self.clock) as opened:
            yield opened

    def of_register(self) -> list[str]:
        """Return which register it is, as a verb is told it; nothing where it is the folder's own."""
        named = [] if self.place is None else [self.place]
        return named if self.study is None else [*named, f"--study={self.study}"]

    def today(self) -> str:
        """Return the day that it is here."""
        return self.clock().date().isoformat()

    def _kept(self, place: str) -> Register:
        """Return the register on a server, whose connections are kept: a new one costs more than a request."""
        with self._lock:
            if not self._on_server:
                opened = Register.open(place, study=self.study, key_file=self.key_file, clock=self.clock)
                self._on_server.append(opened)
            return self._on_server[0]

    def documents(self, number: str, arm: str) -> list[Path]:
        """Return the files of one application, in the order of their names; none where they lie elsewhere."""
        if self.folder is None:
            return []
        root = self.folder.documents.resolve()
        found = (root / number / arm).resolve()
        if not found.is_relative_to(root) or not found.is_dir():
            return []
        return sorted(path for path in found.iterdir() if path.is_file())
