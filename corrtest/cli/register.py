"""The verbs of `corrtest register` for the fieldwork itself, from a frozen plan to the pairs table.

`registering` has those of supervision and oversight; both hang on the one `app` of `register_options`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from corrtest.cli.output import say, say_json
from corrtest.cli.register_options import (
    Arm,
    AsJson,
    At,
    Documents,
    KeyFile,
    Pair,
    Person,
    Place,
    Simulated,
    StudyName,
    Table,
    actor_is_coordinator,
    app,
    opened,
    say_frame,
    say_rows,
    write_table,
)
from corrtest.errors import CorrtestError

if TYPE_CHECKING:
    from corrtest.register import Register

__all__ = ["app"]


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
        say(f"Made the register {register.name} for '{register.study.name}'.")
        if keys is not None:
            say(f"Its key file is {keys.path}: keep it apart from copies of the register, and do not lose it.")
        missing = register.study.approval.missing
        if missing:
            say(f"Not on record yet: {', '.join(missing)}. Nothing can be sent before: corrtest register approve.")


@app.command("import")
def import_plan(
    place: Place,
    plan: Annotated[
        Path | None, typer.Argument(metavar="[PLAN]", help="The folder that `corrtest plan` wrote.")
    ] = None,
    documents: Documents = None,
    vacancies: Annotated[
        Path | None, typer.Option("--vacancies", help="More vacancies: reserves, and a check on double employers.")
    ] = None,
    events: Annotated[
        Path | None,
        typer.Option(
            "--events",
            help="A partner's own log (pair_id, arm, event, at): claimed, sent, reaction, withdrawn, failed, skipped.",
        ),
    ] = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Take in a frozen plan or its next version, the audit of its documents, more vacancies, or a partner's log."""
    from corrtest.register import read_entries
    from corrtest.spec import read_vacancies

    if plan is None and documents is None and vacancies is None and events is None:
        raise CorrtestError("Name what to import: the plan's folder, --documents, --vacancies or --events.")
    with opened(place, study, key_file) as register:
        if plan is not None:
            _import_plan(register, plan, actor)
        if documents is not None:
            register.supervision.record_audit_of(documents, actor=actor)
            say(f"The audit of {documents} is on record.")
        elif plan is not None:
            say(f"Next: corrtest register import {place} --documents DIR, once the documents are rendered.")
        if vacancies is not None:
            count = register.intake.import_vacancies(read_vacancies(vacancies, register.study), actor=actor)
            say(f"Took in {count} vacancies as reserves.")
        if events is not None:
            say_rows(register.intake.import_events(read_entries(events), simulated=simulated, actor=actor), events)
        if register.keys is not None and actor_is_coordinator(register, actor):
            waiting = len(register.employers.alias_matches(actor=actor))
            if waiting:
                say(f"{waiting} pairs of employers may be one and the same: corrtest register aliases {place}")


def _import_plan(register: Register, plan: Path, actor: str) -> None:
    if register.intake.plan_version is None:
        say(f"Imported {register.intake.import_plan(plan, actor=actor)} pairs of '{register.study.name}'.")
        return
    amended = register.intake.amend_plan(plan, actor=actor)
    say(f"Took in version {amended.version}: {amended.added} pairs added, {amended.taken_out} taken out.")


@app.command("already-sent")
def already_sent(
    place: Place,
    out: Annotated[Path, typer.Option("--out", help="The table to write: .csv or .parquet.")],
    amending: Annotated[
        bool, typer.Option("--amending", help="For `corrtest plan --amend`: leave this study's own plan out.")
    ] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Write what employers got or will get, for `corrtest plan --already-sent`. It names employers: delete it after."""
    with opened(place, study, key_file) as register:
        table = register.employers.approached(amending=amending, actor=actor)
    if table.empty:
        say("No employer got anything: plan without --already-sent.")
        return
    write_table(table, out)
    say(f"Wrote {len(table)} rows to {out}: they name employers. Plan with --already-sent {out}, then delete it.")
    if table.attrs["unreadable"]:
        say(f"Not in it: {table.attrs['unreadable']} pairs of employers whose identity was destroyed.")


@app.command("worklist")
def worklist(
    place: Place,
    at: At = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write it as an Excel sheet to fill in.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Take a filled-in work list back.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="At most so many rows.")] = None,
    withdrawals: Annotated[bool, typer.Option("--withdrawals", help="Show what awaits withdrawal instead.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show what can be sent now, in order; or write it as a sheet, or take a filled-in sheet back."""
    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if file is not None:
            say_rows(register.sheets.read_worklist(file, actor=actor), file)
        elif out is not None:
            say(f"Wrote {register.sheets.write_worklist(out, when, limit=limit, actor=actor)} rows to {out}.")
        elif withdrawals:
            say_frame(
                "Positive reactions to withdraw", register.replies.awaiting_withdrawal(when, actor=actor), as_json
            )
        else:
            say_frame(f"To send on {when[:10]}", register.sending.worklist(when, limit=limit, actor=actor), as_json)


@app.command("claim")
def claim(
    place: Place,
    count: Annotated[int, typer.Option(min=1, help="How many applications.")] = 10,
    hours: Annotated[float, typer.Option(help="For how long they are yours.")] = 8.0,
    pair: Pair = None,
    arm: Arm = None,
    at: At = None,
    release: Annotated[bool, typer.Option("--release", help="Give the named application back.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Claim the most urgent applications, or one: nobody else can take them meanwhile."""
    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if pair is None or arm is None:
            if release or pair is not None or arm is not None:
                raise CorrtestError("Give both --pair and --arm.")
            table = register.sending.claim_next(when, count=count, hours=hours, actor=actor)
            say_frame(f"Claimed by {actor} for {hours:g} hours", table, as_json)
        elif release:
            register.sending.release(pair, arm, when, actor=actor)
            say(f"{pair}, {arm}: given back.")
        else:
            register.sending.claim(pair, arm, when, hours=hours, actor=actor)
            say(f"{pair}, {arm}: claimed by {actor} for {hours:g} hours.")


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
    from corrtest.register import read_entries

    with opened(place, study, key_file) as register:
        if file is not None:
            say_rows(register.sending.import_sent(read_entries(file), simulated=simulated, actor=actor), file)
            return
        if pair is None or arm is None or at is None:
            raise CorrtestError("Give --pair, --arm and --at, or a table with --file.")
        register.sending.mark_sent(pair, arm, at, simulated=simulated, actor=actor)
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
    out: Annotated[
        Path | None, typer.Option("--out", help="Write an Excel sheet on which reactions are noted.")
    ] = None,
    sheet: Annotated[Path | None, typer.Option("--sheet", help="Take such a filled-in sheet back.")] = None,
    simulated: Simulated = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record what an employer did, or a table of reactions (pair_id, arm, reaction, at)."""
    from corrtest.register import read_entries

    with opened(place, study, key_file) as register:
        if out is not None:
            say(f"Wrote {register.sheets.write_reaction_sheet(out, actor=actor)} rows to {out}.")
            return
        if sheet is not None:
            say_rows(register.sheets.read_reaction_sheet(sheet, actor=actor), sheet)
            return
        if file is not None:
            say_rows(register.replies.import_reactions(read_entries(file), simulated=simulated, actor=actor), file)
            return
        if pair is None or arm is None or at is None or word is None:
            raise CorrtestError("Give --pair, --arm, --reaction and --at, or a table with --file.")
        register.replies.record(pair, arm, word, at, channel=channel, text=text, simulated=simulated, actor=actor)
        say(f"{pair}, {arm}: {word} {at}.")


@app.command("withdraw")
def withdraw(
    place: Place,
    pair: Pair = None,
    arm: Arm = None,
    at: At = None,
    file: Table = None,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Put on record that employers were told that the candidate is no longer available (pair_id, arm, at)."""
    from corrtest.register import read_entries

    with opened(place, study) as register:
        if file is not None:
            say_rows(register.replies.import_withdrawals(read_entries(file), actor=actor), file)
            return
        if pair is None or arm is None:
            raise CorrtestError("Give --pair and --arm, or a table with --file.")
        register.replies.withdraw(pair, arm, at or register.now(), actor=actor)
        say(f"{pair}, {arm}: withdrawn.")


@app.command("end")
def end(
    place: Place,
    how: Annotated[str, typer.Argument(metavar="HOW", help="skip, fail, replace, or close (all whose window passed).")],
    pair: Pair = None,
    arm: Arm = None,
    reason: Annotated[str, typer.Option(help="Why; name no employer.")] = "",
    vacancy_withdrawn: Annotated[
        bool, typer.Option("--vacancy-withdrawn", help="With fail: not bounced, the employer withdrew the vacancy.")
    ] = False,
    at: At = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """End applications: skipped, failed, replaced by a reserve, or closed after their reaction window."""
    with opened(place, study, key_file) as register:
        when = at or register.now().isoformat()
        if how == "close":
            say(f"Closed {register.replies.close_applications(when, actor=actor)} applications.")
        elif how == "replace" and pair is not None:
            say(f"{pair} is replaced by {register.sending.replace(pair, reason, when, actor=actor)}.")
        elif how == "skip" and pair is not None and arm is not None:
            register.sending.skip(pair, arm, reason, when, actor=actor)
            say(f"{pair}, {arm}: skipped.")
        elif how == "fail" and pair is not None and arm is not None:
            cause = "vacancy_withdrawn" if vacancy_withdrawn else "bounced"
            register.sending.fail(pair, arm, reason, when, cause=cause, actor=actor)
            say(f"{pair}, {arm}: failed.")
        else:
            raise CorrtestError(
                "Use: end close, end replace --pair P, or end skip|fail --pair P --arm A --reason TEXT."
            )


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
        table = register.oversight.export_pairs(as_of=as_of, actor=actor)
    progress = table.attrs.pop("progress")
    simulated = table.attrs.pop("simulated")
    write_table(table, out)
    if as_json:
        say_json(
            {
                "pairs": progress.complete,
                "awaiting_reactions": progress.awaiting_reactions,
                "awaiting_adjudication": progress.awaiting_adjudication,
                "not_sent": progress.not_sent,
                "given_up": progress.given_up,
                "simulated": simulated,
            }
        )
        return
    label = " SIMULATED" if simulated else ""
    say(f"Wrote {progress.complete}{label} pairs to {out}.")
    if progress.awaiting_reactions or progress.not_sent or progress.given_up or progress.awaiting_adjudication:
        say(
            f"Not in it: {progress.awaiting_reactions} within their reaction window, {progress.not_sent} not sent, "
            f"{progress.given_up} given up, {progress.awaiting_adjudication} coded differently by two people."
        )
