"""Mistakes in the TOML itself: all of them, each with its line and how to write it."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corrtest.errors import CorrtestError, StudyError
from corrtest.spec import parse_toml, read_study_text

HABITS = [
    ("a = 0,25", 0.25),
    ("a = 85.000,50", 85000.5),
    ("a = 1 250,5", 1250.5),
    ("a = 85 000", 85000),
    ("a = 85.000.000", 85000000),
    ("a = 11/01/2027", date(2027, 1, 11)),
    ("a = 11-1-2027", date(2027, 1, 11)),
    ("a = [11/01/2027, 12/01/2027]", [date(2027, 1, 11), date(2027, 1, 12)]),
    ("a = “Sociale profit”", "Sociale profit"),
    ("a = „Sociale profit”  # naam", "Sociale profit"),
    ("a = ‘Sociale profit’", "Sociale profit"),
    ("a = Sociale profit", "Sociale profit"),
    ("a = 'x", None),
    ('a = "x', "x"),
    ('a = x"', "x"),
    ("a: 12", 12),
    ('a "x"', "x"),
    ("a == 12", 12),
    ("a = 12;", 12),
    ('a = "x",', "x"),
    ("a = 85000 €", 85000),
    ("a = € 85000", 85000),
    ("a = 12 weken", 12),
    ("a = 25%", 0.25),
    ("a = 2,5 %", 0.025),
    ("a = 0124", "0124"),
    ("a = 124.01.10", None),
    ("a = ja", True),
    ("a = Onwaar", None),
    ("a = onwaar", False),
    ("a = True", True),
    ('a = "C:\\data"', "C:\\data"),
    ("\u00a0a = 12", 12),
    ("\ufeffa = 12", 12),
    ('a = "x" de naam', "x"),
    ("// remark\na = 1", 1),
    ("-- remark\na = 1", 1),
]


@pytest.mark.parametrize(("text", "meant"), [case for case in HABITS if case[1] is not None])
def test_a_habit_is_named_and_what_was_meant_is_read(text, meant):
    values, (fault,) = parse_toml("t.toml", text)
    assert values == {"a": meant}
    assert fault.line == 1
    assert fault.given == repr(text.splitlines()[0].strip())
    assert fault.action.startswith("Write: ")
    # What it says to write is TOML, and is what was meant.
    written = "\n".join([fault.action.removeprefix("Write: "), *text.splitlines()[1:]])
    assert tomllib.loads(written) == {"a": meant}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[study\na = 1", {"study": {"a": 1}}),
        ("[[committee]\na = 1", {"committee": [{"a": 1}]}),
        ("[mijn deel]\na = 1", {"mijn_deel": {"a": 1}}),
        ("joint committee = 1", {"joint_committee": 1}),
    ],
)
def test_sections_and_keys(text, expected):
    assert parse_toml("t.toml", text)[0] == expected


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a =\nb = 1", 1, "a value behind ="),
        ("a = 1\nb = 2\na = 3", 3, "'a' stands on line 1 as well"),
        ("[study]\na = 1\n[study]\nb = 1", 3, r"\[study\] begins on line 1"),
        ("[s]\na = 1\n[committee]\nx = 1\n[committee]\nx = 2", 5, r"write each as \[\[committee\]\]"),
        ("a = [1, 2\nb = 1", 1, r"a list that ends with \]"),
        ("a = { b = 1\nc = 2 }", 1, "on one line"),
        ('a = """x\nb = 1', 1, "expected TOML"),
        ("a = 2027-13-45", 1, "expected TOML"),
    ],
)
def test_what_can_be_meant_in_more_ways_is_not_guessed(text, line, message):
    values, faults = parse_toml("t.toml", text)
    assert values is None
    assert faults[0].line == line
    with pytest.raises(CorrtestError, match=message):
        raise CorrtestError("", faults)


def test_all_at_once_and_each_on_its_own_line():
    text = "[study]\nname = “Kappers”\nshare = 0,25\n\n[caps] \ntotal: 2\n[study]\nx = 1\n"
    text += "[budget]\ntotal = 85.000,00\nday = 11/01/2027\n"
    values, faults = parse_toml("study.toml", text)
    assert [fault.line for fault in faults] == [2, 3, 6, 7, 10, 11]
    assert values is None


def test_the_rest_of_a_study_is_checked_as_well():
    with pytest.raises(StudyError) as caught:
        read_study_text("[study]\nname = Kappers\nsector = “kappers”\nperiod = 3\n", "study.toml")
    keys = {fault.key for fault in caught.value.faults}
    assert {"study.period", "caps", "committee"} <= keys
    assert [fault.line for fault in caught.value.faults if fault.key is None] == [2, 3]


def test_text_in_order_has_no_fault():
    assert parse_toml("t.toml", 'a = 1\n[b]\nc = [\n  "x", # y\n  "z",\n]\n') == ({"a": 1, "b": {"c": ["x", "z"]}}, [])


@given(st.text(alphabet="ab=[]{}\"'#,.;:0123-\n “”/é", max_size=60))
def test_any_text_gets_tables_or_faults_and_never_a_traceback(text):
    values, faults = parse_toml("t.toml", text)
    try:
        assert (values, faults) == (tomllib.loads(text), [])
    except tomllib.TOMLDecodeError:
        assert faults
