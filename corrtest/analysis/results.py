"""What an analysis returns: frozen objects that keep their counts, name their methods and survive JSON unchanged."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.analysis.group_result import DIRECTION, GroupResult, group_of
from corrtest.analysis.handling import as_html, handling
from corrtest.analysis.membership import Membership
from corrtest.analysis.result_files import as_json, write_json
from corrtest.analysis.tables import PairedCounts
from corrtest.errors import Fault, InputError
from corrtest.language import say
from corrtest.spec import AnalysisOptions

SCHEMA = "corrtest/results/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """All groups of one analysis, with what it was made from; `to_json` and `from_json` are inverse, byte for byte.

    Attributes
    ----------
    groups : tuple of GroupResult
    design : str
        Its name: "paired" or "unpaired".
    strata : tuple of mappings
        Per criterion and outcome the joint committees pooled, raw and shrunken (`StrataResult.to_dict`).
    robustness : tuple of mappings
        The ratio of each criterion and outcome under other choices than the main one, one row each.
    concentration : tuple of mappings
        How each criterion and outcome's unequal treatment is spread over employers (`Concentration.to_dict`).
    multiplicity : mapping or None
        P-values of the preregistered families, adjusted.
    membership : Membership or None
        Which pairs stand in which group, for disclosure control; None where only counts are known.
    monitoring : mapping or None
        Where the study preregistered early looks: the boundary or the e-process at this point.
    fieldwork : mapping
        `strata`: what became of every planned test (`corrtest.spec.read_fieldwork_account`); `weeks`: tests by the
        Monday of the week in which the first application went out. No reaction is in it.
    commitment : str or None
        Which study's secret the results belong to; disclosure control takes no other for them.
    """

    groups: tuple[GroupResult, ...]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    simulated: bool = False
    study: Mapping[str, Any] | None = None
    shortfalls: tuple[Mapping[str, Any], ...] = ()
    plan: Mapping[str, Any] | None = None
    design: str = PairedCounts.design
    strata: tuple[Mapping[str, Any], ...] = ()
    robustness: tuple[Mapping[str, Any], ...] = ()
    concentration: tuple[Mapping[str, Any], ...] = ()
    multiplicity: Mapping[str, Any] | None = None
    monitoring: Mapping[str, Any] | None = None
    membership: Membership | None = None
    fieldwork: Mapping[str, Any] = field(default_factory=dict)
    commitment: str | None = None

    @property
    def employer_correlation(self) -> float:
        """The correlation between the pairs of one employer that published figures count, as preregistered."""
        return float((self.inputs or {}).get("employer_correlation", AnalysisOptions().employer_correlation))

    def to_dict(self) -> dict[str, Any]:
        """Return the content of results.json."""
        return {
            "schema": SCHEMA,
            "handling": handling(simulated=self.simulated),
            "direction": DIRECTION,
            "design": self.design,
            "simulated": self.simulated,
            "inputs": dict(self.inputs),
            "notes": list(self.notes),
            "study": None if self.study is None else dict(self.study),
            "plan": None if self.plan is None else dict(self.plan),
            "shortfalls": [dict(shortfall) for shortfall in self.shortfalls],
            "groups": [group.to_dict() for group in self.groups],
            "strata": [dict(pooled) for pooled in self.strata],
            "robustness": [dict(row) for row in self.robustness],
            "concentration": [dict(row) for row in self.concentration],
            "multiplicity": None if self.multiplicity is None else dict(self.multiplicity),
            "monitoring": None if self.monitoring is None else dict(self.monitoring),
            "membership": None if self.membership is None else self.membership.to_dict(),
            "fieldwork": dict(self.fieldwork),
            "commitment": self.commitment,
        }

    def to_json(self) -> str:
        """Return results.json as text; the same results give the same bytes."""
        return as_json(self.to_dict())

    @classmethod
    def from_json(cls, text: str, file: str = "results.json") -> Results:
        """Read what `to_json` wrote.

        Raises
        ------
        InputError
            The text is no results.json of this version.
        """
        try:
            content = json.loads(text)
        except json.JSONDecodeError as error:
            raise InputError(
                say(
                    "{file} is not readable as JSON (line {line}: {msg}). Make it again with corrtest analyse.",
                    file=file,
                    line=error.lineno,
                    msg=error.msg,
                )
            ) from None
        if not isinstance(content, dict) or content.get("schema") != SCHEMA:
            given = content.get("schema") if isinstance(content, dict) else None
            raise InputError(
                say("{file} is no results file of this version.", file=file),
                [
                    Fault(
                        file=file,
                        key="schema",
                        given=repr(given),
                        expected=f'"{SCHEMA}"',
                        action=say("Make it again with corrtest analyse."),
                    )
                ],
            )
        try:
            return cls(
                groups=tuple(group_of(group) for group in content["groups"]),
                inputs=content.get("inputs") or {},
                notes=tuple(content.get("notes") or ()),
                simulated=bool(content.get("simulated", False)),
                study=content.get("study"),
                plan=content.get("plan"),
                shortfalls=tuple(content.get("shortfalls") or ()),
                design=content.get("design", PairedCounts.design),
                strata=tuple(content.get("strata") or ()),
                robustness=tuple(content.get("robustness") or ()),
                concentration=tuple(content.get("concentration") or ()),
                multiplicity=content.get("multiplicity"),
                monitoring=content.get("monitoring"),
                membership=Membership.from_dict(content["membership"]) if content.get("membership") else None,
                fieldwork=content.get("fieldwork") or {},
                commitment=content.get("commitment"),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(
                say(
                    "{file} lacks a part that every results file has ({error}). Make it again with corrtest analyse.",
                    file=file,
                    error=error,
                )
            ) from None

    @classmethod
    def read(cls, path: str | Path) -> Results:
        """Read a results file.

        Raises
        ------
        InputError
            There is no such file, or it is no results file.
        """
        path = Path(path)
        if not path.is_file():
            raise InputError(say("There is no results file {path}. Make one with corrtest analyse.", path=path))
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            raise InputError(
                say("{file} is not a text file. Make it again with corrtest analyse.", file=path.name)
            ) from None
        return cls.from_json(text, path.name)

    def write(self, path: str | Path) -> Path:
        """Write results.json to `path` and return it; an interrupted write leaves no half file."""
        return write_json(path, self.to_dict())

    def to_frame(self) -> pd.DataFrame:
        """Return one row an estimate, with its group and counts."""
        return pd.DataFrame(
            [
                {**group.key, "pairs": group.pairs, "employers": group.employers, **group.counts.as_dict()}
                | estimate.to_dict()
                for group in self.groups
                for estimate in group.estimates
            ]
        )

    def tests_frame(self) -> pd.DataFrame:
        """Return one row a test, with its group."""
        return pd.DataFrame(
            [{**group.key, "note": None} | test.to_dict() for group in self.groups for test in group.tests]
        )

    def select(self, **key: str | None) -> tuple[GroupResult, ...]:
        """Return the groups whose key has these values, for instance ``criterion="origin", level=None``."""
        return tuple(group for group in self.groups if all(group.key.get(name) == value for name, value in key.items()))

    def _repr_html_(self) -> str:
        notes = "".join(f"<li>{note}</li>" for note in self.notes)
        head = f"<p>{len(self.groups)} groups; ratios are {DIRECTION}.</p><ul>{notes}</ul>"
        return as_html(self.to_frame(), head=head, simulated=self.simulated)


def shortfall_record(shortfall: Any) -> Mapping[str, Any]:
    """Return a shortfall of a plan as results keep it: from the plan's object, or from a record that was read."""
    return asdict(shortfall) if is_dataclass(shortfall) else dict(shortfall)  # type: ignore[arg-type]
