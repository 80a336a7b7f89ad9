"""Long work: a verb of the command line, run in the study folder, whose words and progress outlive a page."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corrtest.errors import CorrtestError
from corrtest.language import PROGRESS, VARIABLE, current, say

_RUN = "from corrtest.cli import main; main()"
_OUTPUT, _PROGRESS = "words.txt", "progress.txt"


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Task:
    """A verb that runs or ran; `place` holds what it says, until it is forgotten."""

    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes]
    place: Path

    @property
    def command(self) -> str:
        """What would be typed for it."""
        return " ".join(("corrtest", *self.arguments))

    @property
    def runs(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    @property
    def failed(self) -> bool:
        """Whether it ended with a refusal or a failed check."""
        return bool(self.process.poll())

    def words(self) -> str:
        """Return what it has said so far."""
        return self._read(_OUTPUT)

    def progress(self) -> tuple[int, int] | None:
        """Return how much is done, and of how much; None where it does not say."""
        done, _, total = self._read(_PROGRESS).partition(" ")
        return (int(done), int(total)) if done.isdigit() and total.isdigit() else None

    def _read(self, name: str) -> str:
        path = self.place / name
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""


@dataclass(slots=True)
class Work:
    """The work on a study folder: one verb at a time; kept in memory, so a restart forgets what was said."""

    task: Task | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, arguments: Sequence[str], root: Path, environment: Mapping[str, str]) -> None:
        """Run a verb in a folder, in the language of who asks for it.

        Raises
        ------
        CorrtestError
            Other work is not finished.
        """
        with self._lock:
            if self.task is not None and self.task.runs:
                raise CorrtestError(say("Other work is not finished yet: {command}.", command=self.task.command))
            place = Path(tempfile.mkdtemp())
            spoken = {VARIABLE: current(), PROGRESS: str(place / _PROGRESS), "PYTHONIOENCODING": "utf-8"}
            with (place / _OUTPUT).open("wb") as output:
                process = subprocess.Popen(
                    [sys.executable, "-c", _RUN, *arguments],
                    cwd=root,
                    env={**os.environ, "COLUMNS": "100", **spoken, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                )
            self.task = Task(tuple(arguments), process, place)
            weakref.finalize(self.task, shutil.rmtree, place, ignore_errors=True)
