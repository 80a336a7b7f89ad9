"""A verb is one file of cli/, and its name among the verbs."""

from __future__ import annotations

import inspect

import pytest

from corrtest.cli import app
from tests.recipes.conftest import House

VERB = '''"""The verb sectors: which ready designs there are."""

from __future__ import annotations

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json


def sectors(as_json: AsJson = False) -> None:
    """List the ready designs, one a sector."""
    from corrtest.resources import designs_folder

    names = sorted(path.stem for path in designs_folder().glob("*.toml"))
    if as_json:
        show_json(names)
        return
    for name in names:
        show(name)
'''


def test_a_verb_is_one_file_and_its_name_among_the_verbs(house: House) -> None:
    house.write("corrtest/cli/sectors.py", VERB)
    house.replace(
        "corrtest/cli/app.py",
        "from corrtest.cli.sensitivity import",
        "from corrtest.cli.sectors import sectors\nfrom corrtest.cli.sensitivity import",
    )
    house.replace("corrtest/cli/app.py", "BEFORE: Verbs = (demo, new,", "BEFORE: Verbs = (demo, sectors, new,")
    assert house.touched() == ["corrtest/cli/app.py", "corrtest/cli/sectors.py"]

    listed = house.corrtest("--help")
    assert "sectors" in listed.stdout, listed.stderr
    assert "List the ready designs" in listed.stdout
    ran = house.corrtest("sectors")
    assert ran.returncode == 0, ran.stderr
    assert "construction" in ran.stdout.split()
    assert "--json" in house.corrtest("sectors", "--help").stdout
    wrong = house.corrtest("sectors", "--jsn")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr


def verbs() -> list:
    return [*app.BEFORE, *app.PLANNED, *app.MEASURED, *app.PUBLISHED, *app.RELEASED]


@pytest.mark.parametrize("verb", verbs(), ids=lambda verb: verb.__name__)
def test_a_verb_is_the_function_of_its_file(verb) -> None:
    assert verb.__module__ == f"corrtest.cli.{verb.__name__}"
    assert verb.__doc__
    assert len(inspect.signature(verb).parameters) <= 15  # about a dozen options, and what it works on
