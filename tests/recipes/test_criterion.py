"""A criterion is one file: in the study's own folder `criteria/`, or among those of `corrtest/spec/criteria/`."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from corrtest.design import read_plan
from corrtest.lab import simulate_reactions, simulate_vacancies
from corrtest.spec import read_study
from tests.recipes.conftest import House

BELIEF = """
label = { nl = "geloof", en = "belief" }

[power]
control_rate = 0.30
ratio = 0.70
source = "an assumption"

[levels.mosque_volunteer]
label = { nl = "vrijwilliger in een moskee", en = "volunteer at a mosque" }
where = "both"
[levels.mosque_volunteer.nl]
cv = ["Ik ben vrijwilliger in de moskee van mijn buurt."]
letter = ["In mijn vrije tijd help ik als vrijwilliger in onze moskee."]
"""


def study_of(folder: Path, repository: Path) -> Path:
    """Write a construction study that tests belief alone, 40 pairs."""
    text = (repository / "designs" / "construction.toml").read_text(encoding="utf-8")
    head, _, rest = text.partition("[[criterion]]")
    rest = "[[occupation]]" + rest.partition("[[occupation]]")[2]
    criterion = '[[criterion]]\nname = "belief"\nlevels = [{ name = "mosque_volunteer", share = 1.0 }]\n\n'
    head = head.replace("{ origin = 200, age = 200, disability = 200 }", "{ belief = 40 }")
    folder.mkdir()
    (folder / "study.toml").write_text(head + criterion + rest, encoding="utf-8")
    return folder / "study.toml"


def pairs_of(plan: Path) -> pd.DataFrame:
    """Return a pairs table of a plan with simulated reactions."""
    frozen = read_plan(plan)
    given = simulate_reactions(frozen).pivot(index="pair_id", columns="arm", values="reaction")
    pairs = frozen.pairs.set_index("pair_id").join(given).fillna({"control": "none", "treated": "none"})
    pairs = pairs.rename(columns={"control": "control_reaction", "treated": "treated_reaction"})
    names = ["sector", "joint_committee", "criterion", "level", "employer", "control_reaction", "treated_reaction"]
    return pairs[names].assign(simulated=True).reset_index()


@pytest.mark.slow
def test_a_criterion_is_one_file_beside_the_study(house: House, tmp_path: Path, repository: Path) -> None:
    study = study_of(tmp_path / "mine", repository)
    refused = house.corrtest("check", study)
    assert refused.returncode == 2
    assert "criteria/belief.toml" in refused.stderr

    (study.parent / "criteria").mkdir()
    (study.parent / "criteria" / "belief.toml").write_text(BELIEF, encoding="utf-8")
    vacancies, plan, elsewhere = tmp_path / "vacancies.csv", tmp_path / "plan", tmp_path / "elsewhere"
    simulate_vacancies(read_study(study)).to_csv(vacancies, index=False)
    elsewhere.mkdir()

    def done(*arguments: object) -> str:
        ran = house.corrtest(*arguments, cwd=elsewhere)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    done("check", study, "--vacancies", vacancies)
    assert "belief" in done("power", study)
    done("plan", study, "--vacancies", vacancies, "--out", plan)
    # From here on the plan alone knows what the study's folder said.
    (study.parent / "criteria" / "belief.toml").unlink()
    done("prereg", plan, "--out", elsewhere / "prereg")
    assert "geloof" in (elsewhere / "prereg" / "preregistration-nl.md").read_text(encoding="utf-8")
    done("render", plan, "--out", elsewhere / "documents", "--format", "txt")
    treated = "".join(path.read_text() for path in (elsewhere / "documents").glob("*/treated/*.txt"))
    control = "".join(path.read_text() for path in (elsewhere / "documents").glob("*/control/*.txt"))
    assert "vrijwilliger in de moskee" in treated
    assert "moskee" not in control

    pairs_of(plan).to_csv(elsewhere / "pairs.csv", index=False)
    done("analyse", elsewhere / "pairs.csv", "--plan", plan, "--out", elsewhere / "results.json")
    study_of_results = json.loads((elsewhere / "results.json").read_text(encoding="utf-8"))["study"]
    assert study_of_results["labels"]["criterion"]["belief"]["nl"] == "geloof"
    done("report", elsewhere / "results.json", "--out", elsewhere / "report")
    report = next((elsewhere / "report").glob("*nl*.html")).read_text(encoding="utf-8")
    assert "geloof" in report.lower()
    assert house.touched() == []
