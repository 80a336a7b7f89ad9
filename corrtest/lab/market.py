"""A simulated labour market: vacancies of employers that cannot exist, and reactions that follow published ratios."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from faker import Faker

from corrtest.analysis import design_named
from corrtest.design import Plan, assumed_rates, substream
from corrtest.errors import CorrtestError
from corrtest.language import say
from corrtest.spec import Study, postal_codes

# Enterprise numbers are given out from 0200.000.000 on. Those below it have correct check digits and no owner.
_LARGEST_SIMULATED_BASE = 1_999_999
_MODULUS = 97


@cache
def market_assumptions() -> dict[str, Any]:
    """Return the assumptions of the simulation, as `market.toml` states them."""
    return tomllib.loads(files("corrtest.lab").joinpath("market.toml").read_text(encoding="utf-8"))


def simulate_vacancies(study: Study) -> pd.DataFrame:
    """Return simulated vacancies for `study`: the published format, with `employer_name`, `employees`, `simulated`.

    Employer sizes have a heavy tail, so that the caps bind. Enterprise numbers lie in a range that was never given out
    (with correct check digits) and addresses under ".example", which no one can own (RFC 2606).
    """
    supply = market_assumptions()["supply"]
    rng = substream(study.seed, "lab", "vacancies")
    # A test of an unpaired study is one application: as many tests as a paired study has applications.
    tests = 2 if not design_named(study.pairing).matched and study.fieldwork.tests_are == "pairs" else 1
    wanted = {committee.number: tests * sum(committee.pairs.values()) for committee in study.committees}
    numbers = [number for number, pairs in wanted.items() if pairs]
    committee = np.repeat(numbers, [round(wanted[number] * supply["vacancies_per_pair"]) for number in numbers])
    n = len(committee)
    employer, employees = _employers(n, supply, rng)
    start = np.datetime64(study.period.start)
    low, high = supply["open_days_bounds"]
    length = np.exp(rng.normal(np.log(supply["open_days_median"]), supply["open_days_spread"], n))
    offset = rng.integers(-low, study.period.days - low, n)
    opens = start + offset
    closes = np.maximum(opens + np.clip(length, low, high).astype(int), start)
    channels = market_assumptions()["channels"]
    numbers_of = _enterprise_numbers(int(employer.max()) + 1, rng)
    names_of = _employer_names(int(employer.max()) + 1, rng)
    table = pd.DataFrame(
        {
            "vacancy_id": [f"VAC-{index:06d}" for index in range(1, n + 1)],
            "employer_id": numbers_of[employer],
            "joint_committee": committee,
            "occupation": _occupations(study, committee, rng),
            "postal_code": rng.choice(postal_codes().index.to_numpy(), n),
            "opens": opens,
            "closes": closes,
            "channel": rng.choice(list(channels), n, p=list(channels.values())),
            "address": [f"jobs@employer{index:06d}.example" for index in employer],
            "employer_name": names_of[employer],
            "employees": employees[employer],
            "simulated": True,
        }
    )
    return table.sort_values(["opens", "vacancy_id"], ignore_index=True)


def _employers(n: int, supply: dict[str, Any], rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    count = max(1, round(n / supply["vacancies_per_employer"]))
    size = np.minimum((1 - rng.random(count)) ** (-1 / supply["tail"]), 3000)
    vacancies = 1 + rng.multinomial(max(n - count, 0), size / size.sum())
    employer = rng.permutation(np.repeat(np.arange(count), vacancies))[:n]
    return employer, np.maximum(1, np.round(4 * size)).astype(int)


def _enterprise_numbers(count: int, rng: np.random.Generator) -> np.ndarray:
    base = rng.choice(_LARGEST_SIMULATED_BASE, count, replace=False) + 1
    return np.array([f"{number:08d}{_MODULUS - number % _MODULUS:02d}" for number in base])


def fictitious_employers(count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return enterprise numbers that were never given out, and names that no firm bears."""
    return _enterprise_numbers(count, rng), _employer_names(count, rng)


def _employer_names(count: int, rng: np.random.Generator) -> np.ndarray:
    """Name employers as Flemish firms are named; the number in each name is there so that no real firm bears it."""
    fake = Faker("nl_BE")
    fake.seed_instance(int(rng.integers(2**32)))
    return np.array([f"{fake.company()} {index:06d} (simulated)" for index in range(count)])


def _occupations(study: Study, committee: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    occupation = np.full(len(committee), "", dtype=object)
    for number in np.unique(committee):
        codes = [o.code for o in study.occupations if number in o.committees]
        if not codes:
            raise CorrtestError(
                say(
                    "Joint committee {number} has no [[occupation]] in the study, so no vacancy can be simulated "
                    "for it. Add one.",
                    number=number,
                )
            )
        rows = committee == number
        occupation[rows] = rng.choice(codes, int(rows.sum()))
    return occupation


def simulate_reactions(plan: Plan, rates: Mapping[str, tuple[float, float]] | None = None) -> pd.DataFrame:
    """Return simulated reactions to the applications of `plan`: pair_id, arm, reaction, at.

    Each pair has its own positive rate, drawn from a beta distribution around the published control rate, whose spread
    gives the within-pair association; the treated arm's rate is that times the published ratio. Applications without
    any reaction have no row, as in the field. Rows are ordered by time. In an unpaired study each vacancy has the
    reaction to its only application.

    `rates` are criterion → (control rate, ratio), in place of the published ones. Signals that are crossed multiply.

    Pairs of one employer are alike, with the correlation that the study preregisters: each answers as an earlier one of
    the employer, or anew (in an unpaired study for each arm by itself).
    """
    unpaired = not design_named(plan.study.pairing).matched
    mix = market_assumptions()["reactions"]
    rng = substream(plan.study.seed, "lab", "reactions")
    urn = substream(plan.study.seed, "lab", "employers")
    correlation = plan.study.analysis.employer_correlation
    assumed = assumed_rates(plan.study, rates)
    parts = []
    for criterion, pairs in plan.pairs.groupby("criterion", sort=True):
        who = pairs["employer"] + pairs["first_arm"] if unpaired else pairs["employer"]
        alike = _alike(who.to_numpy(), correlation, urn)
        control_rate, ratio, _ = assumed[str(criterion)]
        rate = _pair_rates(len(pairs), control_rate, ratio, mix["association"], rng)
        shared = pairs["level"].map(_of_shared_signals(plan.study, assumed)).fillna(1.0).to_numpy()
        for arm, factor in (("control", 1.0), ("treated", ratio)):
            reaction = _draw_reactions(np.clip(rate * shared * factor, 0, 1), mix["other_positive"] * factor, mix, rng)
            reaction = reaction[alike]
            first = (pairs["first_arm"] == arm).to_numpy()
            sent = np.where(first, pairs["send_first_on"], pairs["send_second_on"]).astype("datetime64[s]")
            days = 1 + rng.exponential(mix["days_to_reaction_mean"], len(pairs)).astype(int)
            seconds = np.minimum(days, 28) * 86_400 + rng.integers(8 * 3600, 17 * 3600, len(pairs))
            answers = pd.DataFrame(
                {
                    "pair_id": pairs["pair_id"].to_numpy(),
                    "arm": arm,
                    "reaction": reaction,
                    "at": sent + seconds.astype("timedelta64[s]"),
                }
            )
            parts.append(answers[first] if unpaired else answers)
    table = pd.concat(parts, ignore_index=True)
    return table[table["reaction"] != "none"].sort_values(["at", "pair_id", "arm"], ignore_index=True)


def _of_shared_signals(study: Study, assumed: Mapping[str, tuple[float, float, Any]]) -> dict[str, float]:
    """Return level → the ratio of the signal that both its arms carry: two signals multiply, without interaction."""
    found = {}
    for combination in study.combinations:
        for signal, other in (
            (combination.first, combination.second),
            (combination.second, combination.first),
        ):
            found[signal.beside] = assumed[other.criterion][1]
    return found


def _pair_rates(n: int, rate: float, ratio: float, association: float, rng: np.random.Generator) -> np.ndarray:
    """Draw each pair's positive rate; cov(arms) = ratio × var(rate), solved for the variance that gives phi."""
    spread = np.sqrt(rate * (1 - rate) * rate * ratio * (1 - rate * ratio))
    variance = min(association * spread / ratio, 0.95 * rate * (1 - rate))
    concentration = rate * (1 - rate) / variance - 1
    return rng.beta(rate * concentration, (1 - rate) * concentration, n)


def _alike(employer: np.ndarray, correlation: float, rng: np.random.Generator) -> np.ndarray:
    """Return for each pair the one whose answer it gets: itself, or an earlier one of its employer.

    Pólya's urn: with A = (1 − ρ)/ρ a pair that follows k others of its employer copies one of them with the chance
    k / (A + k). Outcomes of an employer's pairs are then Dirichlet-multinomial, two of them with correlation ρ.
    """
    source = np.arange(len(employer))
    if correlation <= 0:
        return source
    fresh = (1 - correlation) / correlation
    earlier: dict[str, list[int]] = {}
    for place in rng.permutation(len(employer)):
        others = earlier.setdefault(employer[place], [])
        if others and rng.random() < len(others) / (fresh + len(others)):
            source[place] = source[others[rng.integers(len(others))]]
        others.append(int(place))
    return source


def _draw_reactions(
    invitation: np.ndarray, other_positive: float, mix: dict[str, Any], rng: np.random.Generator
) -> np.ndarray:
    n = len(invitation)
    steps = (
        ("request", mix["request"]),
        ("automatic", mix["automatic"]),
        ("negative", mix["negative"]),
        ("other_positive", other_positive),
    )
    reaction = np.full(n, "none", dtype=object)
    for word, share in steps:
        reaction[rng.random(n) < share] = word
    reaction[rng.random(n) < invitation] = "invitation"
    return reaction
