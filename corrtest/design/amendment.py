"""Later versions of a plan, and the proof that a plan is what its inputs give.

An amendment adds pairs, from the vacancies of a later week, to what is still wanted. Pairs that are planned stay as
they are, sent or not: their documents may be rendered and their days announced. Pairs whose vacancy was withdrawn
before it was tested can be taken out by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from corrtest.design.employer_load import recorded_caps
from corrtest.design.placing import Earlier
from corrtest.design.plan import Plan
from corrtest.design.plan_files import table_digest, text_digest
from corrtest.design.planning import extend, make_plan, plan_together
from corrtest.errors import CheckFailed, DesignError, Fault
from corrtest.language import say
from corrtest.spec import SIMULATED, Study, keyed

__all__ = ["amend_plan", "freeze", "verify_plan"]


def freeze(plan: Plan, *, by: str, on: date) -> Plan:
    """Put on record who froze the plan and when; nothing else of it changes."""
    return replace(plan, manifest={**plan.manifest, "frozen": {"by": by, "on": on.isoformat()}})


def amend_plan(
    plan: Plan,
    vacancies: pd.DataFrame,
    *,
    since: date,
    reason: str,
    withdrawn: Iterable[str] = (),
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: int | None = None,
) -> Plan:
    """Make the next version of a plan: new pairs from `vacancies`, the first of them on `since` or later.

    Parameters
    ----------
    plan : Plan
        The version to build on.
    vacancies : DataFrame
        All vacancies known now; those of planned pairs need not be in it.
    since : date
        First day on which a new pair may start. Pairs of the plan that start earlier count as sent.
    reason : str
        Why the plan is amended; kept in the manifest.
    withdrawn : iterable of str
        Vacancies that no longer exist. Their pairs leave the plan, unless they start before `since`.
    already_sent
        As for `make_plan`; other studies only, for this plan's own pairs are counted anyway.
    pairs_per_day : int, optional
        Default: what the plan has on record.

    Raises
    ------
    DesignError
        Without a reason, or where a withdrawn vacancy has no pair that can still be taken out.
    """
    withdrawn = sorted(set(withdrawn))
    _refuse(_amendment_faults(plan, since, reason, withdrawn))
    kept = plan.pairs[~plan.pairs["vacancy_id"].isin(withdrawn)].reset_index(drop=True)
    left = vacancies[~vacancies["vacancy_id"].isin(withdrawn)]
    left.attrs.update(vacancies.attrs)
    history = list(plan.manifest.get("amendments", []))
    earlier = Earlier(
        pairs=kept,
        version=int(plan.manifest["version"]),
        since=since,
        last_number=max([_last_number(plan.pairs), *(record["last_number"] for record in history[-1:])]),
        simulated=bool(plan.manifest.get(SIMULATED)),
    )
    settings = plan.manifest["settings"]
    later = extend(
        plan.study,
        left,
        earlier,
        # The caps of the studies that it was planned with go on to hold.
        caps=[recorded_caps(record) for record in settings["caps"]],
        already_sent=already_sent,
        pairs_per_day=settings["pairs_per_day"] if pairs_per_day is None else pairs_per_day,
        key=plan.key,
    )
    record = {
        "reason": reason,
        "since": since.isoformat(),
        # By number: the name of a vacancy leads to its employer.
        "withdrawn": sorted(plan.pairs.loc[plan.pairs["vacancy_id"].isin(withdrawn), "pair_id"]),
        "previous": plan.manifest["sha256"],
        "vacancies": keyed(plan.key, "vacancies", table_digest(vacancies.reset_index(drop=True))),
        "pairs_added": len(later.pairs) - len(kept),
        "pairs_taken_out": len(plan.pairs) - len(kept),
        "last_number": max(earlier.last_number, _last_number(later.pairs)),
    }
    kept_on = {name: plan.manifest[name] for name in ("documents",) if name in plan.manifest}
    return replace(later, manifest={**later.manifest, **kept_on, "amendments": [*history, record]})


def _amendment_faults(plan: Plan, since: date, reason: str, withdrawn: Sequence[str]) -> list[Fault]:
    """Return what is wrong with an amendment before anything is planned."""
    faults = []
    if not reason.strip():
        faults.append(
            Fault(key="reason", given=say("nothing"), expected=say("a reason"), action=say("Say why with --reason."))
        )
    open_pairs = plan.pairs[plan.pairs["send_first_on"] >= pd.Timestamp(since)]
    faults += [
        Fault(
            key="withdrawn",
            given=say("vacancy {name}", name=name),
            expected=say("a vacancy of a pair that starts on {since} or later", since=since),
            action=say("Take it off the list: what was sent stays in the plan, and the register withdraws it."),
        )
        for name in sorted(set(withdrawn) - set(open_pairs["vacancy_id"]))
    ]
    return faults


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise DesignError(say("The plan was not amended."), faults)


def _last_number(pairs: pd.DataFrame) -> int:
    return max((int(name[1:]) for name in pairs["pair_id"]), default=0)


def verify_plan(
    plan: Plan,
    vacancies: pd.DataFrame,
    *,
    previous: Plan | None = None,
    together: Sequence[Study] = (),
    already_sent: pd.DataFrame | None = None,
    pairs_per_day: int | None = None,
) -> None:
    """Make the plan again from its inputs and hold the two against each other to the byte.

    `previous` is the version before, for a plan that is an amendment; `together` are the studies that it was planned
    with (its own may be among them); `pairs_per_day` defaults to what the plan has on record.

    Raises
    ------
    DesignError
        Where `previous` is missing or is not the version that this one builds on.
    CheckFailed
        Where the inputs are not those of the plan, or give another plan: each difference.
    """
    amendments = plan.manifest.get("amendments", [])
    settings = plan.manifest["settings"]
    per_day = settings["pairs_per_day"] if pairs_per_day is None else pairs_per_day
    if amendments:
        last = amendments[-1]
        if previous is None or previous.manifest["sha256"] != last["previous"]:
            raise DesignError(
                say("The amendment cannot be verified."),
                [
                    Fault(
                        given=say("no previous version") if previous is None else say("another previous version"),
                        expected=say("the version with SHA-256 {previous}…", previous=last["previous"][:12]),
                        action=say("Give the folder of the version before with --previous."),
                    )
                ],
            )
        again = amend_plan(
            previous,
            vacancies,
            since=date.fromisoformat(last["since"]),
            reason=last["reason"],
            withdrawn=previous.pairs.loc[previous.pairs["pair_id"].isin(last["withdrawn"]), "vacancy_id"],
            already_sent=already_sent,
            pairs_per_day=per_day,
        )
    elif settings["planned_together"]:
        again = _again_together(plan, vacancies, together, already_sent)
    else:
        again = make_plan(
            plan.study, vacancies, allow_shortfall=True, already_sent=already_sent, pairs_per_day=per_day, key=plan.key
        )
    ours, theirs = _comparable(plan.manifest), _comparable(again.manifest)
    faults = [
        Fault(
            key=key,
            given=_short(theirs.get(key)),
            expected=_short(ours.get(key)),
            action=say("Use the inputs and the versions that the plan was frozen with, or make a new plan."),
        )
        for key in sorted(set(ours) | set(theirs))
        if ours.get(key) != theirs.get(key)
    ]
    if faults:
        raise CheckFailed(say("The inputs do not give this plan again."), faults)


def _again_together(
    plan: Plan, vacancies: pd.DataFrame, together: Sequence[Study], already_sent: pd.DataFrame | None
) -> Plan:
    """Plan all the studies again that this one was planned with."""
    settings = plan.manifest["settings"]
    known = {study.name: study for study in (*together, plan.study)}
    faults = [
        Fault(
            key=f"study '{item['study']}'",
            given=say("nothing") if item["study"] not in known else say("another study of that name"),
            expected=say(
                "the study file with SHA-256 {sha256}… that was planned together with this one",
                sha256=item["sha256"][:12],
            ),
            action=say("Name all the study files that were planned together."),
        )
        for item in settings["planned_together"]
        if item["study"] not in known or text_digest(known[item["study"]].source) != item["sha256"]
    ]
    if faults:
        raise DesignError(say("The plan cannot be verified."), faults)
    per_day = {i["study"]: i["pairs_per_day"] for i in settings["planned_together"] if i["pairs_per_day"] is not None}
    again = plan_together(
        [known[item["study"]] for item in settings["planned_together"]],
        vacancies,
        allow_shortfall=True,
        already_sent=already_sent,
        pairs_per_day=per_day,
        seed=settings["seed_between_vacancies"],
        key=plan.key,
    )
    return next(made for made in again if made.study.name == plan.study.name)


def _comparable(manifest: Any) -> dict[str, Any]:
    """Return the manifest's entries with inputs and versions one a line, without what was added when it was frozen."""
    flat = {
        key: value
        for key, value in manifest.items()
        if key not in ("frozen", "documents", "inputs", "versions", "amendments")
    }
    for group in ("inputs", "versions"):
        flat.update({f"{group}.{key}": value for key, value in manifest[group].items()})
    flat["amendments"] = list(manifest.get("amendments", []))[-1:]
    return flat


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= 60 else text[:57] + "…"
