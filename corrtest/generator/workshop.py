"""The workshop: makes the documents of whole employers, one worker a process.

The unit of work is an employer: its pairs are drawn in order, because no two of its documents may share a sentence, a
name or contact data. Employers are independent, so any number of workers, here or on a cluster, gives the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from corrtest.generator.contacts import ContactPool
from corrtest.generator.documents import Application, DocumentMaker
from corrtest.generator.equivalence import PairAudit, audit_pair, spoken_sentences
from corrtest.generator.journal import Record, written_safely
from corrtest.generator.personas import Pair, Persona, draw_pair
from corrtest.generator.twins import Taken
from corrtest.spec import ARMS

__all__ = ["Job", "Workshop", "employers_in_chunks", "work"]

# A pair whose only faults are these is drawn again as a whole, at most so many times; either arm may be the longer one.
REDRAWN = {"cv_length", "letter_length", "email_length", "reading_level", "shared_sentence", "sentence_seen_before"}
ATTEMPTS = 6
# Pairs a task of a worker holds, about: enough to keep it busy, few enough for a smooth progress bar.
CHUNK = 12

Drawn = tuple[tuple[Persona, Persona], tuple[Application, Application], PairAudit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs besides pairs."""

    seed: int
    language: str
    formats: tuple[str, ...]
    sets: tuple[str, ...]
    contacts: ContactPool | None
    folder: Path


class Workshop:
    """Makes documents; holds the compilers, so there is one a process."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._maker = DocumentMaker(job.sets, job.language, job.formats)

    def employer(self, pairs: Sequence[Pair], finished: Mapping[str, Record]) -> Iterator[Record]:
        """Yield the record of each pair of one employer; files are written when the audit passes."""
        taken, seen = Taken(), frozenset[str]()
        for pair in pairs:
            known = finished.get(pair.pair_id)
            if known is not None and pair is pairs[-1]:
                yield known
                return
            if known is not None:
                tried = taken.copy()
                people = self._draw(pair, tried, known.attempt)
                applications = (self._maker.texts(pair, people[0]), self._maker.texts(pair, people[1]))
                taken, seen = tried, seen | spoken_sentences(people, applications)
                yield known
                continue
            for attempt in range(ATTEMPTS):
                tried = taken.copy()
                people = self._draw(pair, tried, attempt)
                applications = (self._maker.make(pair, people[0]), self._maker.make(pair, people[1]))
                audit = audit_pair(pair, people, applications, self._job.language, seen)
                if audit.passed or not set(audit.faults) <= REDRAWN:
                    break
            taken, seen = tried, seen | spoken_sentences(people, applications)
            yield self._record(audit, attempt, applications)

    def _draw(self, pair: Pair, taken: Taken, attempt: int) -> tuple[Persona, Persona]:
        job = self._job
        return draw_pair(job.seed, pair, language=job.language, contacts=job.contacts, taken=taken, attempt=attempt)

    def _record(self, audit: PairAudit, attempt: int, applications: tuple[Application, Application]) -> Record:
        folder = self._job.folder / audit.pair_id
        if folder.exists():
            shutil.rmtree(folder)  # what a killed run, or one with other inputs, left behind
        files: dict[str, tuple[str, int]] = {}
        if audit.passed:
            for arm, application in zip(ARMS, applications, strict=True):
                for name, content in sorted(application.files.items()):
                    place = f"{audit.pair_id}/{arm}/{name}"
                    written_safely(self._job.folder / place, content)
                    files[place] = (hashlib.sha256(content).hexdigest(), len(content))
        return Record(
            pair_id=audit.pair_id,
            attempt=attempt,
            files=files,
            measured={name: round(value, 4) for name, value in audit.measured.items()},
            faults=audit.faults,
            details=audit.details,
        )


@lru_cache(maxsize=1)
def _workshop(job: Job) -> Workshop:
    # One core a process: several compilers that each take every core are slower together.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    return Workshop(job)


def work(job: Job, employers: Sequence[Sequence[Pair]], finished: Mapping[str, Record]) -> list[Record]:
    """Make the documents of some employers in this process."""
    return [record for pairs in employers for record in _workshop(job).employer(pairs, finished)]


def employers_in_chunks(pairs: Iterable[Pair]) -> list[list[list[Pair]]]:
    """Return the pairs, employer by employer, in chunks for the workers."""
    by_employer: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_employer.setdefault(pair.employer_id, []).append(pair)
    chunks: list[list[list[Pair]]] = [[]]
    for group in by_employer.values():
        if sum(len(each) for each in chunks[-1]) >= CHUNK:
            chunks.append([])
        chunks[-1].append(group)
    return chunks if chunks[0] else []
