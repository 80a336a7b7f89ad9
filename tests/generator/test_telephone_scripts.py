"""Call scripts: a pair's are one script but for who calls and the signal, in every language and for every criterion."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corrtest.generator import Persona, draw_pair, render_pairs
from corrtest.generator.signals import signal
from corrtest.generator.telephone_scripts import call_faults
from tests.generator.pairs import make_pair

SIGNALS = [("origin", "maghrebi_name"), ("age", "age_50"), ("disability", "deaf")]


def people(criterion: str, level: str, language: str = "nl") -> tuple[Persona, Persona]:
    place = {"postal_code": "1000"} if language == "fr" else {}
    return draw_pair(7, make_pair(3, criterion=criterion, level=level, called=True, **place), language=language)


def script(document: dict[str, Any]) -> list[dict[str, str]]:
    return document["x-application"]["call"]


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
@pytest.mark.parametrize(("criterion", "level"), SIGNALS)
def test_the_arms_say_the_same_but_for_the_signal(criterion: str, level: str, language: str) -> None:
    both = people(criterion, level, language)
    lines = [[(row["cue"], row["text"]) for row in script(person.document)] for person in both]
    unlike = {cue for (cue, one), (_, two) in zip(*lines, strict=True) if one != two}
    said = [next(row["text"] for row in script(person.document) if row["key"] == "signal") for person in both]
    assert all("{" not in text for _, text in lines[0])
    assert (said[0] == said[1]) == (criterion == "origin")
    # besides the signal: the name, where one lives, the telephone
    assert len(unlike - {"x"}) == (3 if criterion == "origin" else 4)
    assert list(call_faults([person.document for person in both], signal(criterion, level, language))) == []


@pytest.mark.parametrize(
    ("line", "text", "fault"),
    [
        (2, "Is de plaats nog vrij?", "call_unlike"),
        (4, "Ik ben een harde werker.", "call_signal"),
        (None, "", "call_unlike"),
    ],
)
def test_a_script_that_says_more_than_the_signal_is_refused(line: int | None, text: str, fault: str) -> None:
    documents = [copy.deepcopy(person.document) for person in people(*SIGNALS[0])]
    rows = script(documents[1])
    if line is None:
        rows.pop(1)
    else:
        rows[line]["text"] = text
    assert fault in {name for name, _ in call_faults(documents, signal(*SIGNALS[0]))}


def test_an_age_that_is_not_said_is_refused() -> None:
    documents = [copy.deepcopy(person.document) for person in people(*SIGNALS[1])]
    for document in documents:
        script(document)[4]["text"] = "Ik kom altijd op tijd."
    assert [name for name, _ in call_faults(documents, signal(*SIGNALS[1]))] == ["call_signal"]


def test_a_call_is_no_mail(tmp_path: Path) -> None:
    pair = replace(make_pair(1), called=True)
    made = render_pairs([pair], tmp_path, seed=7, formats=("pdf",), workers=1)
    assert made.failures == 0
    for arm in ("control", "treated"):
        names = {path.name for path in (tmp_path / pair.pair_id / arm).iterdir()}
        assert {"call.html", "call.pdf"} < names
        assert "email.txt" not in names
        assert len(names) == 3  # and the CV
