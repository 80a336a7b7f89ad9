"""From a plan to documents: in parallel, resumable, with an audit that gates every pair and a manifest of SHA-256."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.design import Plan
from corrtest.errors import GeneratorError, MissingExtraError
from corrtest.generator.contacts import ContactPool
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.earlier import SHOWN_FILE, Earlier, read_earlier, shown_lines
from corrtest.generator.factors import document_seed, plan_pairs
from corrtest.generator.journal import Journal, Record, fingerprint, written_safely
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import DOCUMENTS
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.pools import profile, require_pools
from corrtest.generator.signals import signal
from corrtest.generator.template_sets import read_template_set
from corrtest.generator.workshop import Chunks, Job, employers_in_chunks, spread, work
from corrtest.language import say
from corrtest.spec import ARMS, SHIPPED, Documents, Names

__all__ = ["RenderResult", "render_pairs", "render_plan"]

MANIFEST_SCHEMA = "corrtest/documents/1"
# Who the candidates are: the register takes them in, so that an application is found by the name that a caller says.
CANDIDATES_FILE = "candidates.csv"
CANDIDATE_COLUMNS = ("pair_id", "arm", "name", "mailbox", "telephone")

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderResult:
    """What a rendering made: files, pairs, the audit's table, pairs that failed it, pairs kept from an earlier run."""

    folder: Path
    files: int
    pairs: int
    audit: pd.DataFrame
    failures: int
    specimen: bool
    kept: int


def _versions() -> dict[str, str]:
    return {name: version(name) for name in ("corrtest", "typst", "rendercv-fonts", "jinja2", "python-docx", "pikepdf")}


def _fingerprint(job: Job, pairs: Sequence[Pair], earlier: Earlier) -> str:
    """Return the fingerprint of everything that decides the bytes of the documents."""
    shown = sorted((employer, sorted(marks)) for employer, marks in earlier.items())
    rooms = [Path(str(files(f"corrtest.{room}"))) for room in ("spec", "generator")]
    paths = [path for room in rooms for path in sorted(room.rglob("*"))]
    sources = [path for path in paths if path.suffix in (".py", ".toml", ".csv", ".json")]
    for name in job.sets:
        sources += [path for path in sorted(read_template_set(name).folder.rglob("*")) if path.is_file()]
    return fingerprint(
        job.seed,
        job.language,
        job.formats,
        job.contacts,
        job.documents,
        job.names,
        job.pools,
        sorted(_versions().items()),
        list(pairs),
        shown,
        *sources,
    )


def _on_cluster(job: Job, chunks: Chunks, cluster: str) -> Iterator[list[Record]]:
    try:
        distributed: Any = importlib.import_module("distributed")
    except ImportError as error:
        raise MissingExtraError("cluster", say("Rendering on a Dask cluster")) from error
    with distributed.Client(cluster) as client:
        tasks = [client.submit(work, job, chunk, pure=False) for chunk in chunks]
        for task in distributed.as_completed(tasks):
            yield task.result()


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
    documents: Documents = DOCUMENTS,
    names: Names = SHIPPED,
    pools: Pools = SHIPPED_POOLS,
    earlier: Sequence[str | Path] = (),
    cluster: str | None = None,
) -> RenderResult:
    """Render pairs to a folder; see `render_plan`."""
    chosen = list(pairs)
    if names.faults:
        raise GeneratorError(say("The criteria and occupations cannot be used."), names.faults)
    for criterion, level in sorted({(pair.criterion, pair.level) for pair in chosen}):
        signal(criterion, level, language, names)
    require_pools(language)
    for occupation in sorted({pair.occupation for pair in chosen}):
        profile(occupation, language, names)
    job = Job(
        seed=seed,
        language=language,
        formats=tuple(formats),
        sets=tuple(sorted({pair.template(arm) for pair in chosen for arm in ARMS})),
        contacts=contacts,
        documents=documents,
        names=names,
        pools=pools,
        folder=Path(out).resolve(),
    )
    DocumentMaker(job.sets, language, formats)  # a template's faults are found before the first document
    shown = read_earlier(earlier)
    journal = Journal.open(job.folder, _fingerprint(job, chosen, shown))
    kept = set(journal.records)
    chunks = employers_in_chunks(chosen, journal.records, shown)
    if cluster is not None:
        making = _on_cluster(job, chunks, cluster)
    else:
        making = spread(work, job, chunks, workers or os.cpu_count() or 1)
    done = 0
    for records in making:
        journal.add(record for record in records if record.pair_id not in kept)
        done += len(records)
        if progress is not None:
            progress(done, len(chosen))
    journal.rewrite()
    return _summary(job, chosen, journal, len(kept & {pair.pair_id for pair in chosen}))


def render_plan(
    plan: Plan,
    out: str | Path,
    *,
    key: bytes,
    formats: Sequence[str] = ("pdf", "html"),
    workers: int | None = None,
    progress: Progress | None = None,
    contacts: ContactPool | None = None,
    pools: Pools = SHIPPED_POOLS,
    earlier: Sequence[str | Path] = (),
    cluster: str | None = None,
    all_answers: bool = False,
) -> RenderResult:
    """Write the documents of a plan to ``out/<pair_id>/<arm>/``, with ``manifest.json`` and ``audit.csv`` beside them.

    A run that was killed goes on where it stopped: finished pairs are not made again, half-made ones never stay.

    Parameters
    ----------
    plan : Plan
        The frozen plan.
    out : path
        Folder to write to.
    key : bytes
        The secret that the documents follow from (`read_documents_key` of a plan on disk).
    formats : sequence of str
        Among "pdf", "html", "docx", "txt", "json"; the e-mail is always written as text.
    workers : int, optional
        Processes; the number of cores when left out. The bytes do not depend on it.
    progress : callable, optional
        Called with (pairs done, pairs in all).
    contacts : ContactPool, optional
        The study's contact pool. Without it every document is marked as a specimen.
    pools : Pools
        Names, places and wordings, with the study's own (`read_own_pools`).
    earlier : sequence of path
        Folders of documents of earlier studies; nothing that an employer was shown there is shown to it again.
    cluster : str, optional
        Address of a Dask scheduler whose workers see the same folder; needs the extra `cluster`.
    all_answers : bool
        Write the answers for an application form beside every pair, not only where the vacancy's channel is a portal.

    Returns
    -------
    RenderResult
        A pair that fails its audit has no documents; `failures` counts such pairs.
    """
    study, seed = plan.study, document_seed(plan.study.seed, key)
    return render_pairs(
        plan_pairs(plan.pairs, seed, all_answers=all_answers),
        out,
        seed=seed,
        language=study.language,
        formats=formats,
        workers=workers,
        progress=progress,
        contacts=contacts,
        documents=study.documents,
        names=study.names,
        pools=pools,
        earlier=earlier,
        cluster=cluster,
    )


def _csv(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> bytes:
    return pd.DataFrame(rows, columns=list(columns)).to_csv(index=False).encode()


def _summary(job: Job, pairs: Sequence[Pair], journal: Journal, kept: int) -> RenderResult:
    rows = []
    hashes: dict[str, str] = {}
    for pair in sorted(pairs, key=lambda each: each.pair_id):
        record = journal.records[pair.pair_id]
        hashes |= {name: digest for name, (digest, _) in record.files.items()}
        row: dict[str, Any] = {"pair_id": pair.pair_id, "criterion": pair.criterion, "level": pair.level}
        rows.append(row | {"passed": record.passed, "faults": "; ".join(record.details), **record.measured})
    audit = pd.DataFrame(rows)
    specimen = (job.contacts or ContactPool.specimen()).is_specimen
    manifest = {
        "schema": MANIFEST_SCHEMA,
        "language": job.language,
        "formats": list(job.formats),
        "template_sets": list(job.sets),
        "specimen": specimen,
        "versions": _versions(),
        "pairs": len(rows),
        "files": hashes,
    }
    written_safely(job.folder / "manifest.json", (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode())
    shown = ((record.employer_id, record.marks) for _, record in sorted(journal.records.items()) if record.marks)
    written_safely(job.folder / SHOWN_FILE, shown_lines(shown))
    written_safely(job.folder / "audit.csv", audit.to_csv(index=False).encode())
    people = [(name, *each) for name, record in sorted(journal.records.items()) for each in record.candidates]
    written_safely(job.folder / CANDIDATES_FILE, _csv(people, CANDIDATE_COLUMNS))
    failures = sum(not row["passed"] for row in rows)
    return RenderResult(
        folder=job.folder,
        files=len(hashes),
        pairs=len(rows),
        audit=audit,
        failures=failures,
        specimen=specimen,
        kept=kept,
    )
