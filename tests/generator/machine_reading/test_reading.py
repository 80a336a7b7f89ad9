"""Real files, read by programs that did not make them."""

from __future__ import annotations

import dataclasses
import shutil

import pandas as pd
import pytest

from corrtest.generator import draw_pair
from corrtest.generator.documents import DocumentMaker
from corrtest.generator.machine_reading import MachineReading, found_fields, readers_of, readings_of
from corrtest.generator.machine_reading.extraction import Fields
from corrtest.generator.machine_reading.reading import FIELDS
from corrtest.generator.personas import Persona
from corrtest.resources import template_set_names
from tests.generator.pairs import make_pair

# What pypdf and python-docx find of each field, at least; two-column pages cost other readers more.
LEAST = {"name": 1.0, "mail": 1.0, "telephone": 1.0, "jobs": 0.95, "order of jobs": 0.95, "diplomas": 0.9}


def readings(language: str, pairs: int) -> pd.DataFrame:
    sets = template_set_names(language)
    maker = DocumentMaker(sets, language, ("pdf", "docx"))
    rows = []
    for number in range(pairs):
        layout = sets[number % len(sets)]
        pair = make_pair(number, control_template=layout, treated_template=layout)
        for person in draw_pair(1, pair, language=language):
            rows += readings_of(person, layout, maker.make(pair, person).files)
    return pd.DataFrame(rows)


def a_person() -> Persona:
    return draw_pair(1, make_pair(0))[0]


def stated(person: Persona) -> Fields:
    basics = person.document["basics"]
    telephone = "".join(filter(str.isdigit, basics["phone"]))
    return Fields(name=basics["name"], mail=basics["email"], telephone=telephone, entries=())


def test_a_field_is_found_when_it_is_what_the_cv_states() -> None:
    person = a_person()
    found = found_fields(person, stated(person))
    assert [found[field] for field in ("name", "mail", "telephone", "jobs")] == [1, 1, 1, 0]
    assert found_fields(person, dataclasses.replace(stated(person), name="Iemand Anders"))["name"] == 0


@pytest.mark.slow
def test_both_arms_of_twelve_pairs_are_read_alike() -> None:
    read = MachineReading(readings=readings("nl", 12))
    assert set(read.readings["reader"]) >= {"pypdf", "pdfminer", "python-docx"}
    for _, row in read.by_layout().iterrows():
        if row["reader"] in ("pypdf", "python-docx"):
            assert all(row[field] >= LEAST[field] - 0.5 for field in FIELDS), row.to_dict()
    assert read.differences()["passed"].all()


def test_an_arm_that_is_read_worse_does_not_pass() -> None:
    table = readings("nl", 6)
    table.loc[table["arm"] == "treated", "jobs"] = 0.0
    read = MachineReading(readings=table)
    assert set(read.differences().query("not passed")["field"]) == {"jobs"}
    assert read.worst()["field"] == "jobs"


def test_other_files_have_no_readers() -> None:
    assert readers_of("txt") == {}
    assert "pdfminer" not in readers_of("pdf", slow=False)
    assert ("poppler" in readers_of("pdf")) == (shutil.which("pdftotext") is not None)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["nl", "en", "fr"])
def test_every_layout_is_read_alike_in_both_arms(language: str) -> None:
    read = MachineReading(readings=readings(language, 60))
    for reader in ("pypdf", "python-docx"):
        mean = read.readings.loc[read.readings["reader"] == reader, list(FIELDS)].mean()
        assert all(mean[field] >= LEAST[field] for field in FIELDS), (reader, mean.to_dict())
    assert read.differences()["passed"].all()
