"""The fields of a study's CVs as machines read them, against what the CVs state, by layout, reader and arm."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from corrtest.generator.machine_reading.extraction import Entry, Fields, Moment, fields_of
from corrtest.generator.machine_reading.readers import readers_of
from corrtest.generator.personas import Persona
from corrtest.spec import ARMS

__all__ = ["FIELDS", "MachineReading", "Reading", "found_fields", "readings_of"]

# Who was read by what, and field → share found.
Reading = Mapping[str, Any]

FIELDS = ("name", "mail", "telephone", "jobs", "order of jobs", "diplomas")
# Arms are read alike when their shares differ by no more than this, or than three standard errors.
ALIKE, ERRORS = 0.02, 3.0


def _same(said: Moment, stated: str | None) -> bool:
    """Whether a moment read is the one stated ("2024-06", None for now), as far as it was written out."""
    if stated is None or said is None:
        return stated is None and said is None
    year, month = said
    return year == int(stated[:4]) and month in (None, int(stated[5:7]))


def _beside(entries: Sequence[Entry], job: Mapping[str, Any], words: str) -> int | None:
    """Return the place of the entry with a job's or study's dates and words; None where it was not read as one."""
    wanted = " ".join(words.lower().split())
    for number, entry in enumerate(entries):
        if _same(entry.start, job["startDate"]) and _same(entry.end, job.get("endDate")):
            return number if wanted in entry.text.lower() else None
    return None


def found_fields(person: Persona, fields: Fields) -> dict[str, float]:
    """Return field → share (0 to 1) of what a CV states of it that was read."""
    basics, document = person.document["basics"], person.document
    jobs = [_beside(fields.entries, job, job["position"]) for job in document["work"]]
    studies = [_beside(fields.entries, study, study["studyType"]) for study in document["education"]]
    places = [place for place in jobs if place is not None]
    return {
        "name": float(fields.name.lower() == basics["name"].lower()),
        "mail": float(fields.mail == basics["email"]),
        "telephone": float(fields.telephone == re.sub(r"\D", "", basics["phone"])),
        "jobs": float(np.mean([place is not None for place in jobs])) if jobs else 1.0,
        "order of jobs": float(places == sorted(places)),
        "diplomas": float(np.mean([place is not None for place in studies])) if studies else 1.0,
    }


def readings_of(person: Persona, layout: str, files: Mapping[str, bytes]) -> Iterator[Reading]:
    """Yield one row a file of the CV and reader: who was read by what, and what share of each field was found.

    The CV is the first file of its kind (`Application.files`). Where it is made as Word file too, slow readers read it
    as well.
    """
    cvs = {name.rpartition(".")[2]: content for name, content in reversed(list(files.items()))}
    for suffix, content in cvs.items():
        for reader, read in readers_of(suffix, slow="docx" in cvs).items():
            found = found_fields(person, fields_of(read(content), person.language))
            who = {"pair_id": person.pair_id, "arm": person.arm, "layout": layout}
            yield {**who, "file": suffix, "reader": reader, **found}


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineReading:
    """What machines read in the CVs of a study: one row a CV and reader, a share (0 to 1) for each of `FIELDS`."""

    readings: pd.DataFrame

    def by_layout(self) -> pd.DataFrame:
        """Return the mean share of each field, one row a layout, file, reader and arm, with the number of CVs."""
        keys = ["layout", "file", "reader", "arm"]
        grouped = self.readings.groupby(keys, sort=True)
        return grouped[list(FIELDS)].mean().assign(cvs=grouped.size()).reset_index()

    def worst(self) -> dict[str, Any]:
        """Return the row of `differences` that comes closest to its limit, or passes it most."""
        rows = self.differences().to_dict("records")
        return {str(key): value for key, value in max(rows, key=_strain).items()}

    def differences(self) -> pd.DataFrame:
        """Return treated minus control within layouts, one row a file, reader and field, with its limit.

        Columns `file, reader, field, found` (mean share), `difference`, `limit`, `passed`; none where an arm has no CV.
        """
        rows = []
        for (file, reader), part in self.readings.groupby(["file", "reader"], sort=True):
            fields = list(FIELDS)
            within = part[fields] - part.groupby("layout")[fields].transform("mean")
            arms = [within.loc[part["arm"] == arm] for arm in ARMS]
            if not all(map(len, arms)):
                continue
            differences = arms[1].mean() - arms[0].mean()
            errors = np.sqrt(within.var(ddof=0) * sum(1 / len(each) for each in arms))
            for field in fields:
                difference, limit = float(differences[field]), max(ALIKE, ERRORS * float(errors[field]))
                found = float(part[field].mean())
                rows.append((file, reader, field, found, difference, limit, abs(difference) <= limit))
        return pd.DataFrame(rows, columns=["file", "reader", "field", "found", "difference", "limit", "passed"])


def _strain(row: Mapping[Any, Any]) -> float:
    return abs(float(row["difference"])) / float(row["limit"])
