"""The validation bundle: all that a professor or a repository needs to check a report, nothing that the gate withheld.

A Frictionless data package (https://specs.frictionlessdata.io/data-package/) in a zip. Its pairs table is made from
the releases, not from the register: each row is one pair of a shown cell with its published outcome, so that rows of
a cell with the same outcome are alike, and the table tells exactly what the report tells. `remake.py` writes the
report again from `data/releases.json` and compares every byte.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corrtest.analysis import DESIGNS, design_named
from corrtest.disclosure import Release, ReleaseSet, releases_to_json
from corrtest.errors import ReportError
from corrtest.language import say
from corrtest.pages import DOCUMENT_FORMATS, packed, write_files
from corrtest.report.building import build_document
from corrtest.spec import DICTIONARY_LANGUAGES, Table, column_names, table_schema

_MADE_BY = (
    "corrtest",
    "numpy",
    "scipy",
    "pandas",
    "typst",
    "rendercv-fonts",
    "jinja2",
    "babel",
    "openpyxl",
    "python-docx",
)
# The groups that a release may name, in the order of the pair's row.
_GROUPING = tuple(name for name in column_names("published.cells") if name in column_names("pairs"))
_TABLES: Mapping[str, Table] = {"data/pairs.csv": "published.pairs", "data/cells.csv": "published.cells"}
# A list of quoted words, in which a bracket may stand.
_REFUSED = re.compile(
    r"""^([ \t]*refused_(?:names|firms)[ \t]*=[ \t]*)\[(?:[^\]"']|"(?:[^"\\]|\\.)*"|'[^']*')*\]""", re.MULTILINE
)


def write_bundle(
    releases: ReleaseSet,
    out: str | Path,
    languages: Sequence[str] = ("nl", "en"),
    formats: Sequence[str] = ("html", "pdf", "xlsx", "json"),
    *,
    study_text: str | None = None,
    documents: Mapping[str, str | Path] | None = None,
) -> Path:
    """Write the bundle into folder `out` and return the zip.

    Parameters
    ----------
    releases : ReleaseSet
        What passed the gate.
    study_text : str, optional
        The study file as it was frozen with the plan. It names no vacancy and no employer, but may name persons and
        firms that no document may mention: those are left out.
    documents : mapping of str to path, optional
        Further public files by the name that they get: a preregistration, calibration results. Not checked by the gate:
        they are the user's own.
    """
    if type(releases) is not ReleaseSet:
        raise ReportError(say("A bundle is made from a ReleaseSet alone. Call corrtest.disclosure.release first."))
    files: dict[str, bytes] = {"data/releases.json": releases_to_json(releases).encode("utf-8")}
    files["data/pairs.csv"] = _pairs_csv(releases)
    files["data/cells.csv"] = _cells_csv(releases)
    files["data/dictionary.json"] = _json(_dictionary(releases.design))
    if releases.plan:
        files["plan/manifest.json"] = _json(dict(releases.plan))
    if study_text is not None:
        files["plan/study.toml"] = _without_refused(study_text).encode("utf-8")
    for name, source in (documents or {}).items():
        files[f"documents/{_plain(name)}"] = _read(source)
    files["code/requirements.txt"] = "".join(f"{name}=={version(name)}\n" for name in _MADE_BY).encode("ascii")
    prefix = "SIMULATED_" if releases.simulated else ""
    for language in dict.fromkeys(languages):
        document = build_document(releases, language)
        for form in dict.fromkeys(formats):
            if form in DOCUMENT_FORMATS:
                files[f"report/{prefix}report_{language}.{form}"] = DOCUMENT_FORMATS[form](document)
    files["remake.py"] = resources.files("corrtest.report").joinpath("templates", "remake.py.txt").read_bytes()
    files["README.md"] = resources.files("corrtest.report").joinpath("templates", "bundle.md").read_bytes()
    if releases.simulated:
        files["SIMULATED.txt"] = b"SIMULATED. The reactions were made by a computer. No employer was approached.\n"
    package = _json(_package(releases, files))
    sector = _plain(str(releases.study.get("sector") or "results"))
    return write_files({f"{prefix}bundle_{sector}.zip": packed({"datapackage.json": package, **files})}, Path(out))[0]


def shown_partition(releases: ReleaseSet, outcome: str) -> list[Release]:
    """Return shown cells of an outcome that do not overlap, finest first: what the pairs table can be made of."""
    cells = [release for release in releases if release.outcome == outcome and release.shown]
    cells = [release for release in cells if not any(release.extra.values())]
    cells.sort(key=lambda release: -sum(getattr(release, name) is not None for name in _GROUPING))
    chosen: list[Release] = []
    for cell in cells:
        if not any(_overlap(cell, other) for other in chosen):
            chosen.append(cell)
    return sorted(chosen, key=lambda release: [str(getattr(release, name)) for name in _GROUPING])


def _without_refused(study_text: str) -> str:
    """Return the study file without the persons and firms that it refuses in documents.

    Raises
    ------
    ReportError
        They are written in a way that cannot be taken out with certainty.
    """
    made = _REFUSED.sub(r"\1[]  # left out here", study_text)
    documents = tomllib.loads(study_text).get("documents", {})
    refused = [name for key in ("refused_names", "refused_firms") for name in documents.get(key, ())]
    if any(name in made for name in refused):
        raise ReportError(
            say(
                "The study file names persons or firms that no document may mention, and not only in its lists: "
                "they cannot be left out of the bundle. Write them under refused_names and refused_firms in "
                "[documents] alone."
            )
        )
    return made


def _overlap(first: Release, second: Release) -> bool:
    values = ((getattr(first, name), getattr(second, name)) for name in _GROUPING)
    return all(own is None or other is None or own == other for own, other in values)


def _pairs_csv(releases: ReleaseSet) -> bytes:
    rows: list[dict[str, object]] = []
    for outcome in releases.outcomes():
        for cell in shown_partition(releases, outcome):
            for kind, (control, treated) in releases.of.reactions.items():
                row = _groups(cell) | {
                    "control_positive": "" if control is None else control,
                    "treated_positive": "" if treated is None else treated,
                }
                rows += [row] * getattr(cell.counts, kind)
    return _csv("published.pairs", [{"row": number, **row} for number, row in enumerate(rows, start=1)])


def _cells_csv(releases: ReleaseSet) -> bytes:
    kinds = [cell for design in DESIGNS.values() for cell in design.cells]
    rows = [
        _groups(cell)
        | {"pairs": cell.pairs or "", "employers": cell.employers or ""}
        | {kind: getattr(cell.counts, kind, "") for kind in kinds}
        | {"hidden": cell.suppression.reason if cell.suppression else ""}
        for cell in releases
    ]
    return _csv("published.cells", rows)


def _groups(cell: Release) -> dict[str, object]:
    return {name: getattr(cell, name) or "" for name in _GROUPING} | {"outcome": cell.outcome}


def _csv(table: Table, rows: Sequence[Mapping[str, object]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, column_names(table), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode("utf-8")


def _package(releases: ReleaseSet, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the data package: every file with its size and SHA-256, every column of the tables with its meaning."""
    described = []
    for path, content in files.items():
        resource: dict[str, Any] = {
            "name": path.lower().replace("/", "-").replace("_", "-").replace(".", "-"),
            "path": path,
            "bytes": len(content),
            "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        }
        if path in _TABLES:
            resource |= {"profile": "tabular-data-resource", "format": "csv", "mediatype": "text/csv"}
            resource |= {"encoding": "utf-8", **_described(_TABLES[path])}
        else:
            # A workbook laid out to be read is no table of records: validators must not take it for one.
            resource["type"] = "file"
        described.append(resource)
    sector = releases.study.get("sector") or "results"
    return {
        "profile": "data-package",
        "name": f"corrtest-{_plain(str(sector)).lower()}",
        "title": f"{'SIMULATED: ' if releases.simulated else ''}Correspondence tests: {sector}",
        "description": "What left the disclosure gate, the report made from it, and a script that makes it again.",
        "version": version("corrtest"),
        "resources": described,
    }


def _described(table: Table) -> dict[str, Any]:
    """Return the title, the description and the schema of a published table."""
    schema = table_schema(table)
    return {"title": schema["title"], "description": schema["description"], "schema": schema}


def _dictionary(design: str) -> dict[str, Any]:
    """Return what the study's own row holds, in every language: who may see each column, and whether it leaves."""
    rows: Table = "pairs" if design_named(design).matched else "applications"
    tables: tuple[Table, ...] = ("vacancies", "plan", rows)
    return {table: {code: table_schema(table, code) for code in DICTIONARY_LANGUAGES} for table in tables}


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in Path(name).name)


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ReportError(
            say("The file {path} for the bundle cannot be read: {strerror}.", path=path, strerror=error.strerror)
        ) from error
