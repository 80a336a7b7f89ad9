import pytest

from corrtest.analysis import PAIRED
from corrtest.disclosure import OverviewLog, side_by_side
from corrtest.disclosure.sector_policy import sector_policy
from corrtest.disclosure.withholding import Sum, Unit, hidden_sums
from corrtest.errors import DisclosureError
from tests.disclosure.attacks.withheld_sectors import report_of, template_report
from tests.disclosure.attacks.withheld_sectors import sectors as truth_of

POLICY = sector_policy()
WITHHELD = ("bricks", "food", "glass", "metal", "paper")
OUTCOMES = {"strict": ("invitation",), "broad": ("invitation", "other_positive")}


def unit(sector, *, pairs=200, strict=(10, 14, 8), broad=(20, 24, 14)):
    def counts(some):
        cells = (*some, pairs - sum(some))
        return dict(zip(("both", "control_only", "treated_only", "neither"), cells, strict=True))

    return Unit(token=sector, sector=sector, pairs=pairs, counts={"strict": counts(strict), "broad": counts(broad)})


def total(units, *, known=False):
    return Sum(units=tuple(units), design=PAIRED, outcomes=OUTCOMES, known=known)


@pytest.fixture(scope="module")
def sectors():
    names = ("banking", "bricks", "chemicals", "cleaning", "food", "glass", "metal", "paper")
    like = template_report()
    return [report_of(like, name, kinds) for name, kinds in zip(names, truth_of(5, 8).values(), strict=True)]


@pytest.mark.parametrize(("secret", "hidden"), [("", []), ("a", [0]), ("ab", [0]), ("abc", []), ("abcdef", [])])
def test_a_total_leaves_only_where_three_withhold(secret, hidden):
    assert sorted(hidden_sums([total(unit(name) for name in "abcdef")], secret, POLICY)) == hidden


def test_a_total_that_one_large_sector_makes_up_stays_behind():
    units = [unit("a", pairs=2000), *(unit(name) for name in "bcd")]
    assert hidden_sums([total(units)], "abc", POLICY) == {0}


def test_a_later_total_with_one_more_sector_stays_behind():
    units = [unit(name) for name in "abcdefg"]
    earlier, later = total(units[:-1], known=True), total(units)
    assert hidden_sums([earlier, later], "abcg", POLICY) == {1}
    assert hidden_sums([earlier, later], "abc", POLICY) == frozenset()
    # Without the secret one of the two, the difference is what a report tells already.


def test_a_total_that_is_nearly_nothing_tells_each_part_and_stays_behind():
    few = [unit(name, strict=(10, 0, 8)) for name in "abc"]
    assert hidden_sums([total([*few, unit("d")])], "abc", POLICY) == {0}


def test_a_sector_that_takes_off_its_own_part_must_not_be_left_with_nothing():
    units = [unit("a", strict=(10, 40, 8), broad=(20, 40, 14)), *(unit(name, strict=(10, 1, 8)) for name in "bc")]
    assert hidden_sums([total(units)], "abc", POLICY) == {0}


def test_who_withholds_is_hidden_among_others(sectors):
    side = side_by_side(sectors, ["bricks"])
    assert side.withheld == 1
    assert "bricks" in side.without
    assert len(side.without) == POLICY.least
    assert not any(each.study["sector"] in side.without for each in side.shown)
    assert all(not each.every for each in side.together)


def test_enough_that_withhold_stand_beside_a_total_of_all(sectors):
    side = side_by_side(sectors, WITHHELD)
    assert len(side.without) == len(WITHHELD) + POLICY.beside
    assert all(each.every and each.sectors == len(sectors) for each in side.together)
    age = next(each for each in side.together if each.releases[0].criterion == "age").releases[0]
    own = [
        cell
        for each in sectors
        for cell in each
        if cell.criterion == "age" and cell.level is None and cell.outcome == age.outcome and not cell.joint_committee
    ]
    assert age.counts.control_only == sum(cell.counts.control_only for cell in own)
    assert age.pairs == sum(cell.pairs for cell in own)


def test_the_log_remembers_over_dates_who_stands_without_figures(sectors, tmp_path):
    log = OverviewLog.open(tmp_path / "log")
    first = side_by_side(sectors, WITHHELD, earlier=log.earlier())
    with log.publication(first, tmp_path / "out") as folder:
        (folder / "page.txt").write_text("figures")
    assert log.withheld() == set(WITHHELD)
    second = side_by_side(sectors, WITHHELD, earlier=log.earlier())
    assert second.without == first.without
    third = side_by_side(sectors, ["bricks", "glass"], earlier=log.earlier())
    assert set(third.without) >= {"bricks", "glass"}
    late = side_by_side(sectors, [*log.withheld(), first.shown[0].study["sector"]], earlier=log.earlier())
    assert late.told == (first.shown[0].study["sector"],)


def test_an_overview_that_fails_leaves_nothing_and_remembers_nothing(sectors, tmp_path):
    log = OverviewLog.open(tmp_path / "log")
    side = side_by_side(sectors, WITHHELD)
    with pytest.raises(RuntimeError), log.publication(side, tmp_path / "out") as folder:
        (folder / "page.txt").write_text("figures")
        raise RuntimeError
    assert log.earlier() == []
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_meant_is_refused(sectors):
    with pytest.raises(DisclosureError, match="nowhere would withhold"):
        side_by_side(sectors, ["nowhere"])
    with pytest.raises(DisclosureError, match="measure the same"):
        side_by_side([*sectors, sectors[0]])
