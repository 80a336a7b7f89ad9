"""The audit of a whole study: could anything but the signal tell the arms apart, and do any documents look like copies?

Three checks on the masked texts of all documents. A classifier learns to tell treated from control and is tried on
pairs that it has not seen; its AUC must not beat 0.55, or what shuffling the arms within pairs gives where that is
wider. No two documents may resemble each other more than `DUPLICATE_LIMIT`. No word may be misspelled.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design import Plan, substream
from corrtest.errors import CheckFailed, GeneratorError, MissingExtraError
from corrtest.generator.contacts import ContactPool
from corrtest.generator.earlier import read_earlier
from corrtest.generator.factors import document_seed, plan_pairs
from corrtest.generator.near_duplicates import near_duplicates
from corrtest.generator.pairs import Pair
from corrtest.generator.personas import DOCUMENTS
from corrtest.generator.spelling import misspelled
from corrtest.generator.workshop import Job, MaskedText, employers_in_chunks, masked_work, spread
from corrtest.language import say
from corrtest.spec import ARMS, SHIPPED, Documents, Names

__all__ = ["StudyAudit", "arms_auc", "audit_plan", "audit_study"]

AUC_LIMIT = 0.55
DUPLICATE_LIMIT = 0.6
FOLDS = 5
PERMUTATIONS = 40
# With fewer pairs than this no classifier can be tried.
LEAST_PAIRS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyAudit:
    """The three checks; `auc_if_alike` are AUCs with the arms shuffled within pairs."""

    pairs: int
    auc: float
    auc_if_alike: tuple[float, ...]
    duplicates: tuple[tuple[str, str, float], ...]
    misspelled: dict[str, int]

    @property
    def auc_interval(self) -> tuple[float, float]:
        """Interval (2.5 % to 97.5 %) of the AUC when the arms are alike."""
        low, high = np.quantile(self.auc_if_alike, [0.025, 0.975])
        return float(low), float(high)

    @property
    def passed(self) -> bool:
        """Whether all checks passed."""
        return bool(self.to_frame()["passed"].all())

    def to_frame(self) -> pd.DataFrame:
        """Return one row a check: what was found, the limit, and whether it passed."""
        low, high = self.auc_interval
        limit = max(AUC_LIMIT, high)
        closest = max((each[2] for each in self.duplicates), default=0.0)
        words = ", ".join(list(self.misspelled)[:10])
        rows = [
            ("arms told apart (AUC)", self.auc, limit, self.auc <= limit, f"alike: {low:.3f} to {high:.3f}"),
            ("near-duplicate documents", len(self.duplicates), 0, not self.duplicates, f"closest {closest:.2f}"),
            ("misspelled words", len(self.misspelled), 0, not self.misspelled, words),
        ]
        return pd.DataFrame(rows, columns=["check", "value", "limit", "passed", "detail"])

    def require_passed(self) -> None:
        """Raise CheckFailed (exit code 1) when a check failed."""
        table = self.to_frame()
        failed = table.loc[~table["passed"]]
        if len(failed):
            lines = [
                f"{check}: {value:.3g} (limit {limit:.3g}; {detail})."
                for check, value, limit, _, detail in failed.itertuples(index=False)
            ]
            raise CheckFailed(say("The audit of the study's documents failed. ") + " ".join(lines))

    def plot(self, path: str | Path) -> None:
        """Draw the AUC beside what it is when the arms are alike."""
        figure_module: Any = importlib.import_module("matplotlib.figure")
        figure = figure_module.Figure(figsize=(7, 3.2), layout="constrained")
        axes = figure.subplots()
        axes.hist(self.auc_if_alike, bins=15, color="#9db4c0", label="arms shuffled within pairs")
        axes.axvline(self.auc, color="#b23a48", linewidth=2, label=f"arms as they are ({self.auc:.3f})")
        axes.axvline(AUC_LIMIT, color="#444444", linestyle="--", label=f"limit ({AUC_LIMIT})")
        axes.set_xlabel("AUC of a classifier that tells treated from control on masked text (0.5 = cannot)")
        axes.set_ylabel("shuffles")
        axes.legend(frameon=False)
        figure.savefig(path, metadata={"Software": None} if str(path).endswith(".png") else None)


def arms_auc(
    texts: Sequence[str], arms: Sequence[int], groups: Sequence[int], seed: int, shuffles: int
) -> tuple[float, tuple[float, ...]]:
    """Return the cross-validated AUC of a logistic regression on words, and AUCs under shuffling.

    Folds hold whole pairs, so that the classifier is tried on pairs it has not seen. Under shuffling, the arms of each
    pair change places with probability one half: the permutation test that fits paired data.
    """
    try:
        extraction: Any = importlib.import_module("sklearn.feature_extraction.text")
        linear: Any = importlib.import_module("sklearn.linear_model")
        metrics: Any = importlib.import_module("sklearn.metrics")
    except ImportError as error:
        raise MissingExtraError("audit", say("Telling the arms apart with a classifier")) from error
    words = extraction.CountVectorizer(min_df=3, binary=True).fit_transform(texts)
    labels, pairs = np.asarray(arms), np.asarray(groups)
    rng = substream(seed, "study audit")
    fold_of = rng.permutation(int(pairs.max()) + 1)[pairs] % FOLDS

    def auc(of: npt.NDArray[Any]) -> float:
        scores = np.zeros(len(of))
        for fold in range(FOLDS):
            test = fold_of == fold
            model = linear.LogisticRegression(C=0.1, solver="liblinear").fit(words[~test], of[~test])
            scores[test] = model.decision_function(words[test])
        return float(metrics.roc_auc_score(of, scores))

    shuffled = []
    for _ in range(shuffles):
        swap = rng.random(int(pairs.max()) + 1) < 0.5
        shuffled.append(auc(np.where(swap[pairs], 1 - labels, labels)))
    return auc(labels), tuple(shuffled)


def audit_study(
    pairs: Iterable[Pair],
    *,
    seed: int,
    language: str = "nl",
    contacts: ContactPool | None = None,
    documents: Documents = DOCUMENTS,
    names: Names = SHIPPED,
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
    sets = tuple(sorted({pair.template(arm) for pair in chosen for arm in ARMS}))
    job = Job(
        seed=seed,
        language=language,
        formats=(),
        sets=sets,
        contacts=contacts,
        documents=documents,
        names=names,
        folder=Path(),
    )
    found: list[MaskedText] = []
    chunks = employers_in_chunks(chosen, earlier=read_earlier(earlier))
    for part in spread(masked_work, job, chunks, workers or os.cpu_count() or 1):
        found.extend(part)
        if progress is not None:
            progress(len(found) // 2, len(chosen))
    found.sort(key=lambda each: (each.pair_id, each.arm))
    numbers = {pair_id: number for number, pair_id in enumerate(dict.fromkeys(each.pair_id for each in found))}
    texts = [each.text for each in found]
    auc, shuffled = arms_auc(
        texts,
        [int(each.arm == "treated") for each in found],
        [numbers[each.pair_id] for each in found],
        seed,
        shuffles,
    )
    written = [f"{each.pair_id} {each.arm}" for each in found]
    return StudyAudit(
        pairs=len(chosen),
        auc=auc,
        auc_if_alike=shuffled,
        duplicates=tuple((written[a], written[b], value) for a, b, value in near_duplicates(texts, DUPLICATE_LIMIT)),
        misspelled=misspelled(texts, language),
    )


def audit_plan(
    plan: Plan,
    *,
    key: bytes,
    contacts: ContactPool | None = None,
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
        earlier=earlier,
        workers=workers,
        shuffles=shuffles,
        progress=progress,
    )
