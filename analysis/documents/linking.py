"""Linking attack: a recruiter who has seen k documents of a study tells whether the next one belongs to it.

Run: python analysis/documents/linking.py --study DIR --other NAME=DIR … --package DIR [--draws 200] [--out table.csv]

Folders are those of `make.py` (or of `corrtest render --format txt`). Each draw: the recruiter has seen k applications
of the study, employer by employer, and 20 of another kind; the next is one of either. Four ways to tell:

copying    the runs of five words that the next one shares with the nearest of the study, less those that it shares with
           the nearest of the other kind
style      a logistic regression on words, pairs of words and build, learned from what was seen
both       the sum of the two, each in its standard deviations
package    the same, with 200 applications that the recruiter makes with the package (`--package`: made with another
           secret) put to those of the study

Everything public is in the attacker's hands: the package, all shipped pools, the plan's occupation. Not the secret, not
the study's own pools. Names, numbers, addresses and marks of specimens are taken out: they change or are no trace.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse, stats
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from corrtest.generator.detectability.shared_runs import runs_of

SEEN = (1, 2, 5, 10)
# Documents of the other kind that the recruiter has seen, and of the package that it made; those that it judges.
OTHERS, OWN, NEXT = 20, 200, 20
WAYS = ("copying", "style", "both", "package")
# A recruiter who wrongly calls so many ordinary applications fictitious soon stops.
FALSE_ALARMS = 0.05
_HEAD = re.compile(r"^(From|Attachments|To|Date):.*$", re.MULTILINE)
_MARK = re.compile(r"\[?(PROEFEXEMPLAAR|SPECIMEN)\]?")
_MAIL = re.compile(r"\S+@\S+")
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE = re.compile(r"[.!?](?:\s|$)")

Numbers = npt.NDArray[Any]


def _part(name: str) -> str:
    if name == "email.txt":
        return "email"
    return "cv" if re.search(r"cv|curriculum", name, re.IGNORECASE) else "letter"


def application(folder: Path) -> tuple[str, list[float]]:
    """Return the text of one application without identity, and its build."""
    texts = {}
    for file in sorted(folder.glob("*.txt")):
        text = file.read_text(encoding="utf-8")
        part = (
            "email" if file.name == "email.txt" else "cv" if re.search(r"cv|curriculum", file.name, re.I) else "letter"
        )
        texts[part] = _DIGITS.sub("0", _MAIL.sub("", _MARK.sub("", _HEAD.sub("", text))))
    name = re.search(r"^From: (.*?) <", (folder / "email.txt").read_text(encoding="utf-8"), re.MULTILINE)
    words = [word for word in (name[1].split() if name else []) if len(word) > 1]
    hidden = re.compile("|".join(map(re.escape, words))) if words else None
    build: list[float] = []
    for part in ("cv", "letter", "email"):
        text = hidden.sub("_", texts.get(part, "")) if hidden else texts.get(part, "")
        texts[part] = text
        lines = [line for line in text.split("\n") if line.strip()]
        count, sentences = len(_WORD.findall(text)), len(_SENTENCE.findall(text))
        build += [len(lines), count, len(text), sentences, count / max(1, sentences), count / max(1, len(lines))]
    return "\n".join(texts.values()), build


class Documents:
    """The applications of one folder, employer by employer."""

    def __init__(self, folder: Path) -> None:
        found = [application(each) for each in sorted(folder.glob("*/*")) if (each / "email.txt").is_file()]
        self.texts, self.build = [text for text, _ in found], np.array([build for _, build in found])
        self.runs = [runs_of(text) for text in self.texts]


def auc(inside: Numbers, outside: Numbers) -> float:
    """Return the chance that a document of the study scores higher than another one; ties count half."""
    ranks = stats.rankdata(np.concatenate([inside, outside]))
    return float((ranks[: len(inside)].sum() - len(inside) * (len(inside) + 1) / 2) / (len(inside) * len(outside)))


class Attack:
    """One study against one other kind of documents."""

    def __init__(self, study: Documents, other: Documents, package: Documents | None) -> None:
        self.kinds = [study, other, *([package] if package else [])]
        texts = [text for kind in self.kinds for text in kind.texts]
        self.starts = np.cumsum([0, *(len(kind.texts) for kind in self.kinds)])
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True).fit_transform(texts)
        build = np.concatenate([kind.build for kind in self.kinds])
        build = (build - build.mean(axis=0)) / np.where(build.std(axis=0) > 0, build.std(axis=0), 1) / 6
        self.features = sparse.hstack([words, sparse.csr_matrix(build)]).tocsr()
        self.runs = [runs for kind in self.kinds for runs in kind.runs]

    def copying(self, documents: Sequence[int], seen: Sequence[int]) -> Numbers:
        """Return, for each document, the runs that it shares with the nearest of those seen."""
        return np.array([max(len(self.runs[each] & self.runs[known]) for known in seen) for each in documents], float)

    def style(self, documents: Sequence[int], inside: Sequence[int], outside: Sequence[int]) -> Numbers:
        """Return, for each document, what a regression learned from those seen says."""
        learned = [*inside, *outside]
        labels = np.array([1] * len(inside) + [0] * len(outside))
        model = LogisticRegression(C=10.0, class_weight="balanced", solver="liblinear")
        found: Numbers = model.fit(self.features[learned], labels).decision_function(self.features[list(documents)])
        return found

    def draw(self, k: int, rng: np.random.Generator) -> dict[str, tuple[Numbers, Numbers]]:
        """Return way → (scores of the study's next documents, scores of the others)."""
        sizes = np.diff(self.starts)
        # One after the other from a random place: employer by employer, as they come in.
        first = int(rng.integers(sizes[0]))
        inside = [(first + at) % sizes[0] for at in range(k)]
        left = np.setdiff1d(np.arange(sizes[0]), [(first + at) % sizes[0] for at in range(-3, k + 3)])
        after = rng.choice(left, NEXT, replace=False).tolist()
        others = (self.starts[1] + rng.choice(sizes[1], OTHERS + NEXT, replace=False)).tolist()
        judged = [*after, *others[OTHERS:]]
        copying = self.copying(judged, inside) - self.copying(judged, others[:OTHERS])
        style = self.style(judged, inside, others[:OTHERS])
        scores = {"copying": copying, "style": style, "both": _standard(copying) + _standard(style)}
        if len(self.kinds) > 2:
            own = (self.starts[2] + rng.choice(sizes[2], min(OWN, sizes[2]), replace=False)).tolist()
            scores["package"] = _standard(copying) + _standard(self.style(judged, [*inside, *own], others[:OTHERS]))
        return {way: (each[:NEXT], each[NEXT:]) for way, each in scores.items()}


def _standard(scores: Numbers) -> Numbers:
    spread = float(scores.std())
    found: Numbers = (scores - scores.mean()) / spread if spread else scores * 0.0
    return found


def attack(
    study: Documents, others: Mapping[str, Documents], package: Documents | None, draws: int, seed: int
) -> pd.DataFrame:
    """Return one row a kind, k and way: the AUC with its interval over draws, and what is found at few false alarms."""
    rows = []
    for name, other in others.items():
        against = Attack(study, other, package)
        for k in SEEN:
            rng = np.random.default_rng([seed, k])
            found = [against.draw(k, rng) for _ in range(draws)]
            for way in WAYS:
                if way not in found[0]:
                    continue
                each = np.array([auc(*draw[way]) for draw in found])
                low, high = np.quantile([rng.choice(each, len(each)).mean() for _ in range(500)], [0.025, 0.975])
                caught = [(draw[way][0] > np.quantile(draw[way][1], 1 - FALSE_ALARMS)).mean() for draw in found]
                rows.append((name, k, way, each.mean(), low, high, float(np.mean(caught))))
    columns = ["against", "seen", "way", "auc", "lower", "upper", "found_at_5_percent_false_alarms"]
    return pd.DataFrame(rows, columns=columns)


def roc(study: Documents, other: Documents, package: Documents | None, k: int, draws: int, seed: int) -> pd.DataFrame:
    """Return the ROC curve of each way, averaged over draws: rate of false alarms, share found."""
    against, rng = Attack(study, other, package), np.random.default_rng([seed, k])
    grid = np.linspace(0, 1, 21)
    curves: dict[str, list[Numbers]] = {}
    for _ in range(draws):
        for way, (inside, outside) in against.draw(k, rng).items():
            limits = np.quantile(outside, 1 - grid)
            curves.setdefault(way, []).append(np.array([(inside > limit).mean() for limit in limits]))
    table = pd.DataFrame({way: np.mean(each, axis=0) for way, each in curves.items()})
    table.insert(0, "false_alarms", grid)
    table.insert(0, "seen", k)
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path, required=True)
    parser.add_argument("--other", action="append", required=True, metavar="NAME=DIR")
    parser.add_argument("--package", type=Path)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=16)
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    study = Documents(chosen.study)
    others = {name: Documents(Path(place)) for name, _, place in (each.partition("=") for each in chosen.other)}
    package = Documents(chosen.package) if chosen.package else None
    table = attack(study, others, package, chosen.draws, chosen.seed)
    print(table.pivot_table(index=["against", "way"], columns="seen", values="auc").round(3).to_string())
    if chosen.out:
        table.to_csv(chosen.out, index=False, float_format="%.4f")
        name, other = next(iter(others.items()))
        curves = pd.concat([roc(study, other, package, k, chosen.draws, chosen.seed) for k in SEEN])
        curves.insert(0, "against", name)
        curves.to_csv(chosen.out.with_name(f"{chosen.out.stem}_roc.csv"), index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
