"""The plan on disk, in two parts, each checked against the manifest when read.

The plan's folder holds what was drawn (`plan.parquet`), the study and the manifest: an analysis may have it, for no
employer is named in it. Who the employers are (`identities.parquet`) and the key of their pseudonyms (`plan.key`) lie
among the study's secrets; the manifest holds a digest of them that only who has the key can check.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from corrtest.design.documents_key import committed
from corrtest.design.plan import PLAN_SCHEMA, DrawnPlan, Plan, Shortfall, whole
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import (
    identities_of,
    keyed,
    make_folders,
    make_key,
    make_private,
    read_key,
    read_study_text,
    write_private,
)

__all__ = ["parquet_digest", "read_drawn_plan", "read_plan", "table_digest", "text_digest", "write_plan"]

PARQUET, STUDY, MANIFEST = "plan.parquet", "study.toml", "manifest.json"
IDENTITIES, KEY = "identities.parquet", "plan.key"


def _parquet_bytes(table: pd.DataFrame) -> bytes:
    """Write a table as Parquet; the bytes depend on nothing but the table and the version of pyarrow."""
    buffer = io.BytesIO()
    parquet.write_table(pa.Table.from_pandas(table, preserve_index=False), buffer, compression="zstd")
    return buffer.getvalue()


def parquet_digest(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a table's Parquet bytes."""
    return hashlib.sha256(_parquet_bytes(table)).hexdigest()


def text_digest(text: str) -> str:
    """Return the SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def table_digest(table: pd.DataFrame) -> str:
    """Return the SHA-256 of a table's contents as CSV, whatever file format it came from."""
    return text_digest(table.to_csv(index=False, date_format="%Y-%m-%d", lineterminator="\n"))


def write_plan(plan: Plan, folder: str | Path) -> Path:
    """Write a plan into a new folder, and who its employers are into another, among the study's secrets.

    Each folder appears complete or not at all, and only its owner may enter it. The secret that the documents will
    follow from is made with the study's first plan, where there is none yet.

    Raises
    ------
    DesignError
        Where one of the folders exists and holds something: a frozen plan is never written over.
    """
    folder = Path(folder)
    identities = identities_of(folder)
    _refuse_to_write_over(folder, say("Give another name with --out: a frozen plan is never written over."))
    _refuse_to_write_over(
        identities,
        say(
            "Give another name with --out; or, where the plan that these identities belong to is gone for good, remove "
            "their folder too."
        ),
    )
    plan = committed(plan, folder)
    manifest = json.dumps(plan.manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    make_private(identities.parent)
    _write_folder(identities, {IDENTITIES: _parquet_bytes(plan.identities())}, plan.key)
    drawn = {PARQUET: _parquet_bytes(plan.drawn()), STUDY: plan.study.source.encode(), MANIFEST: manifest.encode()}
    _write_folder(folder, drawn)
    return folder


def _refuse_to_write_over(folder: Path, action: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DesignError(
            say("The plan was not written."),
            [
                Fault(
                    file=str(folder),
                    given=say("a folder that holds files") if folder.is_dir() else say("a file"),
                    expected=say("a new or empty folder"),
                    action=action,
                )
            ],
        )


def _write_folder(folder: Path, files: dict[str, bytes], key: bytes | None = None) -> None:
    """Write the files of a folder, which appears with all of them; `key` goes in for who the employers are."""
    make_folders(folder.parent)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        complete = make_private(Path(temporary) / "plan")
        for name, content in files.items():
            write_private(complete / name, content)
        if key is not None:
            make_key(complete / KEY, key)
        if folder.exists():
            folder.rmdir()
        os.replace(complete, folder)  # noqa: PTH105  (Path.rename refuses an existing target on some systems)


def read_drawn_plan(folder: str | Path) -> DrawnPlan:
    """Read a plan without who its employers are, and hold its files against the manifest.

    Raises
    ------
    DesignError
        Where a file is absent, unreadable, or not what the manifest says.
    """
    folder = Path(folder)
    manifest = _manifest(folder)
    source = (folder / STUDY).read_bytes()
    content = (folder / PARQUET).read_bytes()
    if hashlib.sha256(source).hexdigest() != manifest.get("inputs", {}).get("study"):
        raise _altered(folder / STUDY, say("a study file that changed since the plan was frozen"))
    if hashlib.sha256(content).hexdigest() != manifest.get("sha256"):
        raise _altered(folder / PARQUET, say("pairs that changed since the plan was frozen"))
    return DrawnPlan(
        study=read_study_text(source.decode(), STUDY),
        pairs=parquet.read_table(io.BytesIO(content)).to_pandas(),
        shortfalls=tuple(Shortfall(**item) for item in manifest["shortfalls"]),
        manifest=manifest,
    )


def read_plan(folder: str | Path) -> Plan:
    """Read a whole plan, with who its employers are, and hold its files against the manifest.

    Raises
    ------
    DesignError
        Where a file of either part is absent, unreadable, or not what the manifest says.
    """
    drawn, place = read_drawn_plan(folder), identities_of(folder)
    if not (place / IDENTITIES).is_file():
        raise DesignError(
            say("The plan in {folder} does not say here who its employers are.", folder=folder),
            [
                Fault(
                    file=str(place / IDENTITIES),
                    given=say("no such file"),
                    expected=say("the identities that were written with the plan"),
                    action=say(
                        "Put that folder back from the backup of the study's secrets; the analysis needs no identity, "
                        "all that is sent does."
                    ),
                )
            ],
        )
    key = read_key(
        place / KEY,
        what=say("The identities of a plan have a key"),
        action=say("Put it back from the backup of the study's secrets."),
    )
    content = (place / IDENTITIES).read_bytes()
    if keyed(key, "identities", hashlib.sha256(content).hexdigest()) != drawn.manifest.get("identities"):
        raise _altered(place / IDENTITIES, say("identities that changed since the plan was frozen"))
    return Plan(
        study=drawn.study,
        pairs=whole(drawn.pairs, parquet.read_table(io.BytesIO(content)).to_pandas()),
        shortfalls=drawn.shortfalls,
        manifest=drawn.manifest,
        key=key,
    )


def _manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder that holds all files of a plan."""
    for name in (MANIFEST, STUDY, PARQUET):
        if not (folder / name).is_file():
            raise DesignError(
                say("{folder} is not a plan.", folder=folder),
                [
                    Fault(
                        file=str(folder / name),
                        given=say("no such file"),
                        expected=say(
                            "a folder with {parquet}, {study} and {manifest}",
                            parquet=PARQUET,
                            study=STUDY,
                            manifest=MANIFEST,
                        ),
                        action=say("Give the folder that 'corrtest plan --out' made."),
                    )
                ],
            )
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise _altered(folder / MANIFEST, say("text that is not JSON")) from error
    if not isinstance(manifest, dict) or manifest.get("schema") != PLAN_SCHEMA:
        raise _altered(folder / MANIFEST, "another schema", f"schema {PLAN_SCHEMA}")
    return manifest


def _altered(path: Path, given: str, expected: str | None = None) -> DesignError:
    return DesignError(
        say("The plan is not what was frozen."),
        [
            Fault(
                file=str(path),
                given=given,
                expected=expected or say("the file that was frozen"),
                action=say("Take the plan from its backup, or make a new plan: a changed plan is a new plan."),
            )
        ],
    )
