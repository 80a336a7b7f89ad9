import dataclasses

import numpy as np
import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import Release, ReleaseSet, default_policy, release
from corrtest.disclosure.margins import relations
from corrtest.errors import DisclosureError
from tests.disclosure.sectors import sector_pairs, sector_results


def test_every_group_comes_out_as_one_release_in_the_same_order(construction):
    released = release(construction, default_policy())
    assert [r.keys["criterion"] for r in released] == [g.criterion for g in construction.groups]
    assert released.unit == "employer"
    assert released.simulated


def test_a_release_cannot_be_made_by_hand(construction):
    released = release(construction, default_policy())
    fields = {f.name: getattr(released.releases[0], f.name) for f in dataclasses.fields(Release)}
    with pytest.raises(DisclosureError, match="gate alone"):
        Release(**fields)
    fields = {f.name: getattr(released, f.name) for f in dataclasses.fields(ReleaseSet)}
    with pytest.raises(DisclosureError, match="gate alone"):
        ReleaseSet(**fields)
    with pytest.raises((DisclosureError, TypeError, ValueError)):
        dataclasses.replace(released.releases[0], pairs=7)


def test_hidden_cells_hold_no_figure_and_say_why(social_profit):
    released = release(social_profit, dataclasses.replace(default_policy(), min_pairs=25))
    assert released.hidden
    for cell in released.hidden:
        assert cell.counts is None
        assert cell.pairs is None
        assert cell.employers is None
        assert cell.estimates == ()
        assert cell.suppression is not None
        assert cell.suppression.reason.endswith(".")


def of_employers(shares):
    """Return a change that gives employers these shares of the pairs, and each other pair one of its own."""

    def changed(table):
        ends = np.cumsum([round(share * len(table)) for share in shares])
        names = [f"large {int(np.searchsorted(ends, row, side='right'))}" for row in range(ends[-1])]
        return table.assign(employer=names + [f"E{row}" for row in range(len(table) - len(names))])

    return changed


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda table: table.head(12), "min_pairs"),
        (lambda table: table.assign(employer=[f"E{row % 9}" for row in range(len(table))]), "min_employers"),
        (of_employers([0.3]), "largest_share"),
        (of_employers([0.22, 0.22]), "together_share"),
        (of_employers([0.19, 0.19, 0.19, 0.19]), "outside_employers"),
        (lambda table: table.assign(treated_reaction="invitation"), "complementary"),
        (
            lambda table: table.assign(
                control_reaction=np.where(np.arange(len(table)) < 0.65 * len(table), "invitation", "none"),
                treated_reaction="none",
            ),
            "complementary",
        ),
    ],
)
def test_each_primary_rule_hides_a_cell(change, rule):
    results = analyse(pairs_table(change(sector_pairs(1, criteria=("age",)))), simulated=True)
    released = release(results, default_policy())
    suppressions = {cell.suppression.rule for cell in released if cell.suppression}
    assert rule in suppressions
    assert not any(cell.shown for cell in released)
    assert all(cell.suppression.primary == (rule != "complementary") for cell in released)


def test_a_count_of_none_is_shown():
    table = sector_pairs(1, criteria=("age",)).assign(treated_reaction="none")
    released = release(analyse(pairs_table(table), simulated=True), default_policy())
    assert all(cell.shown for cell in released)
    assert {cell.counts.treated_positives for cell in released} == {0}


@pytest.mark.parametrize("seeds", [range(6), pytest.param(range(6, 30), marks=pytest.mark.slow)], ids=len)
def test_no_shown_total_has_exactly_one_hidden_part(seeds):
    for seed in seeds:
        results = sector_results(seed, committees={"318": 24, "319": 66, "330": 90, "331": 60 + seed})
        released = release(results, dataclasses.replace(default_policy(), min_pairs=25))
        cells = [r.keys for r in released]
        for link in relations(cells, [g.pairs for g in results.groups]):
            hidden = [part for part in link.parts if not released.releases[part].shown]
            if released.releases[link.total].shown and not link.rest:
                assert len(hidden) != 1


def test_a_cell_hidden_for_one_outcome_is_hidden_for_the_other(social_profit):
    released = release(social_profit, dataclasses.replace(default_policy(), min_pairs=25))
    shown: dict[tuple, set] = {}
    for cell in released:
        keys = tuple(value for name, value in cell.keys.items() if name != "outcome")
        shown.setdefault(keys, set()).add(cell.shown)
    assert all(len(states) == 1 for states in shown.values())


def test_where_employers_are_unknown_vacancies_stand_in(construction):
    groups = tuple(dataclasses.replace(g, employers=None, employer_sizes={}) for g in construction.groups)
    unknown = dataclasses.replace(construction, groups=groups, membership=None)
    released = release(unknown, default_policy())
    assert released.unit == "vacancy"
    assert any(cell.shown for cell in released)
    strict = dataclasses.replace(default_policy(), min_employers=100)
    rules = {c.suppression.rule for c in release(unknown, strict).hidden}
    assert "min_vacancies" in rules


def test_empty_results_are_refused_with_a_message(construction):
    with pytest.raises(DisclosureError, match="nothing to release"):
        release(dataclasses.replace(construction, groups=()), default_policy())
