"""Chapter 11: what it takes to make this report again, in words: inputs, plan, versions, seed, policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corrtest import __version__
from corrtest.disclosure import COALITION
from corrtest.language import mark
from corrtest.pages import Block, Cell, Chapter, Column, Heading, Paragraph, Table
from corrtest.report.view import View

# Where a fact stands in the inputs or in the plan's manifest → what it is called. What is not here is in the validation
# bundle (`corrtest report --bundle`), which has both in full.
_INPUTS: Mapping[str, str] = {
    "pairs.rows": mark("Rows in the table of reactions"),
    "pairs.sha256": mark("Fingerprint of the table of reactions"),
    "pairs.hmac_sha256": mark("Keyed fingerprint of the table of reactions"),
    "reference": mark("Control candidate"),
    "confidence_level": mark("Level of the intervals"),
    "cluster": mark("Taken to answer together"),
    "weights": mark("Column of weights"),
}
_PLAN: Mapping[str, str] = {
    "version": mark("Version of the plan"),
    "pairs_wanted": mark("Tests wanted"),
    "pairs": mark("Tests planned"),
    "seed": mark("Seed of the draw"),
    "sha256": mark("Fingerprint of the plan"),
    "inputs.study": mark("Fingerprint of the study file"),
    "inputs.vacancies": mark("Fingerprint of the vacancies"),
}
# Figures of the policy that hold for one protection alone.
_OF_NOISE = frozenset({"certainty", "total_sd", "robustness_share"})
_OF_COALITIONS = frozenset({"coalition_employers", "coalition_share", "outside_employers", "most_alike"})
# Numbers that are names: no mark between their thousands.
_NAMES = frozenset({"seed", "version"})


def reproducibility(view: View) -> Chapter:
    """Return the reproducibility box."""
    words, releases = view.words, view.releases
    inputs = _rows(view, releases.inputs, _INPUTS)
    inputs.append((words.text("Programs of the analysis"), _programs(releases.inputs.get("versions") or {})))
    inputs.append((words.text("Program of the report"), f"corrtest {__version__}"))
    blocks: list[Block] = [
        Paragraph(text=_how_checked(view)),
        _table(view, "inputs", words.text("Inputs and versions"), inputs),
    ]
    if releases.plan:
        plan = _rows(view, releases.plan, _PLAN)
        plan.append((words.text("Programs of the plan"), _programs(releases.plan.get("versions") or {})))
        blocks.append(_table(view, "plan", words.text("Plan"), plan))
    blocks.append(_table(view, "policy", words.text("Disclosure policy"), _policy_rows(view)))
    for title, key in (
        (words.text("Amendments"), "amendments"),
        (words.text("Deviations from the preregistration"), "deviations"),
    ):
        entries = releases.study.get(key) or ()
        text = "; ".join(str(entry) for entry in entries) or words.text("None on record.")
        blocks += [Heading(text=title), Paragraph(text=text)]
    return Chapter(name="reproducibility", title=words.text("Making it again"), blocks=tuple(blocks))


def _how_checked(view: View) -> str:
    """Return how the table of pairs is recognised: by a keyed fingerprint, unless there is nobody to protect."""
    if "hmac_sha256" in (view.releases.inputs.get("pairs") or {}):
        return view.words.text(
            "The same inputs give the same report, byte for byte. Whoever holds the pairs table and the study's secret "
            "can check it with these fingerprints (HMAC-SHA-256); without the secret they tell nothing."
        )
    return view.words.text(
        "The same inputs give the same report, byte for byte. Whoever holds the pairs table can check it with these "
        "fingerprints (SHA-256)."
    )


def _table(view: View, name: str, caption: str, rows: list[tuple[str, str]]) -> Table:
    words = view.words
    return Table(
        name=name,
        caption=caption,
        columns=(Column(header=words.text("What")), Column(header=words.text("Value"))),
        rows=tuple((Cell(text=label), Cell(text=value)) for label, value in rows if value),
    )


def _rows(view: View, content: Mapping[str, Any], labels: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the facts of `content` that have a name, in words."""
    rows = []
    for place, label in labels.items():
        value: Any = content
        for key in place.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
        if value is not None:
            rows.append((view.words.text(label), _said(view, place, value)))
    return rows


def _said(view: View, place: str, value: Any) -> str:
    words = view.words
    if isinstance(value, list | tuple):
        return words.several([words.name("field", str(each)) for each in value])
    if place == "confidence_level":
        return words.percent(float(value), 0 if round(100 * value, 6).is_integer() else 1)
    if isinstance(value, str):
        return words.name("field", value) if place == "cluster" else value
    return str(value) if place in _NAMES else words.number(value, 0)


def _programs(versions: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} {number}" for name, number in versions.items())


def _policy_rows(view: View) -> list[tuple[str, str]]:
    """Return the policy's figures by their names, as the reader writes numbers."""
    words, policy = view.words, view.releases.policy
    other = _OF_NOISE if policy.protection == COALITION else _OF_COALITIONS
    rows = []
    for name, value in policy.as_dict().items():
        if name in other:
            continue
        if isinstance(value, bool):
            text = words.text("yes") if value else words.text("no")
        elif isinstance(value, float):
            text = words.number(value)
        elif name == "protection":
            text = words.name("protection", str(value))
        else:
            text = str(value)
        rows.append((words.title("policy", name), text))
    return rows
