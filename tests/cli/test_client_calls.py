"""The verbs before the fieldwork, in the folder of a study that calls firms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corrtest import lab
from corrtest.cli.instruments import needs_pairs
from corrtest.errors import DesignError
from corrtest.resources import designs_folder
from corrtest.spec import read_study


def test_power_and_budget_speak_of_calls(corrtest, monkeypatch):
    assert corrtest("new", "service_vouchers").code == 0
    monkeypatch.chdir("service_vouchers")
    unknown = corrtest("power")
    assert "300 calls to 300 firms." in unknown.out
    assert "nothing is corrected" in unknown.out
    frame = lab.simulate_firms(read_study(designs_folder() / "service_vouchers.toml"))
    frame.to_csv(Path("frame") / "firms.csv", index=False)
    known = corrtest("power")
    assert "300 calls to 300 firms of the 755 in the sector." in known.out
    assert "below the standard of 80 %" in known.out
    assert json.loads(corrtest("power", "--json").out)["population"] == 755
    budget = corrtest("budget", "--total", "30000")
    assert "4500 minutes (75 hours)" in budget.out
    assert "pay 800 calls: enough" in budget.out
    assert "are assumptions" in budget.out
    assert "same panel_seed" in corrtest("power-of-change").err


@pytest.mark.parametrize(
    ("verb", "instead"), [("prereg", "Deposit study.toml"), ("amend", "next wave"), ("preview", "corrtest render")]
)
def test_what_takes_the_place_of_a_verb_is_said(verb, instead):
    with pytest.raises(DesignError, match=instead):
        needs_pairs(read_study(designs_folder() / "service_vouchers.toml"), verb)
