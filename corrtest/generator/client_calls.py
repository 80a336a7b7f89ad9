"""The sheets of calls by a client: the script with its wish, the calls of each caller, and the neutral script to pilot.

Every script is the neutral one with the wish at one place; the audit says so for each call.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from corrtest.design import Plan
from corrtest.errors import GeneratorError
from corrtest.language import say
from corrtest.pages import Bullets, Cell, Chapter, Column, Document, Paragraph, Table, catalogue, write_documents
from corrtest.pages import write_files as write_many
from corrtest.spec import Study, client_wishes, make_private

__all__ = ["ClientCallSheets", "client_script", "render_client_calls"]

_MANIFEST, _AUDIT = "manifest.json", "audit.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientCallSheets:
    """What was written: files, calls, and calls whose script the audit refuses."""

    files: tuple[Path, ...]
    calls: int
    failures: int


@cache
def _scripts() -> Mapping[str, Any]:
    return tomllib.loads(files("corrtest.generator").joinpath("client_scripts.toml").read_text(encoding="utf-8"))


def client_script(study: Study, wish: str | None, language: str | None = None) -> tuple[str, ...]:
    """Return the lines of a call: with a wish, or the neutral script without one.

    Raises
    ------
    GeneratorError
        There is no script in that language.
    """
    spoken = language or study.language
    scripts, workers = _scripts()["script"], _scripts()["worker"]
    if spoken not in scripts:
        raise GeneratorError(
            say(
                "There is no call script in language '{language}'; there is one in {words}.",
                language=spoken,
                words=", ".join(scripts),
            )
        )
    worker = workers.get(study.sector, workers["other"])[spoken]
    said = () if wish is None else (client_wishes()[wish].sentence[spoken],)
    lines = (*scripts[spoken]["before"], *said, *scripts[spoken]["after"])
    return tuple(line.replace("{worker}", worker) for line in lines)


def render_client_calls(plan: Plan, folder: str | Path, formats: Sequence[str] = ("pdf", "html")) -> ClientCallSheets:
    """Write the sheets of a plan of calls, their audit and their manifest into `folder`."""
    study, folder = plan.study, make_private(Path(folder))
    written: list[Path] = []
    wishes = tuple(dict.fromkeys(plan.pairs["level"]))
    for caller, own in plan.pairs.groupby("partner", sort=True):
        name = "-".join(["calls", *str(caller).split()])
        written += write_documents([_sheet(study, own, str(caller))], name, folder, formats)
    written += write_documents([_pilot(study)], "pilot", folder, formats)
    passed = {wish: _differs_in_the_wish_alone(study, wish) for wish in wishes}
    rows = plan.pairs[["pair_id", "level"]].assign(check="script", passed=plan.pairs["level"].map(passed))
    manifest = {
        "study": study.name,
        "plan": plan.manifest["sha256"],
        "scripts": {wish: _digest(client_script(study, wish)) for wish in wishes},
        "neutral": _digest(client_script(study, None)),
    }
    written += write_many(
        {
            _AUDIT: rows.to_csv(index=False, lineterminator="\n").encode(),
            _MANIFEST: (json.dumps(manifest, indent=1, sort_keys=True) + "\n").encode(),
        },
        folder,
    )
    return ClientCallSheets(files=tuple(written), calls=len(plan.pairs), failures=int((~rows["passed"]).sum()))


def _differs_in_the_wish_alone(study: Study, wish: str) -> bool:
    """Say whether a script is the neutral one with the wish's sentence put in once."""
    script, neutral = client_script(study, wish), client_script(study, None)
    added = [line for line in script if line not in neutral]
    return len(added) == 1 and tuple(line for line in script if line != added[0]) == neutral


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _sheet(study: Study, calls: pd.DataFrame, caller: str) -> Document:
    words = catalogue(study.language).with_labels(study.client_calls.labels() if study.client_calls else {})
    chapters = [
        Chapter(
            name=f"script-{wish}",
            title=words.text("Script: {wish}", wish=words.name("level", wish)),
            blocks=(
                Paragraph(text=words.text("Say it as it stands; what stands in brackets is what you do.")),
                Bullets(items=client_script(study, wish)),
            ),
        )
        for wish in dict.fromkeys(calls["level"])
    ]
    several = calls["level"].nunique() > 1
    heads = [words.text("call"), words.text("day"), words.text("firm"), words.text("telephone")]
    heads += [words.text("wish")] if several else []
    rows = [
        [
            str(row["pair_id"]),
            words.date(pd.Timestamp(row["send_first_on"]).date().isoformat()),
            str(row.get("employer_name") or row["employer_id"]),
            str(row["address"]),
            *([words.name("level", str(row["level"]))] if several else []),
        ]
        for row in calls.sort_values(["send_first_on", "pair_id"]).to_dict("records")
    ]
    table = Table(
        name="calls",
        caption=words.text("The calls, day by day"),
        columns=tuple(Column(header=head, numeric=False) for head in heads),
        rows=tuple(tuple(Cell(text=text) for text in row) for row in rows),
        note=words.text("Internal: this sheet names firms. The answers go into the register, never on this sheet."),
    )
    chapters.append(Chapter(name="calls", title=words.text("Calls"), blocks=(table,)))
    return Document(
        language=words.language,
        title=words.text("Call sheet: {name}", name=study.name),
        subtitle=caller,
        simulated="",
        contents_title=words.text("Contents"),
        chapters=tuple(chapters),
    )


def _pilot(study: Study) -> Document:
    words = catalogue(study.language)
    return Document(
        language=words.language,
        title=words.text("Pilot: the neutral script"),
        subtitle=study.name,
        simulated="",
        contents_title=words.text("Contents"),
        chapters=(
            Chapter(
                name="pilot",
                title=words.text("Script without a wish"),
                blocks=(
                    Paragraph(
                        text=words.text(
                            "Try the call on a few firms outside the sample, without the wish: is it understood, is it "
                            "believed, how long does it take? Nothing of it counts."
                        )
                    ),
                    Bullets(items=client_script(study, None)),
                ),
            ),
        ),
    )
