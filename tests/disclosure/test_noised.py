"""From true counts to published ones under `protection = "all_but_one"`."""

import dataclasses

import numpy as np
import pytest

from corrtest.analysis import analyse, pairs_table
from corrtest.disclosure import default_policy, noise_covariances, noised, release
from tests.disclosure.attacks.attacker import OUTCOMES, counted
from tests.disclosure.attacks.measured import Recorder
from tests.disclosure.sectors import SOCIAL_PROFIT, sector_pairs, sector_results

POLICY = dataclasses.replace(default_policy(), protection="all_but_one")
WORDS = {name: sorted(words) for name, words in OUTCOMES.items()}


def test_what_is_published_follows_from_the_measurements_alone(monkeypatch):
    """Another table whose noise makes the same measurements gives the same release: the rest reads no true count."""
    table = sector_pairs(1, committees={"318": 90, "330": 120}, criteria=("origin",))
    results = counted(table)
    with Recorder().listening() as measured:
        first = release(results, POLICY)
    assert measured
    target = table.index[table["control_reaction"].isin(["none", "negative"])][0]
    answered = 3 * 0 + {"invitation": 2, "other_positive": 1}.get(table.loc[target, "treated_reaction"], 0)
    other = table.copy()
    other.loc[target, "control_reaction"] = "invitation"
    holding = [
        each
        for each in measured
        if all(table.loc[target, name] == value for name, value in each.cell.items() if value is not None)
    ]
    assert len(holding) > 1
    recorded = {tuple(sorted(each.cell.items(), key=str)): each for each in measured}

    def replayed(law, layers, node, cell, true, kinds, secret):
        each = recorded.get(tuple(sorted(cell.items(), key=str)))
        noise = [0] * kinds.number if each is None else list(each.noise)
        if each in holding:
            noise[answered] += 1
            noise[6 + answered] -= 1
        return noise

    monkeypatch.setattr(noised, "_drawn", replayed)
    second = release(counted(other), POLICY)
    assert [cell.counts for cell in second] == [cell.counts for cell in first]
    assert [cell.suppression for cell in second] == [cell.suppression for cell in first]
    assert [cell.estimates for cell in second] == [cell.estimates for cell in first]


@pytest.mark.parametrize("committees", [{"124": 200}, SOCIAL_PROFIT])
def test_all_shown_tables_add_up_and_strict_is_never_more_than_broad(committees):
    results = sector_results(3, committees=committees)
    released = release(results, POLICY)
    shown = {tuple(cell.keys.items()): cell for cell in released if cell.shown}
    assert shown
    for cell in shown.values():
        assert sum(cell.counts.as_dict().values()) == cell.pairs
        twin = shown[tuple({**cell.keys, "outcome": "broad"}.items())]
        assert all(one.positives <= other.positives for one, other in zip(cell.arms, twin.arms, strict=True))
        if cell.outcome == "strict":
            assert cell.counts.both <= twin.counts.both
            assert cell.counts.neither >= twin.counts.neither
    compared = 0
    for cell in shown.values():
        for name in ("joint_committee", "level"):
            keys = {key: value for key, value in cell.keys.items() if key != name}
            parts = [each for each in released if {k: v for k, v in each.keys.items() if k != name} == keys]
            parts = [each for each in parts if each.keys[name] is not None]
            if cell.keys[name] is None and parts and all(part.shown for part in parts):
                for count in cell.counts.as_dict():
                    assert sum(part.counts.as_dict()[count] for part in parts) == cell.counts.as_dict()[count]
                compared += 1
    assert compared


def test_the_noise_is_as_large_as_is_said():
    """Twenty secrets: the deviation of each published count from the true one, beside what stands with it."""
    table = sector_pairs(5, committees={"318": 120, "330": 150}, criteria=("age",))
    results = counted(table)
    true = [group.counts.as_dict() for group in results.groups]
    away = []
    for number in range(20):
        # The policy's total_sd is a figure that nobody sees here: another one gives other draws.
        released = release(
            results, dataclasses.replace(POLICY, total_sd=2.5 + number * 1e-7, certainty=0.95 - number * 1e-6)
        )
        away.append(
            [
                [(cell.counts.as_dict()[name] - count) / cell.deviations[name] for name, count in counts.items()]
                for cell, counts in zip(released, true, strict=True)
                if cell.joint_committee is None and cell.level is None
            ]
        )
    spread = np.sqrt(np.mean(np.square(away)))
    assert 0.75 < spread < 1.25


def test_margins_hold_nineteen_of_twenty():
    released = release(sector_results(1), POLICY)
    cell = next(each for each in released if each.shown)
    for name, margin in cell.margins.items():
        assert margin - 1 < 1.96 * cell.deviations[name] <= margin
    exact = next(each for each in release(sector_results(1), default_policy()) if each.shown)
    assert exact.deviations is None
    assert exact.margins is None


def test_the_plan_knows_what_the_noise_will_be():
    committees = {"318": 90, "319": 60, "330": 120}
    results = sector_results(2, committees=committees)
    released = release(results, POLICY)
    sizes = {
        (g.joint_committee, g.criterion, g.level): g.pairs for g in results.groups if g.joint_committee and g.level
    }
    planned = noise_covariances(POLICY, sizes, WORDS)
    compared = 0
    for cell in released:
        if cell.shown:
            covariance = planned[cell.joint_committee, cell.criterion, cell.level, cell.outcome]
            expected = dict(zip(cell.counts.as_dict(), np.sqrt(np.diag(covariance)), strict=True))
            assert cell.deviations == pytest.approx(expected, rel=1e-5)
            assert np.array(cell.noise) == pytest.approx(covariance, rel=1e-5, abs=1e-5)
            compared += 1
    assert compared > 10
    assert noise_covariances(default_policy(), sizes, WORDS) == {}


def test_the_noise_is_the_same_on_every_machine():
    """The last digits of an estimate are the processor's own, versions those of the installation."""
    results = sector_results(5)

    def elsewhere(group):
        nudged = [dataclasses.replace(each, value=np.nextafter(each.value, 1.0)) for each in group.estimates]
        return dataclasses.replace(group, estimates=tuple(nudged))

    other = dataclasses.replace(
        results,
        groups=tuple(elsewhere(group) for group in results.groups),
        inputs={**results.inputs, "versions": {"numpy": "another"}},
    )
    assert other.to_json() != results.to_json()
    here, there = (release(each, POLICY) for each in (results, other))
    assert [cell.counts for cell in here] == [cell.counts for cell in there]


def test_each_further_grouping_of_the_same_pairs_costs_the_others_precision():
    table = sector_pairs(5).assign(province=lambda frame: np.where(frame.index % 2, "Antwerpen", "Limburg"))
    plain = release(analyse(pairs_table(table), simulated=True), POLICY)
    by = release(analyse(pairs_table(table), by=("province",), simulated=True), POLICY)
    assert any(cell.extra.get("province") for cell in by)

    def deviation(released):
        cell = next(c for c in released if c.criterion == "origin" and c.level == "maghrebi_name" and c.joint_committee)
        return cell.deviations["control_only"]

    assert deviation(plain) < deviation(by)


@pytest.mark.slow
def test_intervals_cover_the_true_ratio_despite_the_noise():
    """95 % intervals from published counts hold the ratio of the population at least 93 % of the time."""
    rng = np.random.default_rng(1)
    strict = [0.06, 0.12, 0.05]
    truth = (0.06 + 0.05) / (0.06 + 0.12)
    covered = []
    for number in range(250):
        both, control, treated, none = rng.multinomial(200, [*strict, 1 - sum(strict)])
        reactions = [("invitation", "invitation")] * both + [("invitation", "none")] * control
        reactions += [("none", "invitation")] * treated + [("none", "none")] * none
        table = sector_pairs(number, committees={"124": 200}, criteria=("age",), cap=1)
        table[["control_reaction", "treated_reaction"]] = reactions
        cell = release(counted(table), POLICY).releases[0]
        ratio = next(each for each in cell.estimates if each.name == "discrimination_ratio")
        covered.append(ratio.lower <= truth <= (ratio.upper or np.inf))
    assert 0.925 <= np.mean(covered) <= 0.99
