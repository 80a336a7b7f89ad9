"""Files and release log leave together: every crash in between is played out here."""

import json
import shutil
import stat

import pytest

from corrtest.disclosure import (
    ReleaseLog,
    default_policy,
    publication,
    publishing,
    release,
    releaselog,
)
from corrtest.errors import DisclosureError
from tests.disclosure.sectors import sector_results

POLICY = default_policy()


class Crash(BaseException):
    """The process ends here: nothing after this point runs, not even tidying up."""


@pytest.fixture
def log(tmp_path):
    return ReleaseLog.open(tmp_path / "log")


def publish(log, out, names=("report.html", "report.pdf"), seed=1):
    with publication(log, out) as leaving:
        release(sector_results(seed), POLICY, leaving)
        for name in names:
            (leaving.folder / name).write_text(name, encoding="utf-8")


def visible(out):
    return sorted(path.name for path in out.iterdir() if not path.name.startswith("."))


def test_files_and_log_are_there_together_and_nothing_else_is_left(log, tmp_path):
    publish(log, tmp_path / "out")
    assert visible(tmp_path / "out") == ["report.html", "report.pdf"]
    assert [path.name for path in (tmp_path / "out").glob(".*")] == []
    states = [entry.get("state") for entry in log.entries()]
    assert states == ["pending", "released"]
    assert log.cells()


def test_the_same_release_again_is_written_but_not_logged_twice(log, tmp_path):
    publish(log, tmp_path / "out")
    before = (log.folder / "releases.jsonl").read_bytes()
    publish(log, tmp_path / "again")
    assert (log.folder / "releases.jsonl").read_bytes() == before
    assert visible(tmp_path / "again") == ["report.html", "report.pdf"]


def test_an_error_while_writing_leaves_neither_file_nor_entry(log, tmp_path):
    with pytest.raises(ValueError, match="disk"), publication(log, tmp_path / "out") as leaving:
        release(sector_results(1), POLICY, leaving)
        (leaving.folder / "report.html").write_text("half", encoding="utf-8")
        raise ValueError("disk full")
    assert not (tmp_path / "out").exists()
    assert log.cells() == ()


def crash_before(monkeypatch, name):
    """Let the process end just before `name` of the publishing module runs, and before any tidying up."""

    def stop(*_args, **_kwargs):
        raise Crash

    monkeypatch.setattr(publishing, name, stop)
    monkeypatch.setattr(publishing, "_clear", lambda *_: None)


def test_a_crash_before_the_log_knows_leaves_nothing_out(log, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        crash_before(patched, "_flush")
        with pytest.raises(Crash):
            publish(log, tmp_path / "out")
    assert not (tmp_path / "out").exists() or visible(tmp_path / "out") == []
    assert ReleaseLog.open(log.folder).cells() == ()
    publish(log, tmp_path / "out", seed=2)
    assert [path.name for path in (tmp_path / "out").glob(".*")] == []


def test_a_crash_between_log_and_files_takes_the_entry_back(log, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        crash_before(patched, "put_in_place")
        with pytest.raises(Crash):
            publish(log, tmp_path / "out")
    assert not (tmp_path / "out" / "report.html").exists()
    again = ReleaseLog.open(log.folder)
    assert [entry.get("state") for entry in again.entries()] == ["pending", "withdrawn"]
    assert again.cells() == ()
    assert list((tmp_path / "out").glob("*")) == []


def test_a_crash_between_two_files_puts_the_other_one_in_place(log, tmp_path, monkeypatch):
    def half(folder, names, out):
        (folder / names[0]).replace(out / names[0])
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "put_in_place", half)
        patched.setattr(publishing, "_clear", lambda *_: None)
        with pytest.raises(Crash):
            publish(log, tmp_path / "out")
    assert visible(tmp_path / "out") == ["report.html"]
    again = ReleaseLog.open(log.folder)
    assert visible(tmp_path / "out") == ["report.html", "report.pdf"]
    assert [entry.get("state") for entry in again.entries()] == ["pending", "released"]
    assert again.cells()


def test_a_crash_after_the_last_file_counts_as_released(log, tmp_path, monkeypatch):
    publish(log, tmp_path / "out")
    path = log.folder / "releases.jsonl"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    again = ReleaseLog.open(log.folder)
    assert [entry.get("state") for entry in again.entries()] == ["pending", "released"]
    assert again.cells()


def test_a_line_that_a_crash_cut_off_is_no_damage(log, tmp_path):
    publish(log, tmp_path / "out")
    path = log.folder / "releases.jsonl"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + '{"cells": [{"keys"', encoding="utf-8")
    assert len(ReleaseLog.open(log.folder).entries()) == 2
    publish(ReleaseLog.open(log.folder), tmp_path / "next", seed=2)
    assert all(json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())


def test_results_that_leave_together_know_of_each_other(log, tmp_path):
    """Two versions of a sector in one comparison differ by a few pairs: the second is held against the first."""
    from corrtest.analysis import analyse, pairs_table
    from tests.disclosure.sectors import sector_pairs

    table = sector_pairs(1)
    study = {"sector": "construction", "wave": "baseline"}
    with publication(log, tmp_path / "out") as leaving:
        release(analyse(pairs_table(table.iloc[5:]), study=study), POLICY, leaving)
        second = release(analyse(pairs_table(table), study=study), POLICY, leaving)
    assert "earlier_release" in {cell.suppression.rule for cell in second.hidden}


def test_only_one_process_publishes_at_a_time(log, tmp_path, monkeypatch):
    monkeypatch.setattr(releaselog, "_PATIENCE_SECONDS", 0.2)
    with publication(log, tmp_path / "a"), pytest.raises(DisclosureError, match="Another release"):
        publish(log, tmp_path / "b")


def test_a_folder_that_cannot_be_written_gets_a_message_and_no_entry(log, tmp_path):
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    with pytest.raises(DisclosureError, match="Choose another folder"):
        publish(log, tmp_path / "out")
    assert log.cells() == ()
    shutil.rmtree(log.folder)


def test_the_log_is_closed_to_others(tmp_path):
    folder = ReleaseLog.open(tmp_path / "secret" / "release_log").folder
    assert stat.S_IMODE(folder.parent.stat().st_mode) == stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_link_that_somebody_put_in_the_folder_is_replaced_and_not_followed(log, tmp_path):
    victim, out = tmp_path / "victim.txt", tmp_path / "out"
    victim.write_text("mine", encoding="utf-8")
    out.mkdir()
    (out / "report.html").symlink_to(victim)
    publish(log, out)
    assert victim.read_text(encoding="utf-8") == "mine"
    assert not (out / "report.html").is_symlink()
    assert (out / "report.html").read_text(encoding="utf-8") == "report.html"
