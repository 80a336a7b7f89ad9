"""The persona's document as JSON Resume, so that any tool for that format can read it.

Our own fields start with ``x-``: the schema allows additional properties everywhere. Source of the schema: the JSON
Resume project, `schemas/resume.schema.json` (MIT).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft7Validator

__all__ = ["GAP_KEY", "OUTSIDE_KEY", "SIGNAL_KEY", "career_jobs", "resume_faults", "resume_json", "resume_schema"]

EXTENSION_PREFIX = "x-"
# Entries of `work` that are no experience in the occupation, or not of the career that both arms have: part of an age
# signal, a job besides school, months between two jobs.
SIGNAL_KEY, OUTSIDE_KEY, GAP_KEY = "x-signal", "x-outside", "x-gap"


def career_jobs(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the jobs in the occupation that count as experience, the most recent first."""
    return [entry for entry in document["work"] if not entry.keys() & {SIGNAL_KEY, OUTSIDE_KEY, GAP_KEY}]


@cache
def resume_schema() -> dict[str, Any]:
    """Return the JSON Resume schema."""
    text = files("corrtest.generator").joinpath("schemas", "resume.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _validator() -> Draft7Validator:
    return Draft7Validator(resume_schema())


def resume_faults(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what makes a document no JSON Resume: the schema's own errors, and extra fields without the prefix."""
    for error in _validator().iter_errors(document):
        yield f"{'.'.join(str(step) for step in error.absolute_path)}: {error.message}"
    known = resume_schema()["properties"]
    for section, value in document.items():
        if section not in known:
            if not section.startswith(EXTENSION_PREFIX):
                yield f"{section}: not a field of JSON Resume"
            continue
        entries = value if isinstance(value, list) else [value]
        schema = known[section].get("items", known[section])
        for entry in entries:
            for key in entry if isinstance(entry, dict) else ():
                if key not in schema.get("properties", {}) and not key.startswith(EXTENSION_PREFIX):
                    yield f"{section}.{key}: not a field of JSON Resume"


def resume_json(document: Mapping[str, Any]) -> bytes:
    """Return a persona's document as a JSON file."""
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
