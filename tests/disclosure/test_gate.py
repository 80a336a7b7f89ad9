import dataclasses

import pytest

from corrtest.analysis import PairedCounts
from corrtest.disclosure import Release, ReleaseSet, default_policy, release
from corrtest.disclosure.margins import relations
from corrtest.errors import DisclosureError
from tests.disclosure.sectors import sector_results


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


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"pairs": 5}, "min_pairs"),
        ({"employers": 3}, "min_employers"),
        ({"employer_sizes": {150: 1, 1: 50}}, "largest_share"),
        ({"counts": PairedCounts(both=0, control_only=40, treated_only=0, neither=160)}, "all_or_nothing"),
        ({"counts": PairedCounts(both=150, control_only=50, treated_only=0, neither=0)}, "all_or_nothing"),
    ],
)
def test_each_primary_rule_hides_a_cell(construction, change, rule):
    groups = list(construction.groups)
    where = next(i for i, g in enumerate(groups) if g.criterion == "age" and g.level is None and not g.joint_committee)
    groups[where] = dataclasses.replace(groups[where], **change)
    exact = default_policy()
    released = release(dataclasses.replace(construction, groups=tuple(groups)), exact)
    suppression = released.releases[where].suppression
    assert suppression is not None
    assert suppression.rule == rule
    assert suppression.primary


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
    released = release(dataclasses.replace(construction, groups=groups), default_policy())
    assert released.unit == "vacancy"
    assert any(cell.shown for cell in released)
    strict = dataclasses.replace(default_policy(), min_employers=100)
    rules = {c.suppression.rule for c in release(dataclasses.replace(construction, groups=groups), strict).hidden}
    assert "min_vacancies" in rules


def test_empty_results_are_refused_with_a_message(construction):
    with pytest.raises(DisclosureError, match="nothing to release"):
        release(dataclasses.replace(construction, groups=()), default_policy())
