import dataclasses
import stat

import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import ReleaseLog, default_policy, release
from corrtest.errors import CorrtestError
from tests.disclosure.sectors import sector_pairs

POLICY = default_policy()


def results(table, wave="baseline"):
    return analyse(pairs_table(table), study={"sector": "construction", "wave": wave})


def test_the_log_remembers_every_shown_cell_and_keeps_its_secret_to_itself(tmp_path):
    log = ReleaseLog.open(tmp_path / "log")
    released = release(results(sector_pairs(1)), POLICY, log)
    keys = {tuple(v for k, v in cell.keys.items() if k != "outcome") for cell in released if cell.shown}
    assert len(log.cells()) == len(keys)
    assert stat.S_IMODE((tmp_path / "log" / "secret.key").stat().st_mode) == 0o600
    assert ReleaseLog.open(tmp_path / "log").secret == log.secret


def test_the_same_release_again_adds_nothing(tmp_path):
    log = ReleaseLog.open(tmp_path / "log")
    made = results(sector_pairs(1))
    first = release(made, POLICY, log)
    size = (tmp_path / "log" / "releases.jsonl").stat().st_size
    assert release(made, POLICY, log) == first
    assert (tmp_path / "log" / "releases.jsonl").stat().st_size == size


def test_a_few_more_pairs_than_before_stay_hidden(tmp_path):
    table = sector_pairs(1)
    log = ReleaseLog.open(tmp_path / "log")
    release(results(table.iloc[5:]), POLICY, log)
    later = release(results(table), POLICY, log)
    rules = {cell.suppression.rule for cell in later.hidden}
    assert "earlier_release" in rules
    assert all(cell.criterion == "origin" for cell in later.hidden if cell.suppression.rule == "earlier_release")
    # a log that has not seen the earlier one would not have noticed
    alone = release(results(table), POLICY, ReleaseLog.open(tmp_path / "another"))
    assert not [c for c in alone.hidden if c.suppression.rule == "earlier_release"]


def test_a_follow_up_is_another_measurement(tmp_path):
    log = ReleaseLog.open(tmp_path / "log")
    release(results(sector_pairs(1)), POLICY, log)
    later = release(results(sector_pairs(2).iloc[3:], "follow_up"), POLICY, log)
    assert not [c for c in later.hidden if c.suppression.rule in {"earlier_release", "released_often"}]


def test_a_cell_leaves_with_different_figures_only_so_often(tmp_path):
    log = ReleaseLog.open(tmp_path / "log")
    for seed in range(POLICY.releases_per_cell):
        assert not [
            c
            for c in release(results(sector_pairs(seed)), POLICY, log).hidden
            if c.suppression.rule == "released_often"
        ]
    last = release(results(sector_pairs(99)), POLICY, log)
    rules = {cell.suppression.rule for cell in last.hidden}
    assert "released_often" in rules
    reason = next(c.suppression.reason for c in last.hidden if c.suppression.rule == "released_often")
    assert "2 times" in reason


def test_a_committee_hidden_now_is_not_given_away_by_a_report_shown_before(tmp_path):
    """Levels of 24, 24 and 12 pairs: the 12 hide one of the 24. A level shown earlier cannot be the one."""
    table = sector_pairs(3, committees={"124": 60}, criteria=("origin",))
    table = table.assign(level=["a"] * 24 + ["b"] * 24 + ["c"] * 12)
    log = ReleaseLog.open(tmp_path / "log")
    only_a = results(table)
    shown_a = dataclasses.replace(only_a, groups=tuple(g for g in only_a.groups if g.level == "a"))
    release(shown_a, POLICY, log)
    later = release(results(table), POLICY, log)
    hidden = {cell.level for cell in later.hidden if cell.suppression.rule == "complementary"}
    assert hidden <= {"b", None}
    assert hidden


@pytest.mark.parametrize("damage", ["secret", "list", "lost secret"])
def test_a_damaged_log_gets_a_message(tmp_path, damage):
    folder = tmp_path / "log"
    log = ReleaseLog.open(folder)
    release(results(sector_pairs(1)), POLICY, log)
    if damage == "secret":
        (folder / "secret.key").write_text("not hexadecimal", encoding="ascii")
    elif damage == "lost secret":
        (folder / "secret.key").unlink()
    else:
        (folder / "releases.jsonl").write_text("{broken\n", encoding="utf-8")
    with pytest.raises(CorrtestError, match=r"[Bb]ackup"):
        ReleaseLog.open(folder).cells()
