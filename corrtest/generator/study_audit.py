"""The audit of a whole study: do its documents, read beside each other, give away an arm, a copy or a common maker?

On the texts of all documents without signal and identity, on how they are built and on what their files say. A
classifier learns to tell treated from control and is tried on pairs that it has not seen; the arms are equally long;
the two of a pair are as alike as any two applicants; no two documents resemble each other, and whoever reads many
cannot link two; dates, numbers, contact data and files hold nothing odd; no word is misspelled. Limits: the study's
`[detectability]`.
"""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.design import Plan
from corrtest.errors import CheckFailed, GeneratorError
from corrtest.generator.contacts import ContactPool
from corrtest.generator.detectability.arms import FEATURES, ArmsTold, arms_told
from corrtest.generator.detectability.files import FileFacts, file_oddities
from corrtest.generator.detectability.likeness import twin_likeness
from corrtest.generator.detectability.readers import FEW, HALF, LINKING, LINKING_WHERE_COINED, Reader, readers
from corrtest.generator.detectability.seen import Seen
from corrtest.generator.detectability.shared_runs import shared_runs
from corrtest.generator.earlier import Earlier, read_earlier
from corrtest.generator.factors import document_seed, plan_pairs
from corrtest.generator.length_balance import standardised_differences
from corrtest.generator.machine_reading import MachineReading
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import DOCUMENTS
from corrtest.generator.pool_files import SHIPPED_POOLS, Pools
from corrtest.generator.spelling import misspelled
from corrtest.generator.workshop import Job, employers_in_chunks, seen_work, spread
from corrtest.language import mark, say
from corrtest.spec import ARMS, SHIPPED, Detectability, Documents, Names

__all__ = ["AUDIT_TABLE", "Check", "Closest", "StudyAudit", "audit_plan", "audit_study", "read_length_balance"]

# Where a study folder's documents lie, the table of this audit.
AUDIT_TABLE = "study_audit.csv"

PERMUTATIONS = 40
# With fewer pairs than this no classifier can be tried.
LEAST_PAIRS = 20
# Pairs of which Word files are made as well, for what they say of themselves; PDFs are made of all, for their pages.
WORD_FILES_OF = 20
# Pairs of documents that are kept to be looked at.
WORST = 12


# The checks, as the table and the page name them.
ARMS_TOLD = (
    mark("arms told apart by words (AUC)"),
    mark("arms told apart by structure (AUC)"),
    mark("arms told apart by words and structure (AUC)"),
)
ARMS_IN_LENGTH = mark("arms differ in length (standard deviations)")
TWINS = mark("twins told from strangers by their likeness (AUC)")
COPIES = mark("near-duplicate documents")
LINKED = (
    mark("one employer links two documents (chance)"),
    mark("an enterprise group links two documents (chance)"),
    mark("a recruiter for several employers links two documents (chance)"),
)
READ_ALIKE = mark("machines read one arm better than the other (share of fields)")
ODD = mark("odd dates, numbers, contact data or files")
SPELLING = mark("misspelled words")


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name in English, what was found, the most that may be found, and a remark."""

    name: str
    value: float
    limit: float
    detail: str

    @property
    def passed(self) -> bool:
        """Whether no more was found than may be; what could not be looked at (nan) did not pass."""
        return self.value <= self.limit


def _linked(name: str, reader: Reader, allowed: float) -> Check:
    few, half = (f"more than {reader.most}" if each is None else each for each in reader.after.values())
    said = f"{reader.documents:.0f} documents; {FEW:.0%} link two after {few}, {HALF:.0%} after {half}"
    return Check(name, reader.chance["any"], allowed, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closest:
    """Two documents that share more than others do: their runs of words in common, and their resemblance."""

    one: Seen
    other: Seen
    runs: int
    resemblance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAudit:
    """What was found, beside its limits.

    Attributes
    ----------
    told : tuple of ArmsTold
        By words, by structure, by both.
    differences : mapping
        Measure of length → standardised difference between the arms.
    likeness : float
        How often the two of a pair are more alike than two of different pairs (0.5 = no more).
    duplicates : int
        Pairs of documents with more resemblance than the limit.
    closest : tuple of Closest
        The pairs of documents of different employers that share most, most first.
    readers : tuple of Reader
        What one employer, an enterprise group and a recruiter can link.
    oddities, misspelled : mapping
        What is odd about dates, numbers, contact data and files; words in no dictionary; each with how often.
    files : tuple of FileFacts
        What the files say of themselves.
    reading : MachineReading
        What machines read in the files.
    """

    pairs: int
    told: tuple[ArmsTold, ...]
    differences: Mapping[str, float]
    likeness: float
    duplicates: int
    closest: tuple[Closest, ...]
    readers: tuple[Reader, ...]
    oddities: Mapping[str, int]
    misspelled: Mapping[str, int]
    files: tuple[FileFacts, ...]
    reading: MachineReading
    limits: Detectability

    @property
    def passed(self) -> bool:
        """Whether all checks passed."""
        return all(check.passed for check in self.checks())

    def to_frame(self) -> pd.DataFrame:
        """Return one row a check: what was found, the limit, and whether it passed."""
        columns = ["check", "value", "limit", "passed", "detail"]
        rows = [(check.name, check.value, check.limit, check.passed, check.detail) for check in self.checks()]
        return pd.DataFrame(rows, columns=columns)

    def checks(self) -> list[Check]:
        """Return each check, in the order in which a reader would ask."""
        limits = self.limits
        worst = max(self.differences, key=lambda name: abs(self.differences[name]))
        length = Check(ARMS_IN_LENGTH, abs(self.differences[worst]), limits.standardised_difference, worst)
        # Twins may neither be copies of each other nor have nothing in common.
        twins = Check(
            TWINS, max(self.likeness, 1 - self.likeness), limits.twins_auc, f"more alike: {self.likeness:.2f}"
        )
        resemblance = max((each.resemblance for each in self.closest), default=0.0)
        allowed = (limits.employer_links, limits.group_links, limits.recruiter_links)
        return [
            *self._arms_told(),
            length,
            twins,
            Check(COPIES, self.duplicates, 0, f"closest {resemblance:.2f}"),
            *(_linked(*each) for each in zip(LINKED, self.readers, allowed, strict=True)),
            self._read_alike(),
            Check(ODD, sum(self.oddities.values()), 0, ", ".join(f"{name} ({n})" for name, n in self.oddities.items())),
            Check(SPELLING, len(self.misspelled), 0, ", ".join(list(self.misspelled)[:10])),
        ]

    def _arms_told(self) -> Iterator[Check]:
        for name, each in zip(ARMS_TOLD, self.told, strict=True):
            (low, high), (least, most) = each.interval, each.alike
            detail = f"interval {low:.3f} to {high:.3f}; alike: {least:.3f} to {most:.3f}"
            yield Check(name, each.auc, max(self.limits.arms_auc, most), detail)

    def _read_alike(self) -> Check:
        worst = self.reading.worst()
        detail = f"{worst['reader']}, {worst['field']}: {worst['found']:.2f} found"
        return Check(READ_ALIKE, abs(float(worst["difference"])), float(worst["limit"]), detail)

    def require_passed(self) -> None:
        """Raise CheckFailed (exit code 1) when a check failed."""
        failed = [check for check in self.checks() if not check.passed]
        if failed:
            lines = [f"{say(each.name)}: {each.value:.3g} (limit {each.limit:.3g}; {each.detail})." for each in failed]
            raise CheckFailed(say("The audit of the study's documents failed. ") + " ".join(lines))

    def plot(self, path: str | Path) -> None:
        """Draw the AUC on words and structure beside what it is when the arms are alike."""
        figure_module: Any = importlib.import_module("matplotlib.figure")
        figure, told = figure_module.Figure(figsize=(7, 3.2), layout="constrained"), self.told[-1]
        axes, limit = figure.subplots(), self.limits.arms_auc
        axes.hist(told.if_alike, bins=15, color="#9db4c0", label="arms shuffled within pairs")
        axes.axvspan(*told.interval, color="#b23a48", alpha=0.15, label="interval of the AUC")
        axes.axvline(told.auc, color="#b23a48", linewidth=2, label=f"arms as they are ({told.auc:.3f})")
        axes.axvline(limit, color="#444444", linestyle="--", label=f"limit ({limit})")
        axes.set_xlabel("AUC of a classifier that tells treated from control on words and structure (0.5 = cannot)")
        axes.set_ylabel("shuffles")
        axes.legend(frameon=False)
        figure.savefig(path, metadata={"Software": None} if str(path).endswith(".png") else None)


def audit_study(
    pairs: Iterable[Pair],
    *,
    seed: int,
    language: str = "nl",
    contacts: ContactPool | None = None,
    documents: Documents = DOCUMENTS,
    names: Names = SHIPPED,
    pools: Pools = SHIPPED_POOLS,
    limits: Detectability | None = None,
    earlier: Sequence[str | Path] = (),
    workers: int | None = None,
    shuffles: int = PERMUTATIONS,
    progress: Callable[[int, int], None] | None = None,
) -> StudyAudit:
    """Audit all documents of a study together; see the module's description.

    Parameters
    ----------
    pairs : iterable of Pair
        As `plan_pairs` gives them.
    limits : Detectability, optional
        The study's; the usual ones when left out.
    shuffles : int
        How often the arms are shuffled within pairs.
    """
    chosen = list(pairs)
    if len(chosen) < LEAST_PAIRS:
        raise GeneratorError(
            say(
                "The audit of a study needs at least {least_pairs} pairs; this one has {count}.",
                least_pairs=LEAST_PAIRS,
                count=len(chosen),
            )
        )
    job = Job(
        seed=seed,
        language=language,
        formats=(),
        sets=tuple(sorted({pair.template(arm) for pair in chosen for arm in ARMS})),
        contacts=contacts,
        documents=documents,
        names=names,
        pools=pools,
        folder=Path(),
    )
    found = _all_seen(job, chosen, read_earlier(earlier), workers or os.cpu_count() or 1, progress)
    linking = LINKING_WHERE_COINED if documents.employers == "coined" else LINKING
    return _audited(found, seed, language, limits or Detectability(), linking, shuffles, pools)


def _all_seen(
    job: Job, pairs: Sequence[Pair], earlier: Earlier, workers: int, progress: Callable[[int, int], None] | None
) -> list[Seen]:
    """Return all applications as the audits see them, those of the first employers with Word files."""
    chunks = employers_in_chunks(pairs, earlier=earlier)
    counts = [sum(len(employer.pairs) for employer in chunk) for chunk in chunks]
    filed = next((at for at in range(1, len(chunks)) if sum(counts[:at]) >= WORD_FILES_OF), len(chunks))
    found: list[Seen] = []
    for formats, some in ((("pdf", "docx"), chunks[:filed]), (("pdf",), chunks[filed:])):
        for part in spread(seen_work, replace(job, formats=formats), some, workers):
            found.extend(part)
            if progress is not None:
                progress(len(found) // 2, len(pairs))
    return sorted(found, key=lambda each: (each.pair_id, each.arm))


def _audited(
    found: Sequence[Seen],
    seed: int,
    language: str,
    limits: Detectability,
    linking: Sequence[str],
    shuffles: int,
    pools: Pools,
) -> StudyAudit:
    texts = [each.text for each in found]
    runs = shared_runs(texts, 1)
    arms = [[each.lengths for each in found if each.arm == arm] for arm in ARMS]
    sizes = {"employer": 1, "group": limits.group_employers, "recruiter": limits.recruiter_employers}
    files = tuple(facts for each in found for facts in each.files)
    odd = Counter(name for each in found for name in each.oddities)
    odd.update(name for facts in files for name in file_oddities(facts))
    return StudyAudit(
        pairs=len(found) // 2,
        told=tuple(arms_told(found, features, seed, shuffles) for features in FEATURES),
        differences=standardised_differences(*arms),
        likeness=twin_likeness(found, seed),
        duplicates=int((runs.resemblance > limits.resemblance).sum()),
        closest=tuple(
            Closest(one=found[one], other=found[other], runs=shared, resemblance=share)
            for one, other, shared, share in runs.closest(WORST)
        ),
        readers=readers(found, runs, limits.shared_runs, sizes, seed, linking),
        oddities=dict(sorted(odd.items())),
        misspelled=misspelled(texts, language, pools),
        files=files,
        reading=MachineReading(readings=pd.DataFrame([row for each in found for row in each.readings])),
        limits=limits,
    )


def audit_plan(
    plan: Plan,
    *,
    key: bytes,
    contacts: ContactPool | None = None,
    pools: Pools = SHIPPED_POOLS,
    earlier: Sequence[str | Path] = (),
    workers: int | None = None,
    shuffles: int = PERMUTATIONS,
    progress: Callable[[int, int], None] | None = None,
) -> StudyAudit:
    """Audit all documents of a frozen plan together, as `render_plan` makes them; needs the extra `audit`."""
    study, seed = plan.study, document_seed(plan.study.seed, key)
    return audit_study(
        plan_pairs(plan.pairs, seed),
        seed=seed,
        language=study.language,
        contacts=contacts,
        documents=study.documents,
        names=study.names,
        pools=pools,
        limits=study.detectability,
        earlier=earlier,
        workers=workers,
        shuffles=shuffles,
        progress=progress,
    )


def read_length_balance(table: str | Path) -> dict[str, Any] | None:
    """Return what an audit's table says of the length of the arms, for the report: `measure`, `difference`, `limit`.

    The measure that differs most, its standardised difference without sign, and what the study allows. None where there
    is no such table.
    """
    path = Path(table)
    if not path.is_file():
        return None
    rows = pd.read_csv(path)
    rows = rows.loc[rows["check"] == ARMS_IN_LENGTH]
    for row in rows.to_dict("records"):
        return {"measure": str(row["detail"]), "difference": float(row["value"]), "limit": float(row["limit"])}
    return None
