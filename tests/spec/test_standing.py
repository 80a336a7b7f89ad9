"""Where a study stands: its tests as its quotas count them, and a call by a client as one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corrtest.resources import designs_folder
from corrtest.spec import Standing, StudyFolder, progress_of, read_study, read_study_text, standing_of
from tests.design.instances import make_study

STATES = {"planned": 40, "claimed": 0, "sent": 20, "withdrawn": 0, "closed": 100, "failed": 0, "went_out": 120}


def standing(study, tmp_path: Path, applications=STATES) -> Standing:
    rows = [{"joint_committee": "124", "criterion": "origin", **applications}] if applications else []
    return standing_of(study, progress_of(StudyFolder(tmp_path)), date(2027, 3, 1), rows)


@pytest.mark.parametrize("pairing", ["paired", "unpaired"])
@pytest.mark.parametrize(("tests_are", "each"), [("pairs", 2), ("applications", 1)])
def test_tests_are_counted_as_the_quota_counts_them(tmp_path, pairing, tests_are, each):
    study = make_study({"124": {"origin": 160 // each}}, pairing=pairing, tests_are=tests_are)
    found = standing(study, tmp_path)
    assert [found.total(name) for name in ("wanted", "planned", "sent", "complete")] == [
        number // each for number in (160, 160, 120, 100)
    ]
    assert found.short == 0


def test_a_call_by_a_client_is_one_test_and_the_firms_are_the_quota(tmp_path):
    text = (designs_folder() / "service_vouchers.toml").read_text(encoding="utf-8")
    # Whatever the file says that a test is, a call has no twin.
    study = read_study_text(text.replace('tests_are = "applications"', 'tests_are = "pairs"'), "study.toml")
    found = standing(study, tmp_path)
    assert [found.total(name) for name in ("wanted", "planned", "sent", "complete")] == [300, 160, 120, 100]
    assert found.short == 140
    assert found.strata[0].criterion == "origin"
    before = standing(study, tmp_path, {})
    assert (before.total("wanted"), before.total("planned")) == (300, None)


def test_calls_to_every_firm_are_as_many_as_the_plan_has(tmp_path):
    study = read_study(designs_folder() / "service_vouchers.toml")
    every = replace(study, client_calls=replace(study.client_calls, firms=None))
    assert standing(every, tmp_path).total("wanted") == 160
    assert standing(every, tmp_path, {}).strata == ()
