from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from corrtest.spec import Detectability, SignalOptions
from corrtest.spec import study as objects

PAGE = Path(__file__).parents[2] / "docs" / "study.md"
OPTIONS = (
    objects.AnalysisOptions,
    objects.Approval,
    objects.Budget,
    objects.Caps,
    Detectability,
    objects.DisclosureOptions,
    objects.Documents,
    objects.MonitoringRule,
    objects.Occupation,
    objects.Outcomes,
    objects.Partner,
    SignalOptions,
    objects.SizeStep,
    objects.Window,
)


@pytest.mark.parametrize("table", OPTIONS, ids=lambda table: table.__name__)
def test_the_page_on_the_study_file_names_every_key(table):
    words = set(re.findall(r"[a-z_]+", PAGE.read_text(encoding="utf-8")))
    # The prices by channel stand in a table each, [budget.channel.email].
    keys = {"channel" if field.name == "channels" else field.name for field in fields(table)}
    assert keys <= words


def test_the_page_names_the_keys_of_study_and_fieldwork():
    words = set(re.findall(r"[a-z_]+", PAGE.read_text(encoding="utf-8")))
    keys = {field.name for field in fields(objects.Fieldwork)} - {"lag_days_most"}
    keys |= {"name", "sector", "wave", "seed", "language", "instrument", "pairing", "period"}
    assert keys <= words


def test_the_page_names_every_allowed_word():
    text = PAGE.read_text(encoding="utf-8")
    for allowed in (
        objects.INSTRUMENTS,
        objects.PAIRINGS,
        objects.STATED,
        objects.CLUSTERS,
        objects.MULTIPLICITIES,
        objects.ODD_REACTIONS,
        objects.MONITORING_RULES,
        objects.PRIMARY_OUTCOMES,
        objects.REACTIONS,
        objects.WAVES,
    ):
        for word in allowed:
            assert f'"{word}"' in text or f"`{word}`" in text, word
