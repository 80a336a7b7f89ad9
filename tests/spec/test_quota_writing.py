from __future__ import annotations

from pathlib import Path

import pytest

from corrtest.errors import StudyError
from corrtest.spec import read_study, write_quotas


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_only_the_numbers_change(repository: Path, tmp_path: Path, ending: str) -> None:
    before = (repository / "designs" / "social_profit.toml").read_text(encoding="utf-8").replace("\n", ending)
    file = tmp_path / "study.toml"
    file.write_text(before, encoding="utf-8", newline="")
    wanted = {each.number: {"origin": 51, "age": 50, "disability": 37} for each in read_study(file).committees}
    write_quotas(file, wanted)
    after = file.read_bytes().decode("utf-8")
    changed = [(was, now) for was, now in zip(before.split(ending), after.split(ending), strict=True) if was != now]
    assert len(changed) == len(wanted) == 7
    assert {now for _, now in changed} == {"pairs = { origin = 51, age = 50, disability = 37 }"}
    assert {each.number: dict(each.pairs) for each in read_study(file).committees} == wanted
    assert not list(tmp_path.glob("*.part"))


def test_a_committee_that_is_not_there_leaves_the_file_as_it_was(repository: Path, tmp_path: Path) -> None:
    file = tmp_path / "study.toml"
    file.write_bytes(before := (repository / "designs" / "hairdressing.toml").read_bytes())
    with pytest.raises(StudyError, match="no joint committee 330"):
        write_quotas(file, {"314": {"origin": 5}, "330": {"origin": 5}})
    assert file.read_bytes() == before


def test_what_a_pair_costs_by_channel_is_its_mean(repository: Path, tmp_path: Path) -> None:
    text = (repository / "designs" / "hairdressing.toml").read_text(encoding="utf-8")
    channels = "[budget.channel.email]\ncost_per_pair = 50\nshare = 0.8\n[budget.channel.telephone]\n"
    file = tmp_path / "study.toml"
    file.write_text(text + f"\n{channels}cost_per_pair = 100\nshare = 0.2\n", encoding="utf-8")
    budget = read_study(file).budget
    assert budget.cost_per_pair == pytest.approx(60)
    assert [(each.channel, each.share) for each in budget.channels] == [("email", 0.8), ("telephone", 0.2)]
    file.write_text(text + f"\n{channels}cost_per_pair = 100\nshare = 0.3\n", encoding="utf-8")
    with pytest.raises(StudyError, match="sum to 1"):
        read_study(file)
    file.write_text(text + "\n[budget.channel.fax]\ncost_per_pair = 1\nshare = 1\n", encoding="utf-8")
    with pytest.raises(StudyError, match="fax"):
        read_study(file)
