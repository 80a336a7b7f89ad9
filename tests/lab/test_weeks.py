"""The script of the weeks, at a reduced size."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).parents[2] / "analysis" / "intake"


@pytest.fixture
def script(monkeypatch):
    """Return a function that gives a script of analysis/intake."""
    monkeypatch.syspath_prepend(str(FOLDER))

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, name, module)
        spec.loader.exec_module(module)
        return module

    return load


def test_the_weeks_reach_what_a_clairvoyant_reaches_and_break_no_cap(script, capsys):
    table = script("weeks").main(["--weeks", "5", "--pairs", "8", "--shares", "1", "0.4"])
    assert (table["broken_caps"] == 0).all()
    assert (table["moved"] == 0).all()
    assert (table["largest_lead"] <= 1).all()
    assert (table["of_clairvoyant"] >= 0.9).all()
    assert table["week_by_week"].iloc[0] == table["wanted"].iloc[0] == 24
    assert "of_clairvoyant" in capsys.readouterr().out


def test_forecasts_hold_about_as_often_as_they_say(script):
    script("weeks")
    table = script("forecasts").main(["--weeks", "12", "--pairs", "60", "--seeds", "4", "--shares", "1"])
    assert len(table) == 8
    assert table["held"].mean() >= 0.5
