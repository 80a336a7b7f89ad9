"""What a questionnaire found, figure by figure, before disclosure control."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from corrtest.errors import AnalysisError
from corrtest.language import say

__all__ = ["SCHEMA", "Figure", "QuestionnaireResults", "is_questionnaire_results"]

SCHEMA = "corrtest/questionnaire-results/1"
EVERYBODY = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure with its interval.

    Attributes
    ----------
    item : str
        What it is about: a question, or a risk as area.ground.
    kind : str
        "share", "difference" (of shares), "score", "likelihood", "harm", "evidence" or "agreement".
    margin, group : str
        "all" and "", or the column that it is broken down by ("committee", "size", "arm") and its value.
    answers : int
        How many answers are behind it.
    positives : int or None
        How many of them are "yes", where that is what is counted.
    alike : bool
        Whether all of them are the same.
    """

    item: str
    kind: str
    margin: str = EVERYBODY
    group: str = ""
    answers: int
    positives: int | None = None
    value: float
    lower: float | None = None
    upper: float | None = None
    method: str = ""
    pvalue: float | None = None
    alike: bool = False

    def public(self) -> dict[str, Any]:
        """Return the figure as plain objects, without how many said yes and whether all answered alike."""
        return {name: value for name, value in asdict(self).items() if name not in ("positives", "alike")}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionnaireResults:
    """All figures of one survey or risk analysis.

    Attributes
    ----------
    instrument : str
        "survey" or "risk_analysis".
    study : mapping
        What a report may say of the study.
    counts : mapping
        Facts about the answers: how many were invited and answered, who they were.
    simulated : bool
        Whether a computer answered.
    commitment : str or None
        Which study's secret the results belong to; disclosure control takes no other for them.
    """

    instrument: str
    study: Mapping[str, Any]
    figures: tuple[Figure, ...]
    counts: Mapping[str, Any]
    confidence_level: float
    simulated: bool
    inputs: Mapping[str, Any] = field(default_factory=dict)
    commitment: str | None = None

    def to_json(self) -> str:
        """Return the content of a results file."""
        content = {**asdict(self), "schema": SCHEMA, "figures": [asdict(figure) for figure in self.figures]}
        return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)

    def write(self, path: str | Path) -> None:
        """Write a results file, whole or not at all."""
        place = Path(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        part = place.with_name(f"{place.name}.part")
        part.write_text(self.to_json(), encoding="utf-8")
        part.replace(place)

    @classmethod
    def read(cls, path: str | Path) -> QuestionnaireResults:
        """Return the results in a file.

        Raises
        ------
        AnalysisError
            The file was not made here, or was altered.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            if content.pop("schema") != SCHEMA:
                raise ValueError("schema")
            figures = tuple(Figure(**figure) for figure in content.pop("figures"))
            return cls(figures=figures, **content)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise AnalysisError(
                say("{path} holds no results of a questionnaire. Make them with: corrtest analyse", path=path)
            ) from error


def is_questionnaire_results(path: str | Path) -> bool:
    """Return whether a file holds the results of a survey or a risk analysis."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("schema") == SCHEMA
