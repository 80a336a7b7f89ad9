import dataclasses

import pytest

from corrtest.disclosure import (
    Override,
    ReleaseLog,
    default_policy,
    policy_for,
    read_policy,
    release,
    releases_from_json,
    releases_to_json,
)
from corrtest.errors import DisclosureError
from corrtest.report import build_document
from corrtest.spec import DisclosureOptions
from tests.disclosure.sectors import sector_results


def test_the_default_policy_is_read_from_its_commented_file():
    policy = default_policy()
    assert policy.min_pairs >= 10
    assert policy.min_employers >= 3
    assert policy.source == "default.toml"
    assert policy.protection == "coalition"
    assert policy.exact


def test_a_policy_file_changes_only_what_it_names(tmp_path):
    path = tmp_path / "sector.toml"
    path.write_text("[cell]\nmin_pairs = 50\n", encoding="utf-8")
    policy = read_policy(path)
    assert policy.min_pairs == 50
    assert policy == dataclasses.replace(default_policy(), min_pairs=50, source="sector.toml")


def test_every_fault_of_a_policy_file_is_named_at_once(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text("[cell]\nmin_pair = 50\nmin_employers = 0\n[dominanse]\nx = 1\n", encoding="utf-8")
    with pytest.raises(DisclosureError) as caught:
        read_policy(path)
    assert len(caught.value.faults) == 3
    assert "Did you mean 'min_pairs'?" in str(caught.value)
    assert "Did you mean 'dominance'?" in str(caught.value)


@pytest.mark.parametrize("text", ["[cell", "min_pairs = 3"])
def test_a_broken_policy_file_gets_a_message(tmp_path, text):
    path = tmp_path / "broken.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DisclosureError):
        read_policy(path)


def test_a_missing_policy_file_gets_a_message(tmp_path):
    with pytest.raises(DisclosureError, match="cannot be read"):
        read_policy(tmp_path / "absent.toml")


def test_a_study_may_be_stricter_than_the_policy_but_never_laxer(construction):
    study = dict(construction.study or {})
    stricter = dataclasses.replace(
        construction, study={**study, "disclosure": {"min_pairs": 45, "min_employers": None}}
    )
    assert policy_for(stricter).min_pairs == 45
    laxer = dataclasses.replace(construction, study={**study, "disclosure": {"min_pairs": 2, "min_employers": 1}})
    with pytest.raises(DisclosureError, match="less protection") as caught:
        policy_for(laxer)
    assert len(caught.value.faults) == 2


def test_published_data_leave_with_their_own_counts(construction):
    groups = tuple(dataclasses.replace(group, employers=None) for group in construction.groups)
    published = dataclasses.replace(construction, study=None, groups=groups)
    assert policy_for(published).certainty == 1.0
    assert policy_for(published, default_policy()).certainty == default_policy().certainty
    own = dataclasses.replace(published, study={"disclosure": {"min_pairs": 30}})
    assert policy_for(own).certainty == default_policy().certainty
    assert policy_for(own).min_pairs == 30


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('protection = "all_but_one"\n[coalition]\nemployers = 7', None),
        ('protection = "none"', "one of coalition, all_but_one"),
        ("[coalition]\nshare = 1.5", "a number from 0 to 0.9"),
        ("[protection]\ncertainty = 0.9", "one of coalition, all_but_one"),
        ('protecton = "coalition"', "Did you mean 'protection'?"),
    ],
)
def test_whom_the_figures_are_protected_from_is_a_choice_of_the_policy(tmp_path, text, expected):
    path = tmp_path / "own.toml"
    path.write_text(text + "\n", encoding="utf-8")
    if expected is None:
        policy = read_policy(path)
        assert (policy.protection, policy.coalition_employers, policy.exact) == ("all_but_one", 7, False)
        return
    with pytest.raises(DisclosureError) as caught:
        read_policy(path)
    assert expected in str(caught.value)


def test_a_study_may_ask_for_the_stricter_protection_never_for_the_laxer_one():
    asked = DisclosureOptions(protection="all_but_one")
    assert default_policy().for_study(asked).protection == "all_but_one"
    stricter = dataclasses.replace(default_policy(), protection="all_but_one")
    with pytest.raises(DisclosureError, match="less protection"):
        stricter.for_study(DisclosureOptions(protection="coalition"))


LAXER = {
    "protection": "coalition",
    "coalition_employers": 1,
    "coalition_share": 0.0,
    "outside_employers": 1,
    "most_alike": 1.0,
    "min_pairs": 1,
    "min_employers": 1,
    "largest_share": 1.0,
    "together": 2,
    "together_share": 1.0,
    "remainder_share": 0.0,
    "hide_all_or_nothing": False,
    "rounding_base": 1,
    "certainty": 1.0,
    "releases_per_cell": 100,
}


def test_every_figure_of_the_policy_has_a_direction():
    strict = dataclasses.replace(default_policy(), protection="all_but_one", together=5, rounding_base=5)
    fields = {field.name for field in dataclasses.fields(strict)} - {"source"}
    assert fields - set(LAXER) == {"merge_small", "total_sd", "robustness_share"}
    for name, value in LAXER.items():
        changed = dataclasses.replace(strict, **{name: value})
        assert changed.laxer_than(strict) == (name,)
        assert strict.laxer_than(changed) == ()


def test_a_laxer_policy_leaves_only_when_somebody_allows_it_and_then_the_log_and_the_releases_say_so(tmp_path):
    policy = dataclasses.replace(default_policy(), min_pairs=5)
    real = dataclasses.replace(sector_results(1), simulated=False)
    log = ReleaseLog.open(tmp_path / "log")
    with pytest.raises(DisclosureError, match=r"protects less than the default one \(min_pairs\)"):
        release(real, policy, log)
    assert log.entries() == []
    with pytest.raises(DisclosureError, match="Give both"):
        Override(by="An Peeters", reason=" ")
    released = release(real, policy, log, override=Override(by="An Peeters", reason="agreed by the sector"))
    content = {"by": "An Peeters", "reason": "agreed by the sector", "laxer": ["min_pairs"]}
    assert [entry["override"] for entry in log.entries()] == [content]
    assert releases_from_json(releases_to_json(released)).override.as_dict() == content
    for language in ("nl", "en"):
        first = build_document(released, language).chapters[0]
        assert any("An Peeters" in getattr(block, "text", "") for block in first.blocks[:2])


def test_an_override_of_nothing_is_no_override(tmp_path):
    real = dataclasses.replace(sector_results(1), simulated=False)
    override = Override(by="An Peeters", reason="none needed")
    assert release(real, default_policy(), ReleaseLog.open(tmp_path / "log"), override=override).override is None
    assert release(sector_results(1), dataclasses.replace(default_policy(), min_pairs=5)).override is None
