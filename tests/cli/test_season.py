"""The season of analysis/season, at a reduced size: the register says at the end what really happened."""

from __future__ import annotations

import importlib
from pathlib import Path

import pandas as pd
import pytest

FOLDER = Path(__file__).parents[2] / "analysis" / "season"


@pytest.mark.slow
def test_a_season_ends_as_it_really_was_and_no_mishap_goes_unseen(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(FOLDER))
    seasons = importlib.import_module("run").main(
        ["--seeds", "1", "--pairs", "30", "--weeks", "9", "--out", str(tmp_path)]
    )
    assert list(pd.read_csv(tmp_path / "differences.csv")["difference"]) == []
    assert (seasons[["broken_rules", "not_named"]] == 0).all(axis=None)
    assert seasons["pairs_out"].item() > 10
    assert seasons["mishaps"].item() > 20
