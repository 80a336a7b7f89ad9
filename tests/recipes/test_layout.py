"""A layout is one folder of cv_templates/."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.recipes.conftest import House

RENDER = """
import json, sys
from corrtest.generator import render_pairs
from tests.generator.pairs import make_pairs

pairs = make_pairs(2, sets=("broad_margins", "side_column"))
made = render_pairs(pairs, sys.argv[1], seed=3, formats=("html", "pdf", "docx", "txt"), workers=1)
print(json.dumps({"failures": made.failures, "files": made.files}))
"""


@pytest.mark.slow
def test_a_layout_is_one_folder(house: House, tmp_path: Path, repository: Path) -> None:
    layout = house.root / "cv_templates" / "broad_margins"
    shutil.copytree(house.root / "cv_templates" / "classic_rules", layout)
    house.replace("cv_templates/broad_margins/set.toml", 'name = "classic_rules"', 'name = "broad_margins"')
    house.replace("cv_templates/broad_margins/set.toml", 'work = "Werkervaring"', 'work = "Wat ik deed"')
    assert {Path(name).parent.as_posix() for name in house.touched()} == {"cv_templates/broad_margins"}

    # A study may name it.
    study = tmp_path / "study.toml"
    ready = (house.root / "designs" / "hairdressing.toml").read_text(encoding="utf-8")
    named = '[fieldwork]\ntemplates = ["broad_margins", "side_column"]'
    study.write_text(ready.replace("[fieldwork]", named), encoding="utf-8")
    checked = house.corrtest("check", study)
    assert checked.returncode == 0, checked.stderr
    assert "is in order" in checked.stdout

    # Pairs are written in it, in every form, and pass the audit.
    script = tmp_path / "render.py"
    script.write_text(RENDER, encoding="utf-8")
    shutil.copytree(repository / "tests" / "generator", house.root / "tests" / "generator")
    (house.root / "tests" / "__init__.py").touch()
    done = house.python(script, tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["failures"] == 0
    pages = [path.read_text(encoding="utf-8") for path in (tmp_path / "out").rglob("*.html")]
    assert sum("Wat ik deed" in page for page in pages) == 2
