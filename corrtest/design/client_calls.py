"""From a study that calls firms and its frame to a frozen plan: which firms, on which days, with which wish, by whom.

Firms are drawn by permanent random numbers (Ohlsson 1995, in Cox et al., *Business Survey Methods*, chapter 9): each
firm has one, which follows from the panel's seed and its own identifier. The smallest are drawn, in each joint
committee or, with chances by size, of number ÷ size (sequential Poisson sampling, Ohlsson 1998). So two waves with the
same panel seed call the same firms, and new firms enter with their proper chance.
"""

from __future__ import annotations

import importlib.metadata
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from corrtest.design.counterbalance import exact_counts
from corrtest.design.employer_load import caps_record
from corrtest.design.plan import PLAN_SCHEMA, Plan, Shortfall, plan_columns, pseudonyms, typed
from corrtest.design.plan_files import parquet_digest, table_digest, text_digest
from corrtest.design.sending_days import SendingDays, sending_days
from corrtest.design.substreams import substream
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import KEY_BYTES, ClientCalls, Study, client_wishes, keyed, simulated_rows

__all__ = ["drawn_firms", "plan_calls"]

IntArray = npt.NDArray[np.int64]
EVERY = "all"


def plan_calls(
    study: Study,
    firms: pd.DataFrame,
    *,
    allow_shortfall: bool = False,
    already_sent: pd.DataFrame | None = None,
    key: bytes | None = None,
) -> Plan:
    """Plan the calls of a study.

    Parameters
    ----------
    firms : DataFrame
        The frame, as `read_firms` gives it.
    allow_shortfall : bool
        Plan what fits where the frame has fewer firms than are wanted, or caps leave no room; else that is refused.
    already_sent : DataFrame, optional
        What firms got from other studies: employer_id, send_first_on. It counts for the caps.
    key : bytes, optional
        What pseudonyms are made with, 32 bytes; chance unless given.

    Raises
    ------
    DesignError
        The study does not call firms, the period is too short, or fewer firms can be called than are wanted.
    """
    calls = study.client_calls
    if calls is None:
        raise DesignError(say("'{study}' does not call firms: its instrument is another.", study=study.name))
    calendar = sending_days(study)
    gap = _gap(study, calls)
    sent = _sent(already_sent)
    free = firms[[_may_be_called(study, sent.get(number, ()), calls) for number in firms["employer_id"]]]
    chosen = drawn_firms(study, free.reset_index(drop=True))
    table = _dated(study, chosen, calendar, gap, sent)
    wanted = len(firms) if calls.firms is None else calls.firms
    called = table["employer_id"].nunique()
    if called < wanted and not allow_shortfall:
        raise DesignError(
            say("Not all firms that are wanted can be called; nothing was planned."),
            [
                Fault(
                    key="client_calls.firms",
                    given=say("{called} of {wanted} firms", called=called, wanted=wanted),
                    expected=say("room for everything that the study wants"),
                    action=say(
                        "Lower the number of firms, complete the frame, loosen the caps or lengthen the period, or "
                        "plan what fits with --allow-shortfall."
                    ),
                )
            ],
        )
    key = key or secrets.token_bytes(KEY_BYTES)
    pairs = _frozen(study, table, key)
    plan = Plan(study=study, pairs=pairs, shortfalls=_shortfalls(study, pairs, called, wanted), manifest={}, key=key)
    return replace(plan, manifest=_manifest(plan, firms, chosen, already_sent, wanted))


def drawn_firms(study: Study, firms: pd.DataFrame) -> pd.DataFrame:
    """Return the firms that are drawn, each with its `weight`: the inverse of its chance."""
    calls = study.client_calls or ClientCalls()
    n = len(firms) if calls.firms is None else min(calls.firms, len(firms))
    seed = study.seed if calls.panel_seed is None else calls.panel_seed
    number = np.array([substream(seed, "panel", str(firm)).random() for firm in firms["employer_id"]])
    if calls.draw == "size" and n < len(firms):
        size = firms["employees"].to_numpy(dtype=np.float64)
        size = np.where(np.isfinite(size) & (size > 0), size, np.nanmedian(size) if np.isfinite(size).any() else 1.0)
        chance = _chances(size, n)
        order = np.argsort(np.where(chance >= 1, -1.0, number / chance), kind="stable")[:n]
        return firms.iloc[np.sort(order)].assign(weight=1 / chance[np.sort(order)]).reset_index(drop=True)
    parts = []
    committees = sorted(firms["joint_committee"].unique())
    sizes = [int((firms["joint_committee"] == committee).sum()) for committee in committees]
    for committee, there, wanted in zip(committees, sizes, _in_proportion(sizes, n), strict=True):
        rows = np.flatnonzero((firms["joint_committee"] == committee).to_numpy())
        taken = np.sort(rows[np.argsort(number[rows], kind="stable")][:wanted])
        parts.append(firms.iloc[taken].assign(weight=there / wanted if wanted else 1.0))
    return pd.concat(parts, ignore_index=True) if parts else firms.assign(weight=1.0)


def _in_proportion(sizes: Sequence[int], n: int) -> list[int]:
    """Share n over strata in proportion to their sizes, by largest remainders."""
    exact = [size * n / max(sum(sizes), 1) for size in sizes]
    made = [math.floor(part) for part in exact]
    for place in sorted(range(len(sizes)), key=lambda at: made[at] - exact[at])[: n - sum(made)]:
        made[place] += 1
    return made


def _chances(size: npt.NDArray[np.float64], n: int) -> npt.NDArray[np.float64]:
    """Return chances in proportion to size that sum to n, none above 1."""
    sure = np.zeros(len(size), dtype=np.bool_)
    while True:
        chance = np.where(sure, 1.0, (n - sure.sum()) * size / max(size[~sure].sum(), 1e-300))
        over = (chance >= 1) & ~sure
        if not over.any():
            return np.asarray(chance)
        sure |= over


def _gap(study: Study, calls: ClientCalls) -> int:
    """Return the least days between two calls to a firm, so that its window holds."""
    window = study.caps.window
    return 0 if calls.calls_per_firm <= window.pairs else math.ceil(window.weeks * 7 / window.pairs)


def _sent(already_sent: pd.DataFrame | None) -> dict[str, list[pd.Timestamp]]:
    if already_sent is None:
        return {}
    days = pd.to_datetime(already_sent["send_first_on"])
    return {str(firm): list(own) for firm, own in days.groupby(already_sent["employer_id"].astype(str))}


def _may_be_called(study: Study, sent: Sequence[pd.Timestamp], calls: ClientCalls) -> bool:
    return len(sent) + calls.calls_per_firm <= study.caps.total


def _dated(
    study: Study,
    firms: pd.DataFrame,
    calendar: SendingDays,
    gap: int,
    sent: Mapping[str, Sequence[pd.Timestamp]],
) -> pd.DataFrame:
    """Give each call its day, wish and caller; a firm for which no days fit is left out."""
    calls = study.client_calls or ClientCalls()
    starts = calendar.starts
    step = max(gap, math.ceil((int(starts[-1]) - int(starts[0]) + 1) / calls.calls_per_firm))
    step = step if gap == 0 or (calls.calls_per_firm - 1) * step < int(starts[-1]) - int(starts[0]) + 1 else gap
    series = [_series(starts, int(first), step, gap, calls.calls_per_firm) for first in starts]
    possible = [days for days in series if days]
    if not possible:
        raise DesignError(
            say(
                "The period is too short for {calls} calls to a firm that lie {gap} days apart. Lengthen it, call "
                "each firm less often, or loosen the window of [caps].",
                calls=calls.calls_per_firm,
                gap=gap,
            )
        )
    rng = substream(study.seed, "call days", study.name)
    rows = []
    for rank, place in enumerate(rng.permutation(len(firms))):
        firm = firms.iloc[int(place)]
        before = [int((day - pd.Timestamp(calendar.origin)).days) for day in sent.get(str(firm["employer_id"]), ())]
        first = rank * len(possible) // max(len(firms), 1)
        fits = (possible[(first + turn) % len(possible)] for turn in range(len(possible)))
        days = next((days for days in fits if _within(study, [*days, *before])), None)
        rows += [{**firm.to_dict(), "day": day, "call": number} for number, day in enumerate(days or ())]
    made = pd.DataFrame(rows)
    if made.empty:
        raise DesignError(say("The caps leave no firm that can be called. Check what was sent by other studies."))
    made["level"] = _wishes(study, calls, made)
    made["criterion"] = [client_wishes()[name].criterion for name in made["level"]]
    made["send_first_on"] = calendar.dates(made["day"].to_numpy(dtype=np.int64)).to_numpy()
    made = made.sort_values(["day", "employer_id"], ignore_index=True)
    made["partner"] = _callers(study, calls, made)
    return made


def _series(starts: IntArray, first: int, step: int, gap: int, number: int) -> list[int]:
    """Return days from `first` on that lie about `step` and at least `gap` apart; none where they do not fit."""
    days = [first]
    while len(days) < number:
        after = starts[starts >= max(days[-1] + gap, first + len(days) * step, days[-1] + 1)]
        if not len(after):
            return []
        days.append(int(after[0]))
    return days


def _within(study: Study, days: Sequence[int]) -> bool:
    """Say whether days of one firm stay under its window."""
    length, most = study.caps.window.weeks * 7, study.caps.window.pairs
    ordered = sorted(days)
    return all(sum(1 for other in ordered if day <= other < day + length) <= most for day in ordered)


def _wishes(study: Study, calls: ClientCalls, made: pd.DataFrame) -> list[str]:
    """Deal the wishes in equal numbers over the firms of each committee, others in a firm's later calls."""
    dealt: dict[str, int] = {}
    for committee, own in made.groupby("joint_committee", sort=True):
        rng = substream(study.seed, "wish", study.name, str(committee))
        firms = sorted(own["employer_id"].unique())
        counts = exact_counts([1.0] * len(calls.wishes), len(firms), rng)
        order = rng.permutation(np.repeat(np.arange(len(calls.wishes)), counts))
        dealt |= dict(zip(firms, order.tolist(), strict=True))
    return [
        calls.wishes[(dealt[firm] + number) % len(calls.wishes)]
        for firm, number in zip(made["employer_id"], made["call"], strict=True)
    ]


def _callers(study: Study, calls: ClientCalls, made: pd.DataFrame) -> list[str]:
    """Deal the callers over the calls of each wish and committee, day by day, as evenly as can be."""
    if not calls.callers:
        return [""] * len(made)
    rng = substream(study.seed, "caller", study.name)
    dealt = np.full(len(made), "", dtype=object)
    for _, own in made.groupby(["joint_committee", "level"], sort=True):
        for start in range(0, len(own), len(calls.callers)):
            rows = own.index[start : start + len(calls.callers)]
            dealt[rows] = rng.permutation(list(calls.callers))[: len(rows)]
    return [str(name) for name in dealt]


def _frozen(study: Study, table: pd.DataFrame, key: bytes) -> pd.DataFrame:
    """Return the calls as the rows of a plan: single applications, of the arm that carries the wish."""
    calls = study.client_calls or ClientCalls()
    repeated = table["call"] > 0
    pairs = table.assign(
        pair_id=[f"C{number:05d}" for number in range(1, len(table) + 1)],
        sector=study.sector,
        wave=study.wave,
        vacancy_id=table["employer_id"].where(~repeated, table["employer_id"] + "-" + (table["call"] + 1).astype(str)),
        occupation="",
        channel="telephone",
        first_arm="treated",
        control_template="",
        treated_template=study.language,
        criterion_probability=1.0,
        level_probability=1 / len(calls.wishes),
        first_arm_probability=1.0,
        lag_probability=1.0,
        employer=pseudonyms(table["employer_id"], study, key),
    )
    return typed(pairs.reindex(columns=plan_columns(pairs)))


def _shortfalls(study: Study, pairs: pd.DataFrame, called: int, wanted: int) -> tuple[Shortfall, ...]:
    if called >= wanted:
        return ()
    committee = str(pairs["joint_committee"].iloc[0]) if pairs["joint_committee"].nunique() == 1 else EVERY
    return (
        Shortfall(
            joint_committee=committee,
            criterion=str(pairs["criterion"].iloc[0]),
            wanted=wanted,
            planned=called,
            cause=say("too few firms in the frame, or no room under the caps"),
            binding="employers",
            figures={},
        ),
    )


def _manifest(
    plan: Plan, firms: pd.DataFrame, drawn: pd.DataFrame, already_sent: pd.DataFrame | None, wanted: int
) -> dict[str, Any]:
    """Describe the plan; `frame` has the firms of each committee and of all, which the analysis corrects for."""
    study, pairs = plan.study, plan.pairs
    calls = study.client_calls or ClientCalls()
    frame = {str(name): int(number) for name, number in firms["joint_committee"].value_counts().sort_index().items()}
    return {
        "schema": PLAN_SCHEMA,
        "study": study.name,
        "version": 1,
        "seed": study.seed,
        "pairing": study.pairing,
        "tests_are": study.fieldwork.tests_are,
        "pairs": len(pairs),
        "pairs_wanted": wanted * calls.calls_per_firm,
        "simulated": study.simulated or bool(simulated_rows(firms).any()),
        "firms": int(pairs["employer"].nunique()),
        "frame": {EVERY: len(firms), **frame},
        "versions": {
            name: importlib.metadata.version(name) for name in ("corrtest", "numpy", "pandas", "pyarrow", "scipy")
        },
        "inputs": {
            "study": text_digest(study.source),
            "firms": keyed(plan.key, "firms", table_digest(firms)),
            "already_sent": None if already_sent is None else keyed(plan.key, "sent", table_digest(already_sent)),
        },
        "sha256": parquet_digest(plan.drawn()),
        "identities": keyed(plan.key, "identities", parquet_digest(plan.identities())),
        "shortfalls": [asdict(item) for item in plan.shortfalls],
        "settings": {
            "panel_seed": study.seed if calls.panel_seed is None else calls.panel_seed,
            "caps": [caps_record(study.caps)],
            "drawn": len(drawn),
        },
    }
