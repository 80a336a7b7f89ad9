from __future__ import annotations

import pytest

from corrtest.generator.machine_reading.extraction import Entry, fields_of

PLAIN = """CURRICULUM VITAE
PERSONALIA
Naam Elien Simons
Telefoon 0400 00 00 88
E-mail elien.simons@voorbeeld.example
LOOPBAAN
06/2024 - heden Administratief medewerker
Secretariaat Oosterlinx te Kuurne
- Invoeren van klantgegevens
OPLEIDING
2015 - 2021 Technisch Instituut
Diploma secundair onderwijs (tso): Handel
"""
ABOVE = """Lars Martens
Zorgkundige
0400 00 00 78 | lars.martens@voorbeeld.example
WERKERVARING
Zorgkundige
Rusthuis Het Bremveld, Sint-Katelijne-Waver
april 2020 – augustus 2023
• Bewoners verzorgen
SCHOLING EN DIPLOMA
Secundair onderwijs, bso met 7de jaar (2012 – 2019)
"""


def test_words_beside_a_date_and_under_it() -> None:
    found = fields_of(PLAIN, "nl")
    assert (found.name, found.mail, found.telephone) == ("Elien Simons", "elien.simons@voorbeeld.example", "0400000088")
    job, study = found.entries
    assert job == Entry(
        section="work",
        start=(2024, 6),
        end=None,
        text="Administratief medewerker Secretariaat Oosterlinx te Kuurne",
    )
    assert (study.section, study.start, study.end) == ("education", (2015, None), (2021, None))
    assert "Diploma secundair onderwijs (tso)" in study.text


def test_words_above_a_date_that_stands_alone() -> None:
    found = fields_of(ABOVE, "nl")
    assert found.name == "Lars Martens"
    job, study = found.entries
    assert (job.start, job.end) == ((2020, 4), (2023, 8))
    assert job.text == "Zorgkundige Rusthuis Het Bremveld, Sint-Katelijne-Waver"
    assert study.text == "Secundair onderwijs, bso met 7de jaar"


def test_a_name_on_two_lines() -> None:
    assert fields_of("Emma\nDe Cock\nSchoonheidsspecialist\n", "nl").name == "Emma De Cock"


@pytest.mark.parametrize("text", ["", "\n\n", "geen cv", "2020 – 2021", "Naam"])
def test_a_text_that_is_no_cv_gives_what_it_has(text: str) -> None:
    found = fields_of(text, "nl")
    assert found.mail == found.telephone == ""
    assert all(entry.text == "" for entry in found.entries)
