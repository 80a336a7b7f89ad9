"""Each design has one home: what depends on it asks it, and no one else tells the two apart."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from corrtest.analysis import DESIGNS, PAIRED, UNPAIRED, ArmCounts, PairedCounts, ShareCounts, design_of

PACKAGE = Path(__file__).resolve().parents[2] / "corrtest"
# The tables, the designs themselves, and where a table is read and its design chosen.
HOMES = ("analysis/tables", "analysis/designs", "analysis/read", "analysis/statistics/__init__.py")
KINDS = {"PairedCounts", "ArmCounts", "PairedTables", "ArmTables", "PairsTable", "ApplicationsTable"}
KINDS |= {"MarginCounts", "ArmMargin", "PairPositives", "ArmPositives", "PairedStatistic", "ArmStatistic"}
NAMES = {"paired", "unpaired"}
ROOMS = ("analysis", "disclosure", "report", "lab", "cli")
# Verbs that plan: they name the unit of a study file, before there is a table of reactions or a design of one.
OF_THE_STUDY = {
    "cli/plan_inputs.py": 1,
    "cli/power_extras.py": 1,
    "cli/power_tables.py": 1,
}


def branches(path: Path) -> Iterator[int]:
    """Give the lines at which a file tells designs apart."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
            if {each.id for each in ast.walk(node.args[1]) if isinstance(each, ast.Name)} & KINDS:
                yield node.lineno
            if {each.attr for each in ast.walk(node.args[1]) if isinstance(each, ast.Attribute)} & KINDS:
                yield node.lineno
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Constant) and side.value in NAMES for side in sides):
                yield node.lineno


def test_no_one_else_tells_designs_apart() -> None:
    files = [path for room in ROOMS for path in sorted((PACKAGE / room).rglob("*.py"))]
    assert len(files) > 100
    found = {
        name: lines
        for path in files
        if not (name := path.relative_to(PACKAGE).as_posix()).startswith(HOMES)
        if (lines := list(branches(path)))
    }
    assert {name: len(lines) for name, lines in found.items()} == OF_THE_STUDY


@pytest.mark.parametrize("design", DESIGNS.values(), ids=DESIGNS)
def test_a_design_s_cells_are_those_of_its_counts(design) -> None:
    counts = design.counts(dict.fromkeys(design.cells, 3))
    assert tuple(counts.as_dict()) == design.cells == tuple(design.reactions)
    assert design_of(counts) is design
    assert design.tables([counts]).cells.tolist() == [[3.0] * len(design.cells)]
    assert counts.rows * design.applications_a_row == counts.control_applications + counts.treated_applications


def test_a_quota_gives_as_many_rows() -> None:
    assert [PAIRED.rows_a_test(of_applications=each) for each in (False, True)] == [1.0, 0.5]
    assert [UNPAIRED.rows_a_test(of_applications=each) for each in (False, True)] == [2.0, 1.0]


def test_gradients_are_the_derivatives_of_their_values() -> None:
    """Against a central difference, cell by cell."""
    tables = {
        "paired": [PairedCounts(both=31, control_only=22, treated_only=9, neither=138)],
        "one_arm": [ShareCounts(positive=53, other=147)],
        "unpaired": [ArmCounts(control_positive=53, control_other=147, treated_positive=40, treated_other=130)],
    }
    for design in DESIGNS.values():
        made = design.tables(tables[design.name])
        for statistic in design.statistics.values():
            slopes = statistic.slopes(made)[0]
            for place in range(len(design.cells)):
                up, down = made.cells.copy(), made.cells.copy()
                up[0, place] += 1e-4
                down[0, place] -= 1e-4
                ends = [statistic.on_scale(type(made).of_cells(cells))[0] for cells in (up, down)]
                assert slopes[place] == pytest.approx((ends[0] - ends[1]) / 2e-4, abs=1e-9), statistic.name
