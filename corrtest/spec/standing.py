"""Where a study stands, for those who look over many: its step, and tests planned, sent and complete, in numbers alone.

It is public: no employer, no vacancy and no reaction is in it. The study writes it (`corrtest status --save`), the
overview of all sectors reads it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from corrtest.errors import InputError
from corrtest.language import say
from corrtest.spec.progress import Progress
from corrtest.spec.study import Study

__all__ = ["Standing", "StandingStratum", "is_standing", "read_standing", "standing_of"]

_SCHEMA = "corrtest/standing/1"
_KEYS = ("joint_committee", "criterion")
# What a week's progress of the fieldwork is written as: it tells of tests alone, by joint committee.
_OF_FIELDWORK = "corrtest/progress/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingStratum:
    """Tests of one joint committee and criterion: asked for by the study, planned, sent, complete."""

    joint_committee: str
    criterion: str
    wanted: int
    planned: int | None = None
    sent: int | None = None
    complete: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one study stands on a day; `next` is the first step that is not done, "" where all are.

    `steps` is 0 where only its fieldwork is known.
    """

    study: str
    sector: str
    wave: str
    instrument: str
    profile: str | None
    on: str
    done: int
    steps: int
    next: str
    strata: tuple[StandingStratum, ...] = ()

    def total(self, name: str) -> int | None:
        """Return the tests of all strata that are wanted, planned, sent or complete; None where it is not known."""
        counted = [getattr(stratum, name) for stratum in self.strata]
        return sum(counted) if counted and None not in counted else None

    @property
    def short(self) -> int | None:
        """How many tests the plan lacks against what the study asks for."""
        planned = self.total("planned")
        if planned is None:
            return None
        return sum(max(0, stratum.wanted - (stratum.planned or 0)) for stratum in self.strata)

    def to_json(self) -> str:
        """Return it as JSON."""
        return json.dumps({"schema": _SCHEMA, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Self:
        """Return it from what `to_json` wrote."""
        if content["schema"] == _OF_FIELDWORK:
            return cls._of_fieldwork(content)
        strata = tuple(StandingStratum(**stratum) for stratum in content["strata"])
        return cls(**{**{name: value for name, value in content.items() if name != "schema"}, "strata": strata})

    @classmethod
    def _of_fieldwork(cls, content: Mapping[str, Any]) -> Self:
        strata = tuple(
            StandingStratum(
                joint_committee=str(row["joint_committee"]),
                criterion="",
                wanted=int(row["pairs_planned"]),
                planned=int(row["pairs_planned"]),
                sent=int(row["pairs_out"]),
                complete=int(row["pairs_complete"]),
            )
            for row in content["committees"]
        )
        return cls(
            study=str(content["study"]),
            sector=str(content["sector"]),
            wave=str(content["wave"]),
            instrument="correspondence_test",
            profile=None,
            on=str(content["as_of"]),
            done=0,
            steps=0,
            next="",
            strata=strata,
        )


def standing_of(study: Study, progress: Progress, on: date, applications: Sequence[Mapping[str, Any]] = ()) -> Standing:
    """Return where a study stands.

    Parameters
    ----------
    applications : sequence of mappings
        Per joint committee and criterion the register's number of applications by state; none where there is none.
    """
    strata = _of_quotas(study, applications) if study.client_calls is None else _of_calls(study, applications)
    following = progress.next
    return Standing(
        study=study.name,
        sector=study.sector,
        wave=study.wave,
        instrument=study.instrument,
        profile=study.profile,
        on=on.isoformat(),
        done=sum(step.done for step in progress.steps),
        steps=len(progress.steps),
        next="" if following is None else following.what,
        strata=strata,
    )


def _of_quotas(study: Study, applications: Sequence[Mapping[str, Any]]) -> tuple[StandingStratum, ...]:
    """Return the tests of each joint committee and criterion beside its quota."""
    counted = {(str(row["joint_committee"]), str(row["criterion"])): row for row in applications}
    return tuple(
        StandingStratum(
            joint_committee=committee.number,
            criterion=criterion,
            wanted=int(wanted),
            **(_tests(counted.get((committee.number, criterion), {}), study.applications_a_test) if counted else {}),
        )
        for committee in study.committees
        for criterion, wanted in committee.pairs.items()
    )


def _of_calls(study: Study, applications: Sequence[Mapping[str, Any]]) -> tuple[StandingStratum, ...]:
    """Return the calls of a study that calls firms, in all; none where it calls every firm and nobody counted them."""
    calls = study.client_calls
    if calls is None:
        return ()
    counted = Counter[str]()
    for row in applications:
        counted.update({name: int(value) for name, value in row.items() if name not in _KEYS})
    known = _tests(counted, study.applications_a_test) if applications else {}
    wanted = known.get("planned") if calls.firms is None else calls.firms * calls.calls_per_firm
    if wanted is None:
        return ()
    numbers = ", ".join(committee.number for committee in study.committees)
    return (StandingStratum(joint_committee=numbers, criterion=", ".join(calls.criteria), wanted=wanted, **known),)


def _tests(row: Mapping[str, Any], each: int) -> dict[str, int]:
    """Return tests planned, sent and complete; what was sent stays so after it was withdrawn or closed."""
    sent = sum(int(row.get(state, 0)) for state in ("sent", "withdrawn", "closed"))
    planned = sent + sum(int(row.get(state, 0)) for state in ("planned", "claimed"))
    return {"planned": planned // each, "sent": sent // each, "complete": int(row.get("closed", 0)) // each}


def is_standing(path: str | Path) -> bool:
    """Return whether a file says that it is what `corrtest status --save` wrote."""
    try:
        return bool(json.loads(Path(path).read_text(encoding="utf-8")).get("schema") in (_SCHEMA, _OF_FIELDWORK))
    except (OSError, ValueError, AttributeError):
        return False


def read_standing(path: str | Path) -> Standing:
    """Return what a study wrote of where it stands.

    Raises
    ------
    InputError
        The file is something else.
    """
    try:
        return Standing.from_dict(json.loads(Path(path).read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            say("{file} is no progress of a study. Make one in its folder: corrtest status --save FILE", file=path)
        ) from error
