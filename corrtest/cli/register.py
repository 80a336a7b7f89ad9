"""The verbs of `corrtest register`: the fieldwork, from an approved plan to the pairs table."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, say_json
from corrtest.errors import CorrtestError

if TYPE_CHECKING:
    from corrtest.register import Register

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

Place = Annotated[str, typer.Argument(metavar="REGISTER", help="The register: a file, or postgresql://…")]
StudyName = Annotated[str | None, typer.Option("--study", help="Which study, where the register holds several.")]
KeyFile = Annotated[Path | None, typer.Option("--key-file", help="The key file; default REGISTER.key.")]
Person = Annotated[str, typer.Option("--actor", help="Who does this: a name that is in the register.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program instead of text.")]
Pair = Annotated[str | None, typer.Option("--pair", help="The pair's number, such as P00001.")]
Arm = Annotated[str | None, typer.Option("--arm", help="control or treated.")]
At = Annotated[
    str | None, typer.Option("--at", help="When it happened: 2027-01-11T09:30 (UTC, unless +01:00 follows).")
]
Table = Annotated[Path | None, typer.Option("--file", help="A table of many instead of one: CSV, XLSX or Parquet.")]
Simulated = Annotated[bool, typer.Option("--simulated", help="Mark as simulated; every output will say so.")]


def opened(place: str, study: str | None = None, key_file: Path | None = None) -> Register:
    """Open the register that a verb names."""
    from corrtest.register import Register

    return Register.open(place, study=study, key_file=key_file)


@app.command("init")
def init(
    place: Place,
    study_file: Annotated[Path, typer.Argument(metavar="STUDY", help="The study file (TOML).")],
    key_file: KeyFile = None,
    coordinator: Annotated[str, typer.Option(help="The name of its first person, a coordinator.")] = "coordinator",
) -> None:
    """Make a register for a study; approvals in the study file go on record at once."""
    from corrtest.register import Register
    from corrtest.spec import read_study

    with Register.create(place, read_study(study_file), key_file=key_file, coordinator=coordinator) as register:
        keys = register.keys
        say(f"Made the register {register.store.name} for '{register.study.name}'.")
        if keys is not None:
            say(f"Its key file is {keys.path}: keep it apart from copies of the register, and do not lose it.")
        missing = register.study.approval.missing
        if missing:
            say(f"Not on record yet: {', '.join(missing)}. Nothing can be sent before: corrtest register approve.")


@app.command("import")
def import_plan(
    place: Place,
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="The folder that `corrtest plan` wrote.")],
    documents: Annotated[
        Path | None, typer.Option("--documents", help="The folder that `corrtest render` wrote: records its audit.")
    ] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Take in a frozen plan, and the audit of its documents where they are named."""
    with opened(place, study, key_file) as register:
        count = register.import_plan(plan, actor=actor)
        say(f"Imported {count} pairs of '{register.study.name}'.")
        if documents is None:
            say(f"Next: corrtest register approve {place} --documents DIR, once the documents are rendered.")
        else:
            register.record_audit_of(documents, actor=actor)
            say(f"The audit of {documents} is on record.")


@app.command("approve")
def approve(
    place: Place,
    ethics_reference: Annotated[str | None, typer.Option(help="Reference of the ethics committee.")] = None,
    authorised_by: Annotated[str | None, typer.Option(help="Who authorised the study.")] = None,
    employers_informed_on: Annotated[str | None, typer.Option(help="Day on which employers were informed.")] = None,
    documents: Annotated[
        Path | None, typer.Option("--documents", help="The folder that `corrtest render` wrote: records its audit.")
    ] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record what must be there before anything is sent."""
    given = (ethics_reference, authorised_by, employers_informed_on)
    if not any(given) and documents is None:
        raise CorrtestError("Give --ethics-reference, --authorised-by and --employers-informed-on, or --documents.")
    with opened(place, study, key_file) as register:
        if any(given):
            if not (ethics_reference and authorised_by and employers_informed_on):
                raise CorrtestError(
                    "Approval has three parts. Give --ethics-reference, --authorised-by and --employers-informed-on."
                )
            informed = _day(employers_informed_on)
            register.approve(ethics_reference, authorised_by, informed, actor=actor)
            say(f"The approval of '{register.study.name}' is on record.")
        if documents is not None:
            register.record_audit_of(documents, actor=actor)
            say(f"The audit of {documents} is on record.")


@app.command("sent")
def sent(
    place: Place,
    pair: Pair = None,
    arm: Arm = None,
    at: At = None,
    file: Table = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record that an application went out, or a table of them (pair_id, arm, at)."""
    from corrtest.spec import read_table

    with opened(place, study, key_file) as register:
        if file is not None:
            _say_rows(register.import_sent(read_table(file), simulated=simulated, actor=actor), file)
            return
        if pair is None or arm is None or at is None:
            raise CorrtestError("Give --pair, --arm and --at, or a table with --file.")
        register.mark_sent(pair, arm, at, simulated=simulated, actor=actor)
        say(f"{pair}, {arm}: sent {at}.")


@app.command("reaction")
def reaction(
    place: Place,
    pair: Pair = None,
    arm: Arm = None,
    word: Annotated[
        str | None,
        typer.Option("--reaction", help="invitation, other_positive, request, negative or automatic."),
    ] = None,
    at: At = None,
    channel: Annotated[str, typer.Option(help="email, telephone, voicemail, letter, form or other.")] = "",
    text: Annotated[str, typer.Option(help="The employer's words; kept apart, encrypted, never exported.")] = "",
    file: Table = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record what an employer did, or a table of reactions (pair_id, arm, reaction, at)."""
    from corrtest.spec import read_table

    with opened(place, study, key_file) as register:
        if file is not None:
            _say_rows(register.import_reactions(read_table(file), simulated=simulated, actor=actor), file)
            return
        if pair is None or arm is None or at is None or word is None:
            raise CorrtestError("Give --pair, --arm, --reaction and --at, or a table with --file.")
        register.record_reaction(pair, arm, word, at, channel=channel, text=text, simulated=simulated, actor=actor)
        say(f"{pair}, {arm}: {word} {at}.")


@app.command("export")
def export(
    place: Place,
    out: Annotated[Path, typer.Option("--out", help="The table to write: .csv or .parquet.")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="Derive silence as of this day; default now.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Write the pseudonymous pairs table for analysis: no name, no address, no text."""
    if out.suffix not in {".csv", ".parquet"}:
        raise CorrtestError(f"{out} must end in .csv or .parquet.")
    with opened(place, study) as register:
        table = register.export_pairs(as_of=as_of, actor=actor)
    progress = table.attrs.pop("progress")
    simulated = table.attrs.pop("simulated")
    if out.suffix == ".csv":
        table.to_csv(out, index=False, lineterminator="\n")
    else:
        table.to_parquet(out, index=False)
    if as_json:
        say_json(
            {
                "pairs": progress.complete,
                "awaiting_reactions": progress.awaiting_reactions,
                "not_sent": progress.not_sent,
                "given_up": progress.given_up,
                "simulated": simulated,
            }
        )
        return
    label = " SIMULATED" if simulated else ""
    say(f"Wrote {progress.complete}{label} pairs to {out}.")
    if progress.awaiting_reactions or progress.not_sent or progress.given_up:
        say(
            f"Not in it: {progress.awaiting_reactions} within their reaction window, {progress.not_sent} not sent, "
            f"{progress.given_up} given up."
        )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CorrtestError(f"'{text}' is no day. Write it as 2026-12-01.") from None


def _say_rows(rows: int, file: Path) -> None:
    if rows:
        say(f"Took in {rows} rows of {file}.")
    else:
        say(f"{file} was imported before; nothing was changed.")
