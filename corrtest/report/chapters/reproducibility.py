"""Chapter 11: what it takes to make this report again: inputs, plan, versions, seed, policy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from corrtest import __version__
from corrtest.pages import Block, Chapter, Facts, Heading, Paragraph
from corrtest.report.view import View


def reproducibility(view: View) -> Chapter:
    """Return the reproducibility box."""
    words, releases = view.words, view.releases
    blocks: list[Block] = [
        Paragraph(text=_how_checked(view)),
        Heading(text=words.text("Inputs and versions")),
        Facts(rows=(*_flat(releases.inputs), ("corrtest (report)", __version__))),
    ]
    if releases.plan:
        blocks += [Heading(text=words.text("Plan")), Facts(rows=tuple(_flat(releases.plan)))]
    blocks += [
        Heading(text=words.text("Disclosure policy")),
        Facts(rows=tuple(_policy_rows(view))),
    ]
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
    if "hmac_sha256" in json.dumps(dict(view.releases.inputs)):
        return view.words.text(
            "The same inputs give the same report, byte for byte. Whoever holds the pairs table and the study's secret "
            "can check it with these fingerprints (HMAC-SHA-256); without the secret they tell nothing."
        )
    return view.words.text(
        "The same inputs give the same report, byte for byte. Whoever holds the pairs table can check it with these "
        "fingerprints (SHA-256)."
    )


def _policy_rows(view: View) -> list[tuple[str, str]]:
    """Return the policy's figures by their names, as the reader writes numbers."""
    words = view.words
    rows = []
    for name, value in view.releases.policy.as_dict().items():
        if isinstance(value, bool):
            text = words.text("yes") if value else words.text("no")
        elif isinstance(value, float):
            text = words.number(value)
        elif name == "protection":
            text = words.name("protection", str(value))
        else:
            text = str(value)
        rows.append((words.name("policy", name), text))
    return rows


def _flat(content: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return nested facts as "outer.inner" rows."""
    rows: list[tuple[str, str]] = []
    for key, value in content.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping):
            rows += _flat(value, f"{name}.")
        elif isinstance(value, list | tuple):
            rows.append((name, json.dumps(value, ensure_ascii=False)))
        else:
            rows.append((name, "–" if value is None else str(value)))
    return rows
