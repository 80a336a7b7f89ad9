"""From placed pairs to plans: draw what is randomised, say what is short and why, and describe the plan."""

from __future__ import annotations

import importlib.metadata
import secrets
from dataclasses import asdict, replace
from typing import Any

import pandas as pd

from corrtest.design.binding import binding_constraint
from corrtest.design.dealing import deal_committee, deal_partners, usable_templates, weights
from corrtest.design.employer_load import caps_record
from corrtest.design.placement import Placed
from corrtest.design.placing import PlanInputs, place
from corrtest.design.plan import PLAN_SCHEMA, Plan, Shortfall, pairs_quota, plan_columns, pseudonyms, typed
from corrtest.design.plan_files import parquet_digest, table_digest, text_digest
from corrtest.design.shortfall import committee_supply, shortfall_cause, shortfall_figures
from corrtest.spec import KEY_BYTES, Study, keyed, simulated_rows

__all__ = ["plans_of"]


def plans_of(inputs: PlanInputs) -> tuple[Plan, ...]:
    """Place, draw and freeze: one plan a study."""
    placed, bound = place(inputs)
    new = [_drawn(inputs, one) for one in placed]
    planned = pd.concat([pairs.assign(study=one.frame.study.name) for one, pairs in zip(placed, new, strict=True)])
    plans = []
    for one, pairs in zip(placed, new, strict=True):
        study = one.frame.study
        key = inputs.key or secrets.token_bytes(KEY_BYTES)
        every = _after_earlier(inputs, pairs.assign(employer=pseudonyms(pairs["employer_id"], study, key)))
        shortfalls = _shortfalls(inputs, one, every, planned)
        plan = Plan(study=study, pairs=every, shortfalls=shortfalls, manifest={}, key=key)
        plans.append(replace(plan, manifest=_manifest(inputs, plan, bound)))
    return tuple(plans)


def _drawn(inputs: PlanInputs, placed: Placed) -> pd.DataFrame:
    """Draw all that is randomised for the placed pairs of one study."""
    study, calendar = placed.frame.study, placed.frame.calendar
    earlier = inputs.earlier
    version = 1 if earlier is None else earlier.version + 1
    pairs = inputs.vacancies.iloc[placed.vacancy].reset_index(drop=True)
    pairs["send_first_on"] = calendar.dates(placed.day).to_numpy()
    pairs["partner"] = list(placed.partner)
    templates = usable_templates(study)
    left = _left(inputs, study)
    pieces = [
        deal_committee(
            study,
            committee,
            table,
            {criterion: n for (number, criterion), n in left.items() if number == committee and n},
            templates,
            calendar,
            version,
            None if earlier is None else earlier.pairs[earlier.pairs["joint_committee"] == committee],
        )
        for committee in sorted(pairs["joint_committee"].unique())
        for table in [pairs[pairs["joint_committee"] == committee]]
    ]
    if pieces:
        pairs = pd.concat(pieces)
    pairs = pairs.sort_values(["send_first_on", "vacancy_id"]).reset_index(drop=True)
    first = 1 if earlier is None else 1 + earlier.last_number
    pairs["pair_id"] = [f"P{number + first:05d}" for number in range(len(pairs))]
    pairs["sector"], pairs["wave"] = study.sector, study.wave
    if study.partners and len(pairs):
        pairs["partner"] = deal_partners(pairs, study, version, None if earlier is None else earlier.pairs)
    pairs["employer"] = ""
    return typed(pairs.reindex(columns=plan_columns(pairs)).assign(weight=weights(pairs, placed)))


def _left(inputs: PlanInputs, study: Study) -> dict[tuple[str, str], int]:
    """Return what each stratum still wants of this version."""
    left = dict(pairs_quota(study))
    if inputs.earlier is not None:
        kept = inputs.earlier.pairs
        for stratum in zip(kept["joint_committee"], kept["criterion"], strict=True):
            left[stratum] = max(left.get(stratum, 0) - 1, 0)
    return left


def _after_earlier(inputs: PlanInputs, pairs: pd.DataFrame) -> pd.DataFrame:
    """Put the new pairs after those of the earlier version."""
    kept = None if inputs.earlier is None else inputs.earlier.pairs
    if kept is None or kept.empty:
        return pairs
    return pd.concat([kept, pairs], ignore_index=True) if len(pairs) else kept


def _shortfalls(
    inputs: PlanInputs, placed: Placed, pairs: pd.DataFrame, planned: pd.DataFrame
) -> tuple[Shortfall, ...]:
    """Name the strata that are short; what binds is found once a committee."""
    study = placed.frame.study
    count = pairs.groupby(["joint_committee", "criterion"]).size()
    per_committee = pairs.groupby("joint_committee").size()
    supply = committee_supply(study, inputs.vacancies, placed.frame.calendar, inputs.caps)
    found: dict[str, tuple[str, dict[str, int]]] = {}
    shortfalls = []
    for (committee, criterion), wanted in pairs_quota(study).items():
        got = int(count.get((committee, criterion), 0))
        if got >= wanted:
            continue
        if committee not in found:
            carries = supply.loc[committee].to_dict()
            figures = shortfall_figures(carries, inputs.caps, int(per_committee.get(committee, 0)))
            mine = (planned["study"] == study.name) & (planned["joint_committee"] == committee)
            left = sum(n for (number, _), n in _left(inputs, study).items() if number == committee)
            binding, more = binding_constraint(inputs, study, committee, planned[~mine], carries, left)
            found[committee] = (binding, figures | {"more_employers": more})
        binding, figures = found[committee]
        shortfalls.append(
            Shortfall(
                joint_committee=committee,
                criterion=criterion,
                wanted=wanted,
                planned=got,
                cause=shortfall_cause(binding, figures, pairing=study.pairing, stratify_by=study.fieldwork.stratify_by),
                binding=binding,
                figures=figures,
            )
        )
    return tuple(shortfalls)


def _manifest(inputs: PlanInputs, plan: Plan, bound: float) -> dict[str, Any]:
    """Describe the plan: what it was made from and with. No clock: the same inputs and key give the same bytes."""
    already_sent, study, pairs = inputs.already_sent, plan.study, plan.pairs
    return {
        "schema": PLAN_SCHEMA,
        "study": study.name,
        "version": 1 if inputs.earlier is None else inputs.earlier.version + 1,
        "seed": study.seed,
        "pairing": study.pairing,
        "tests_are": study.fieldwork.tests_are,
        "pairs": len(pairs),
        "pairs_wanted": sum(pairs_quota(study).values()),
        "simulated": _simulated(inputs, plan),
        "upper_bound": bound,
        "gap": 0.0 if not bound else round(1 - len(pairs) / bound, 6),
        "versions": {
            name: importlib.metadata.version(name)
            for name in ("corrtest", "highspy", "numpy", "pandas", "pyarrow", "scipy")
        },
        "inputs": {
            "study": text_digest(study.source),
            "vacancies": keyed(plan.key, "vacancies", table_digest(inputs.vacancies)),
            "already_sent": None if already_sent is None else keyed(plan.key, "sent", table_digest(already_sent)),
        },
        "sha256": parquet_digest(plan.drawn()),
        "identities": keyed(plan.key, "identities", parquet_digest(plan.identities())),
        "shortfalls": [asdict(item) for item in plan.shortfalls],
        "settings": _settings(inputs, study),
    }


def _simulated(inputs: PlanInputs, plan: Plan) -> bool:
    """Say whether the study, one of these vacancies or an earlier version is simulated."""
    used = inputs.vacancies["vacancy_id"].isin(plan.pairs["vacancy_id"])
    of_vacancies = bool((simulated_rows(inputs.vacancies) & used).any())
    return plan.study.simulated or of_vacancies or (inputs.earlier is not None and inputs.earlier.simulated)


def _settings(inputs: PlanInputs, study: Study) -> dict[str, Any]:
    """Put on record what else the plan depends on, so that it can be made again."""
    per_day = inputs.pairs_per_day
    return {
        "pairs_per_day": per_day.get(study.name),
        "planned_together": [
            {"study": each.name, "sha256": text_digest(each.source), "pairs_per_day": per_day.get(each.name)}
            for each in inputs.studies
            if len(inputs.studies) > 1
        ],
        "seed_between_vacancies": inputs.seed,
        "caps": [caps_record(caps) for caps in inputs.caps],
    }
