"""From a plan to documents: workers, progress, the audit that gates every pair, and a manifest of SHA-256.

The unit of work is an employer: its pairs are drawn in order, because no two of its documents may share a
sentence, a name or contact data. Employers are independent, so any number of workers gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from corrtest.errors import GeneratorError
from corrtest.generator.contacts import ContactPool
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.equivalence import PairAudit, audit_pair
from corrtest.generator.factors import plan_pairs
from corrtest.generator.personas import Pair, draw_pair
from corrtest.generator.pools import profile
from corrtest.generator.signals import signal
from corrtest.generator.twins import Taken
from corrtest.spec import ARMS

if TYPE_CHECKING:
    from corrtest.design import Plan

__all__ = ["RenderResult", "render_pairs", "render_plan"]

MANIFEST_SCHEMA = "corrtest/documents/1"
# Pairs a task of a worker holds, about: enough to keep it busy, few enough for a smooth progress bar.
CHUNK = 12

# A pair whose only faults are these is drawn again as a whole, at most so many times; either arm may be the longer one.
REDRAWN = {"cv_length", "letter_length", "email_length", "reading_level", "shared_sentence"}
ATTEMPTS = 6

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What `render_plan` made: number of files and pairs, the audit's table, and how many pairs failed it."""

    folder: Path
    files: int
    pairs: int
    audit: pd.DataFrame
    failures: int
    specimen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What a worker needs besides pairs."""

    seed: int
    language: str
    formats: tuple[str, ...]
    sets: tuple[str, ...]
    contacts: ContactPool | None
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What a worker hands back for one pair: hashes by path, and the audit."""

    pair_id: str
    hashes: dict[str, str]
    audit: PairAudit


class _Worker:
    """Makes the documents of whole employers; holds the compiler."""

    def __init__(self, job: _Job) -> None:
        self._job = job
        self._maker = DocumentMaker(job.sets, job.language, job.formats)

    def employer(self, pairs: Sequence[Pair]) -> Iterator[_Made]:
        """Yield each pair of one employer, its files written when the audit passes."""
        taken = Taken()
        for pair in pairs:
            for attempt in range(ATTEMPTS):
                tried = taken.copy()
                personas = draw_pair(
                    self._job.seed,
                    pair,
                    language=self._job.language,
                    contacts=self._job.contacts,
                    taken=tried,
                    attempt=attempt,
                )
                applications = (self._maker.make(pair, personas[0]), self._maker.make(pair, personas[1]))
                audit = audit_pair(pair, personas, applications, self._job.language)
                if audit.passed or not set(audit.faults) <= REDRAWN:
                    break
            taken = tried
            hashes: dict[str, str] = {}
            if audit.passed:
                for arm, application in zip(ARMS, applications, strict=True):
                    hashes |= _write(self._job.folder, f"{pair.pair_id}/{arm}", application.files)
            yield _Made(pair_id=pair.pair_id, hashes=hashes, audit=audit)


def _write(folder: Path, place: str, files: Any) -> dict[str, str]:
    target = folder / place
    hashes = {}
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            half = target / f".{name}.part"
            half.write_bytes(content)
            half.replace(target / name)
            hashes[f"{place}/{name}"] = hashlib.sha256(content).hexdigest()
    except OSError as error:
        raise GeneratorError(
            f"The documents cannot be written to {target}: {error.strerror}. Free some space or choose another folder,"
            " and run it again."
        ) from error
    return hashes


_worker: list[_Worker] = []


def _start(job: _Job) -> None:
    # One core a process: several compilers that each take every core are slower together.
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    _worker.append(_Worker(job))


def _run(employers: Sequence[Sequence[Pair]]) -> list[_Made]:
    return [made for pairs in employers for made in _worker[0].employer(pairs)]


def _chunks(pairs: Iterable[Pair]) -> list[list[list[Pair]]]:
    by_employer: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_employer.setdefault(pair.employer_id, []).append(pair)
    chunks: list[list[list[Pair]]] = [[]]
    for group in by_employer.values():
        if sum(len(each) for each in chunks[-1]) >= CHUNK:
            chunks.append([])
        chunks[-1].append(group)
    return chunks if chunks[0] else []


def _made(job: _Job, chunks: list[list[list[Pair]]], workers: int) -> Iterator[list[_Made]]:
    if workers <= 1 or len(chunks) <= 1:
        worker = _Worker(job)
        for chunk in chunks:
            yield [made for pairs in chunk for made in worker.employer(pairs)]
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_start, initargs=(job,)) as pool:
        for done in as_completed([pool.submit(_run, chunk) for chunk in chunks]):
            yield done.result()


def render_pairs(
    pairs: Iterable[Pair],
    out: str | Path,
    *,
    seed: int,
    language: str = "nl",
    formats: Sequence[str] = ("pdf", "html"),
    workers: int | None = None,
    progress: Progress | None = None,
    contacts: ContactPool | None = None,
) -> RenderResult:
    """Render pairs to a folder; see `render_plan`."""
    chosen = list(pairs)
    for each in {(pair.criterion, pair.level) for pair in chosen}:
        signal(*each)
    for occupation in sorted({pair.occupation for pair in chosen}):
        profile(occupation, language)
    folder = Path(out)
    job = _Job(
        seed=seed,
        language=language,
        formats=tuple(formats),
        sets=tuple(sorted({pair.template(arm) for pair in chosen for arm in ARMS})),
        contacts=contacts,
        folder=folder,
    )
    DocumentMaker(job.sets, language, formats)  # a template's faults are found before the first document
    made: list[_Made] = []
    for part in _made(job, _chunks(chosen), workers or os.cpu_count() or 1):
        made.extend(part)
        if progress is not None:
            progress(len(made), len(chosen))
    made.sort(key=lambda each: each.pair_id)
    specimen = (contacts or ContactPool.specimen()).is_specimen
    audit = _audit_table(chosen, made)
    hashes = {path: digest for each in made for path, digest in sorted(each.hashes.items())}
    _write_summary(folder, job, hashes, audit, specimen)
    return RenderResult(
        folder=folder,
        files=len(hashes),
        pairs=len(chosen),
        audit=audit,
        failures=int((~audit["passed"]).sum()) if len(audit) else 0,
        specimen=specimen,
    )


def render_plan(
    plan: Plan,
    out: str | Path,
    formats: Sequence[str] = ("pdf", "html"),
    workers: int | None = None,
    progress: Progress | None = None,
    contacts: ContactPool | None = None,
) -> RenderResult:
    """Write the documents of a plan to ``out/<pair_id>/<arm>/``, with ``manifest.json`` and ``audit.csv`` beside them.

    Parameters
    ----------
    plan : Plan
        The frozen plan.
    out : path
        Folder to write to.
    formats : sequence of str
        Among "pdf", "html"; the e-mail is always written as text.
    workers : int, optional
        Processes; the number of cores when left out. The bytes do not depend on it.
    progress : callable, optional
        Called with (pairs done, pairs in all).
    contacts : ContactPool, optional
        The study's contact pool. Without it every document is marked as a specimen.

    Returns
    -------
    RenderResult
        A pair that fails its audit has no documents; `failures` counts such pairs.
    """
    study = plan.study
    return render_pairs(
        plan_pairs(plan.pairs, study.seed),
        out,
        seed=study.seed,
        language=study.language,
        formats=formats,
        workers=workers,
        progress=progress,
        contacts=contacts,
    )


def _audit_table(pairs: Sequence[Pair], made: Sequence[_Made]) -> pd.DataFrame:
    about = {pair.pair_id: pair for pair in pairs}
    rows = [
        {
            "pair_id": each.pair_id,
            "criterion": about[each.pair_id].criterion,
            "level": about[each.pair_id].level,
            "passed": each.audit.passed,
            "faults": "; ".join(each.audit.details),
            **{name: round(value, 4) for name, value in each.audit.measured.items()},
        }
        for each in made
    ]
    return pd.DataFrame(rows)


def _write_summary(folder: Path, job: _Job, hashes: dict[str, str], audit: pd.DataFrame, specimen: bool) -> None:
    manifest = {
        "schema": MANIFEST_SCHEMA,
        "seed": job.seed,
        "language": job.language,
        "formats": list(job.formats),
        "template_sets": list(job.sets),
        "specimen": specimen,
        "versions": {name: version(name) for name in ("corrtest", "typst", "rendercv-fonts", "jinja2")},
        "pairs": len(audit),
        "files": hashes,
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    _write(folder, ".", {"manifest.json": text.encode(), "audit.csv": audit.to_csv(index=False).encode()})
