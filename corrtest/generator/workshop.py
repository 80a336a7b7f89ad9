"""The workshop: makes the documents of whole employers, one worker a process.

The unit of work is an employer: its pairs are drawn in order, because no two of its documents may share a sentence, a
name or contact data. Employers are independent, so any number of workers, here or on a cluster, gives the same bytes.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from corrtest.generator.contacts import ContactPool
from corrtest.generator.detectability.seen import Seen, seen_pair
from corrtest.generator.documents import Application, DocumentMaker, Draft
from corrtest.generator.earlier import Earlier, Remembered, marks_of
from corrtest.generator.equivalence import PairAudit, audit_pair
from corrtest.generator.journal import Record, written_safely
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import Persona, draw_pair
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.sentences import spoken_sentences
from corrtest.generator.twins import Taken
from corrtest.spec import ARMS, Documents, Names

__all__ = [
    "Chunks",
    "Employer",
    "Job",
    "Workshop",
    "employers_in_chunks",
    "seen_work",
    "spread",
    "work",
]

Result = TypeVar("Result")

# A pair whose only faults are these is drawn again as a whole, at most so many times.
REDRAWN = {"letter_length", "disclosure_length", "pages", "reading_level", "answers_length"}
REDRAWN |= {"shared_sentence", "sentence_seen_before"}
ATTEMPTS = 40
# Pairs a task of a worker holds, about: enough to keep it busy, few enough for a smooth progress bar.
CHUNK = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A pair as it came out: at which attempt, what the employer has then seen, its documents and their audit."""

    attempt: int
    taken: Taken
    people: tuple[Persona, Persona]
    applications: tuple[Application, Application]
    audit: PairAudit


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """One employer's pairs, in order; what is finished of them, and the marks of what it was shown before."""

    pairs: tuple[Pair, ...]
    finished: Mapping[str, Record]
    marks: frozenset[str] = frozenset()


Chunks = list[list[Employer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs besides pairs; `seed` is as secret as the key that it follows from."""

    seed: int = field(repr=False)
    language: str
    formats: tuple[str, ...]
    sets: tuple[str, ...]
    contacts: ContactPool | None
    documents: Documents
    names: Names
    folder: Path
    pools: Pools = field(default=SHIPPED_POOLS, repr=False)


class Workshop:
    """Maker of documents; holds the compilers, so there is one per process."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._maker = DocumentMaker(job.sets, job.language, job.formats)
        self._frames = self._maker.frames(draw_pair(0, _model(job), language=job.language, pools=job.pools)[0])

    def employer(self, employer: Employer) -> Iterator[Record]:
        """Yield the record of each pair of one employer; files are written when the audit passes."""
        taken, seen = Taken.after(employer.marks), Remembered(marks=employer.marks)
        for pair in employer.pairs:
            known = employer.finished.get(pair.pair_id)
            if known is not None and pair is employer.pairs[-1]:
                yield known
                return
            if known is not None:
                taken = taken.copy()
                people = self._draw(pair, taken, known.attempt)
                one, two = self._drafts(pair, people)
                seen |= spoken_sentences(people, (one.application, two.application))
                yield known
                continue
            matched = self._matched(pair, taken, seen)
            record = self._record(pair, matched, taken)
            taken = matched.taken
            seen |= matched.audit.spoken
            yield record

    def shown(self, employer: Employer) -> Iterator[Matched]:
        """Yield each pair of one employer as it was or will be made, without writing anything."""
        taken, seen = Taken.after(employer.marks), Remembered(marks=employer.marks)
        for pair in employer.pairs:
            matched = self._matched(pair, taken, seen)
            taken = matched.taken
            seen |= matched.audit.spoken
            yield matched

    def seen(self, employer: Employer) -> Iterator[Seen]:
        """Yield one employer's applications as the audits of the study see them, as they were or will be made."""
        for pair, matched in zip(employer.pairs, self.shown(employer), strict=True):
            yield from seen_pair(pair, matched.people, matched.applications)

    def _matched(self, pair: Pair, taken: Taken, seen: Set[str]) -> Matched:
        """Draw a pair until its audit has no fault that another draw could mend."""
        job = self._job
        for attempt in range(ATTEMPTS):
            tried = taken.copy()
            people = self._draw(pair, tried, attempt)
            # The texts first: files are made of a pair only once its texts have passed.
            one, two = self._drafts(pair, people)
            applications = (one.application, two.application)
            audit = audit_pair(pair, people, applications, job.language, seen, job.documents, job.names, job.pools)
            if audit.passed and job.formats:
                applications = (self._maker.complete(one), self._maker.complete(two))
                audit = audit.with_pages(people, applications)
            if audit.passed or not set(audit.faults) <= REDRAWN:
                break
        return Matched(attempt=attempt, taken=tried, people=people, applications=applications, audit=audit)

    def _drafts(self, pair: Pair, people: tuple[Persona, Persona]) -> tuple[Draft, Draft]:
        return self._maker.draft(pair, people[0]), self._maker.draft(pair, people[1])

    def _draw(self, pair: Pair, taken: Taken, attempt: int) -> tuple[Persona, Persona]:
        job = self._job
        return draw_pair(
            job.seed,
            pair,
            language=job.language,
            contacts=job.contacts,
            documents=job.documents,
            names=job.names,
            pools=job.pools,
            taken=taken,
            frames=self._frames,
            attempt=attempt,
        )

    def _record(self, pair: Pair, matched: Matched, before: Taken) -> Record:
        audit = matched.audit
        folder = self._job.folder / audit.pair_id
        if folder.exists():
            shutil.rmtree(folder)  # what a killed run, or one with other inputs, left behind
        files: dict[str, tuple[str, int]] = {}
        written = pair.written if audit.passed else ()
        for arm, application in zip(ARMS, matched.applications, strict=True):
            for name, content in sorted(application.files.items()) if arm in written else ():
                place = f"{audit.pair_id}/{arm}/{name}"
                written_safely(self._job.folder / place, content)
                files[place] = (hashlib.sha256(content).hexdigest(), len(content))
        return Record(
            pair_id=audit.pair_id,
            employer_id=pair.employer_id,
            marks=marks_of(matched.taken.added_to(before) | audit.spoken) if files else "",
            attempt=matched.attempt,
            files=files,
            measured={name: round(value, 4) for name, value in audit.measured.items()},
            faults=audit.faults,
            details=audit.details,
            candidates=tuple(_candidate(person) for person in matched.people if person.arm in written),
        )


def _candidate(person: Persona) -> tuple[str, str, str, str]:
    """Return a candidate as an employer may ask for one: arm, name, mailbox, telephone."""
    basics = person.document["basics"]
    return person.arm, person.name, str(basics.get("email", "")), str(basics.get("phone", ""))


def _model(job: Job) -> Pair:
    """Return any pair: one person's text in every layout shows what each layout adds to it."""
    day = date(2027, 1, 4)
    return Pair(
        pair_id="model",
        criterion="gender",
        level="woman",
        occupation="mason",
        postal_code="1000",
        employer_id="",
        first_arm=ARMS[0],
        control_template=job.sets[0],
        treated_template=job.sets[0],
        send_first_on=day,
        send_second_on=day,
        twin_of_control=0,
        gender="woman",
    )


@lru_cache(maxsize=1)
def _workshop(job: Job) -> Workshop:
    # One core a process: several compilers that each take every core are slower together.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    return Workshop(job)


def work(job: Job, employers: Sequence[Employer]) -> list[Record]:
    """Make the documents of some employers in this process."""
    return [record for employer in employers for record in _workshop(job).employer(employer)]


def seen_work(job: Job, employers: Sequence[Employer]) -> list[Seen]:
    """Return some employers' applications as the audits of the study see them."""
    return [each for employer in employers for each in _workshop(job).seen(employer)]


def spread(
    task: Callable[[Job, Sequence[Employer]], list[Result]], job: Job, chunks: Chunks, workers: int
) -> Iterator[list[Result]]:
    """Yield the results of a task on each chunk, in processes of this machine, as they come in."""
    if workers <= 1 or len(chunks) <= 1:
        for chunk in chunks:
            yield task(job, chunk)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        tasks = [pool.submit(task, job, chunk) for chunk in chunks]
        try:
            for each in as_completed(tasks):
                yield each.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def employers_in_chunks(
    pairs: Iterable[Pair],
    finished: Mapping[str, Record] = MappingProxyType({}),
    earlier: Earlier = MappingProxyType({}),
) -> Chunks:
    """Return the employers with their pairs, in chunks for the workers.

    Parameters
    ----------
    finished : mapping
        Pair → record of what an earlier run made.
    earlier : mapping
        Employer → marks of what other studies showed it.
    """
    by_employer: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_employer.setdefault(pair.employer_id, []).append(pair)
    chunks: Chunks = [[]]
    for employer_id, group in by_employer.items():
        if sum(len(each.pairs) for each in chunks[-1]) >= CHUNK:
            chunks.append([])
        known = {pair.pair_id: finished[pair.pair_id] for pair in group if pair.pair_id in finished}
        marks = earlier.get(employer_id, frozenset())
        chunks[-1].append(Employer(pairs=tuple(group), finished=known, marks=marks))
    return chunks if chunks[0] else []
