"""A small model that tells what an answer is: words and runs of letters, weighed by a logistic regression.

It is trained on made texts in three languages, and on a study's own confirmed answers where there are any. What it
learnt is kept as numbers and words; nothing that is read back can run.
"""

from __future__ import annotations

import importlib
import io
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corrtest.design import substream
from corrtest.errors import CorrtestError, MissingExtraError
from corrtest.language import say
from corrtest.mail.suggesting.rules import CLASSES
from corrtest.mail.suggesting.words import plain_words
from corrtest.spec import phrase_texts, write_private

__all__ = ["MODEL_FILE", "Model", "Told", "made_texts", "read_model", "train"]

MODEL_FILE = "mail_suggestions.npz"
TEXTS_EACH = 80
EVIDENCE = 3
_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "words": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b[\w']+\b"},
    "letters": {"analyzer": "char_wb", "ngram_range": (3, 5)},
}
_MOST_FEATURES = 12_000
_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the model makes of a mail: the likeliest class, how likely, and the words that speak most for it."""

    reaction: str
    probability: float
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What was learnt.

    Attributes
    ----------
    classes : tuple of str
        What a mail may be.
    features : mapping
        "words" and "letters" → what is counted, in the order of the weights.
    rarity : mapping
        The same → how much a rare one counts for more.
    weights, start : array
        One row a class, one column a feature; and where each class starts.
    own : int
        How many of the study's own answers it was trained on.
    """

    classes: tuple[str, ...]
    features: Mapping[str, tuple[str, ...]]
    rarity: Mapping[str, _Floats]
    weights: _Floats
    start: _Floats
    own: int

    def tell(self, texts: Sequence[str]) -> list[Told]:
        """Return what each of these `plain_words` is."""
        if not texts:
            return []
        matrix = _matrix([self._counter(part).transform(texts) for part in _SETTINGS])
        scores = matrix @ self.weights.T + self.start
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        likely = scores / scores.sum(axis=1, keepdims=True)
        best = likely.argmax(axis=1)
        words = self.features["words"]
        return [
            Told(
                reaction=self.classes[place],
                probability=float(likely[row, place]),
                evidence=_strongest(matrix[[row]], self.weights[place], words),
            )
            for row, place in enumerate(best)
        ]

    def write(self, path: Path) -> None:
        """Keep it, for its owner alone."""
        arrays: dict[str, Any] = {"weights": self.weights, "start": self.start, "classes": np.array(self.classes)}
        for part in _SETTINGS:
            arrays[f"{part}_features"] = np.array(self.features[part])
            arrays[f"{part}_rarity"] = self.rarity[part]
        content = io.BytesIO()
        np.savez_compressed(content, own=np.array(self.own), **arrays)
        write_private(path, content.getvalue())

    def _counter(self, part: str) -> Any:
        counter = _counter(part, vocabulary={each: place for place, each in enumerate(self.features[part])})
        counter.idf_ = self.rarity[part]
        return counter


def read_model(path: Path) -> Model:
    """Return the model that a study trained.

    Raises
    ------
    CorrtestError
        The file is none that `corrtest mail train` wrote.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            found = Model(
                classes=tuple(str(each) for each in kept["classes"]),
                features={part: tuple(str(each) for each in kept[f"{part}_features"]) for part in _SETTINGS},
                rarity={part: kept[f"{part}_rarity"] for part in _SETTINGS},
                weights=kept["weights"],
                start=kept["start"],
                own=int(kept["own"]),
            )
        count = sum(len(each) for each in found.features.values())
        sound = found.weights.shape == (len(found.classes), count) and set(found.classes) <= set(CLASSES)
        sound = sound and all(len(found.rarity[part]) == len(found.features[part]) for part in _SETTINGS)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        sound = False
    if not sound:
        raise CorrtestError(say("{path} holds no model of answers. Make it again with: corrtest mail train", path=path))
    return found


def train(seed: int, own: Sequence[tuple[str, str]] = ()) -> Model:
    """Return the model trained on the made texts, and on a study's own (`plain_words`, class).

    Raises
    ------
    MissingExtraError
        scikit-learn is not installed.
    """
    examples = [*((text, reaction) for _, reaction, text in made_texts(seed)), *own]
    texts, labels = [text for text, _ in examples], [label for _, label in examples]
    counters = {part: _counter(part, max_features=_MOST_FEATURES, min_df=2) for part in _SETTINGS}
    matrix = _matrix([counter.fit_transform(texts) for counter in counters.values()])
    fitted = _sklearn("linear_model").LogisticRegression(C=10.0, class_weight="balanced", max_iter=500)
    fitted.fit(matrix, labels)
    return Model(
        classes=tuple(str(each) for each in fitted.classes_),
        features={part: tuple(str(each) for each in counters[part].get_feature_names_out()) for part in _SETTINGS},
        rarity={part: counters[part].idf_ for part in _SETTINGS},
        weights=fitted.coef_,
        start=fitted.intercept_,
        own=len(own),
    )


def made_texts(seed: int) -> list[tuple[str, str, str]]:
    """Return (language, class, `plain_words`) of the made texts: of each language and class as many, all different."""
    found = []
    for language, table in _tables().items():
        for reaction in CLASSES:
            chance = substream(seed, "made answers", language, reaction)
            lines = table[reaction]["lines"]
            drawn: dict[str, None] = {}
            while len(drawn) < TEXTS_EACH:
                count = int(chance.integers(1, 3))
                said = [_drawn(lines[place], chance) for place in chance.permutation(len(lines))[:count]]
                ends = [str(chance.choice(table[part])) for part in ("subject", "opening", "closing")]
                drawn[plain_words(ends[0], "\n\n".join([ends[1], " ".join(said), ends[2]]))] = None
            found += [(language, reaction, text) for text in drawn]
    return found


def _drawn(line: str, chance: np.random.Generator) -> str:
    texts = phrase_texts(line, ())
    return texts[int(chance.integers(len(texts)))]


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(files("corrtest.mail.suggesting").joinpath("texts.toml").read_text(encoding="utf-8"))


def _sklearn(module: str) -> Any:
    try:
        return importlib.import_module(f"sklearn.{module}")
    except ImportError as error:
        raise MissingExtraError("mail", say("Suggesting what an answer is")) from error


def _counter(part: str, **settings: Any) -> Any:
    return _sklearn("feature_extraction.text").TfidfVectorizer(sublinear_tf=True, **_SETTINGS[part], **settings)


def _matrix(parts: Sequence[Any]) -> Any:
    from scipy import sparse  # noqa: PLC0415  (heavy, and needed where there is something to tell)

    return sparse.hstack(parts).tocsr()


def _strongest(row: Any, weights: _Floats, words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a mail that speak most for a class."""
    said = [
        (value * weights[place], words[place])
        for place, value in zip(row.indices, row.data, strict=True)
        if place < len(words) and weights[place] > 0
    ]
    return tuple(word for _, word in sorted(said, key=lambda each: (-each[0], each[1]))[:EVIDENCE])
