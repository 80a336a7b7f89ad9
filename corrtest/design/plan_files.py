"""The plan on disk: `plan.parquet`, `study.toml` and `manifest.json`, each checked against its SHA-256 when read."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from corrtest.design.plan import PLAN_SCHEMA, Plan, Shortfall
from corrtest.errors import DesignError, Fault
from corrtest.language import say
from corrtest.spec import read_study_text

__all__ = ["parquet_digest", "read_plan", "table_digest", "text_digest", "write_plan"]

PARQUET, STUDY, MANIFEST = "plan.parquet", "study.toml", "manifest.json"


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
    """Write a plan into a new folder, which appears complete or not at all.

    Raises
    ------
    DesignError
        Where the folder exists and holds something: a frozen plan is never written over.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DesignError(
            say("The plan was not written."),
            [
                Fault(
                    file=str(folder),
                    given=say("a folder that holds files") if folder.is_dir() else say("a file"),
                    expected=say("a new or empty folder"),
                    action=say("Give another name with --out: a frozen plan is never written over."),
                )
            ],
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as temporary:
        complete = Path(temporary) / "plan"
        complete.mkdir()
        (complete / PARQUET).write_bytes(_parquet_bytes(plan.pairs))
        (complete / STUDY).write_bytes(plan.study.source.encode())
        text = json.dumps(plan.manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        (complete / MANIFEST).write_text(text, encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        os.replace(complete, folder)  # noqa: PTH105  (Path.rename refuses an existing target on some systems)
    return folder


def read_plan(folder: str | Path) -> Plan:
    """Read a plan and hold its files against the manifest.

    Raises
    ------
    DesignError
        Where a file is absent, unreadable, or not what the manifest says.
    """
    folder = Path(folder)
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
    source = (folder / STUDY).read_bytes()
    content = (folder / PARQUET).read_bytes()
    if hashlib.sha256(source).hexdigest() != manifest.get("inputs", {}).get("study"):
        raise _altered(folder / STUDY, say("a study file that changed since the plan was frozen"))
    if hashlib.sha256(content).hexdigest() != manifest.get("sha256"):
        raise _altered(folder / PARQUET, say("pairs that changed since the plan was frozen"))
    return Plan(
        study=read_study_text(source.decode(), STUDY),
        pairs=parquet.read_table(io.BytesIO(content)).to_pandas(),
        shortfalls=tuple(Shortfall(**item) for item in manifest["shortfalls"]),
        manifest=manifest,
    )


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
