"""Results in the page: what is internal says so, the gate says what it decided, a verb runs and is followed."""

from __future__ import annotations

import time
from dataclasses import replace

import pandas as pd
import pytest

from corrtest.analysis import analyse, read_pairs
from corrtest.disclosure import ReleaseLog, policy_for, publication, release
from corrtest.register import Register
from corrtest.report import write_report
from tests.web.test_guarding import BEYOND, THERE, sign_in


@pytest.fixture
def estimated(folder, tmp_path):
    """Results of 120 pairs in one committee and 12 in another, and the report that was made of them."""
    rows = [
        {
            "pair_id": f"T{number:04d}",
            "sector": "construction",
            "joint_committee": "124" if number < 120 else "149.01",
            "criterion": "origin",
            "level": "maghrebi_name",
            "employer": f"E{number // 2:03d}",
            "control_reaction": "invitation" if number % 3 == 0 else "none",
            "treated_reaction": "invitation" if number % 6 == 0 else "none",
        }
        for number in range(132)
    ]
    folder.pairs.parent.mkdir()
    pd.DataFrame(rows).to_csv(folder.pairs, index=False)
    found = replace(analyse(read_pairs(folder.pairs)), commitment=ReleaseLog.open(folder.release_log).commitment)
    found.write(folder.results)
    return found


def made(folder, found):
    with publication(ReleaseLog.open(folder.release_log), folder.report) as leaving:
        released = release(found, policy_for(found, None), leaving)
        write_report(released, leaving.folder, languages=("nl",), formats=("html", "json"))


def finished(site, path: str = "/work") -> str:
    for _ in range(300):
        text = site.get(path).text
        if "data-runs" not in text:
            return text
        time.sleep(0.1)
    raise AssertionError(text)


def test_internal_results_say_that_they_are(site, estimated):
    text = site.get("/results").text
    assert "Internal results" in text
    assert "do not pass on" in text
    assert "What the gate decided" not in text


def test_the_gate_says_what_it_decided_and_why_and_the_files_are_there(site, folder, estimated):
    made(folder, estimated)
    text = site.get("/results").text
    assert "shown" in text
    assert "Fewer than 20 pairs stand behind this cell." in text
    assert "newer than this report" not in text
    names = [path.name for path in folder.report.iterdir()]
    assert len(names) == 2
    for name in names:
        assert f"/report/{name}" in text
        answer = site.get(f"/report/{name}")
        assert answer.status_code == 200
        assert ("attachment" in answer.headers.get("content-disposition", "")) == name.endswith("json")


def test_results_are_for_coordinator_and_analyst(open_site, folder):
    with Register.open(folder.register) as register:
        register.people.add("ana", "analyst")
        register.people.add("cas", "coder")
        tokens = {name: register.people.give_token(name) for name in ("ana", "cas")}
    site = open_site(BEYOND, THERE)
    sign_in(site, "cas", tokens["cas"])
    assert site.get("/results").status_code == 409
    assert site.get("/work").status_code == 409
    sign_in(site, "ana", tokens["ana"])
    assert site.get("/results").status_code == 200
    key = site.key("/results")
    assert site.post("/results/report", key=key, origin=THERE).status_code == 409
    assert site.post("/study/step", key=key, origin=THERE, step="corrtest check").status_code == 409


def test_only_the_steps_of_a_study_are_begun(site):
    assert site.post("/study/step", step="corrtest register erase").status_code == 400
    assert "Nothing was begun" in site.get("/work").text


@pytest.mark.slow
def test_a_verb_runs_is_followed_and_says_what_the_command_line_says(site):
    answer = site.post("/study/step", step="corrtest check")
    assert answer.url.path == "/work"
    refused = site.post("/study/step", step="corrtest check")
    assert refused.status_code == 400
    assert "not finished yet" in refused.text
    text = finished(site)
    assert "It is done." in text
    assert "is in order" in text
    site.post("/study/step", step="corrtest prereg")
    text = finished(site)
    assert "It was refused" in text
    assert "no plan yet" in text
    assert "Traceback" not in text
