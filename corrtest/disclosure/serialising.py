"""Releases as JSON and back: the published form (`releases.schema.json`), from which a bundle re-makes its report."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from importlib import resources
from pathlib import Path
from typing import Any

from corrtest.analysis import Counts, Estimate, PairedCounts, TestResult, counts_of
from corrtest.disclosure.policy import Override, Policy
from corrtest.disclosure.release import _SEAL, Noise, OddCheck, Release, ReleaseSet, Suppression
from corrtest.errors import DisclosureError
from corrtest.language import say

SCHEMA = "corrtest/releases/1"
_FIXED = ("sector", "joint_committee", "criterion", "level", "outcome")


def releases_schema() -> dict[str, Any]:
    """Return the JSON schema of `releases_to_json`."""
    text = resources.files("corrtest.disclosure").joinpath("releases.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def releases_to_json(releases: ReleaseSet) -> str:
    """Return a release set as JSON; `seal` is the fingerprint of the rest, so that a changed file is noticed."""
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "direction": "treated/control",
        "simulated": releases.simulated,
        "unit": releases.unit,
        "policy": releases.policy.as_dict(),
        "override": None if releases.override is None else releases.override.as_dict(),
        "study": dict(releases.study),
        "shortfalls": [dict(shortfall) for shortfall in releases.shortfalls],
        "inputs": dict(releases.inputs),
        "plan": dict(releases.plan),
        "fieldwork": dict(releases.fieldwork),
        "concentration": [dict(row) for row in releases.concentration],
        "design": releases.design,
        "cells": [_cell(release) for release in releases],
        "merged": [_cell(release) for release in releases.merged],
        "odd_checks": [_odd_check(check) for check in releases.odd_checks],
    }
    return sealed(content)


def releases_from_json(text: str, file: str = "releases.json") -> ReleaseSet:
    """Return the release set in `text`.

    Raises
    ------
    DisclosureError
        The file is no release set, or was changed after it left the gate.
    """
    content = unsealed(text, file, SCHEMA)
    return ReleaseSet(
        releases=tuple(_release(cell) for cell in content["cells"]),
        merged=tuple(_release(cell) for cell in content["merged"]),
        odd_checks=tuple(_read_odd_check(check) for check in content["odd_checks"]),
        design=content["design"],
        policy=read_policy_used(content["policy"], file),
        override=read_override(content["override"]),
        unit=content["unit"],
        simulated=content["simulated"],
        study=content["study"],
        shortfalls=tuple(content["shortfalls"]),
        inputs=content["inputs"],
        plan=content["plan"],
        fieldwork=content["fieldwork"],
        concentration=tuple(content["concentration"]),
        seal=_SEAL,
    )


def read_releases(path: str | Path) -> ReleaseSet:
    """Read what `releases_to_json` wrote."""
    return releases_from_json(released_text(path), Path(path).name)


def released_text(path: str | Path) -> str:
    """Return the text of a file of releases."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DisclosureError(say("The releases file {path} cannot be read.", path=path)) from error


def sealed(content: dict[str, Any]) -> str:
    """Return content as JSON with its fingerprint in `seal`."""
    whole = {**content, "seal": _fingerprint(content)}
    return json.dumps(whole, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def unsealed(text: str, file: str, schema: str) -> dict[str, Any]:
    """Return what `sealed` wrote, where the file is of this schema and nothing in it was changed."""
    try:
        content: dict[str, Any] = json.loads(text)
        seal = content.pop("seal")
        known = content["schema"] == schema
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise DisclosureError(
            say("{file} is no file of releases. Make one with corrtest report --format json.", file=file)
        ) from error
    if not known or seal != _fingerprint(content):
        raise DisclosureError(
            say(
                "{file} was changed after it left the disclosure gate, so nothing can be made from it. Use the "
                "original.",
                file=file,
            )
        )
    return content


def _fingerprint(content: dict[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def is_releases(path: str | Path, schema: str = SCHEMA) -> bool:
    """Return whether a JSON file says of itself that it holds releases; False where it cannot be read."""
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and content.get("schema") == schema


def _cell(release: Release) -> dict[str, Any]:
    return {
        **{name: getattr(release, name) for name in _FIXED},
        "extra": dict(release.extra),
        "pairs": release.pairs,
        "employers": release.employers,
        "counts": release.counts.as_dict() if release.counts else None,
        "noise": _rows(release.noise),
        "estimates": [dataclasses.asdict(estimate) for estimate in release.estimates],
        "tests": [dataclasses.asdict(test) for test in release.tests],
        "design_effect": release.design_effect,
        "noise_variance": release.noise_variance,
        "suppression": _hidden(release.suppression),
    }


def _rows(noise: Noise | None) -> list[list[float]] | None:
    return None if noise is None else [list(row) for row in noise]


def _read_rows(noise: list[list[float]] | None) -> Noise | None:
    return None if noise is None else tuple(tuple(row) for row in noise)


def _hidden(suppression: Suppression | None) -> dict[str, Any] | None:
    if suppression is None:
        return None
    return {"rule": suppression.rule, "facts": dict(suppression.facts), "reason": suppression.reason}


def read_policy_used(policy: dict[str, Any], file: str) -> Policy:
    """Return a policy as `Policy.as_dict` gives it."""
    try:
        return Policy(**policy)
    except TypeError as error:
        raise DisclosureError(
            say("{file} was made by another version of corrtest. Read it with that version.", file=file)
        ) from error


def read_override(override: dict[str, Any] | None) -> Override | None:
    """Return an override as `Override.as_dict` gives it."""
    return Override(**{**override, "laxer": tuple(override["laxer"])}) if override else None


def _read_hidden(hidden: dict[str, Any] | None) -> Suppression | None:
    return Suppression(rule=hidden["rule"], facts=hidden["facts"]) if hidden else None


def _release(cell: dict[str, Any]) -> Release:
    return Release(
        **{name: cell[name] for name in _FIXED},
        extra=cell["extra"],
        pairs=cell["pairs"],
        employers=cell["employers"],
        counts=_counts(cell["counts"]),
        noise=_read_rows(cell["noise"]),
        estimates=tuple(Estimate(**estimate) for estimate in cell["estimates"]),
        tests=tuple(TestResult(**test) for test in cell["tests"]),
        design_effect=cell["design_effect"],
        noise_variance=cell["noise_variance"],
        suppression=_read_hidden(cell["suppression"]),
        seal=_SEAL,
    )


def _counts(counts: dict[str, int] | None) -> Counts | None:
    if counts is None:
        return None
    return counts_of(counts)


def _odd_check(check: OddCheck) -> dict[str, Any]:
    return {
        "sector": check.sector,
        "criterion": check.criterion,
        "outcome": check.outcome,
        "odd": check.odd,
        "counts": check.counts.as_dict() if check.counts else None,
        "noise": _rows(check.noise),
        "estimates": [dataclasses.asdict(estimate) for estimate in check.estimates],
        "suppression": _hidden(check.suppression),
    }


def _read_odd_check(check: dict[str, Any]) -> OddCheck:
    return OddCheck(
        sector=check["sector"],
        criterion=check["criterion"],
        outcome=check["outcome"],
        odd=check["odd"],
        counts=PairedCounts(**check["counts"]) if check["counts"] else None,
        noise=_read_rows(check["noise"]),
        estimates=tuple(Estimate(**estimate) for estimate in check["estimates"]),
        suppression=_read_hidden(check["suppression"]),
        seal=_SEAL,
    )
