"""The verbs of `corrtest register` for supervision and oversight: people, approval, stops, coding, proof, backup."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from corrtest.cli.output import say, say_json
from corrtest.cli.register import app  # the fieldwork's verbs hang on it already, and stand first in its help
from corrtest.cli.register_options import (
    AsJson,
    At,
    Documents,
    KeyFile,
    Person,
    Place,
    StudyName,
    opened,
    say_frame,
)
from corrtest.errors import CheckFailed, CorrtestError

__all__ = ["app"]

Coder = Annotated[str, typer.Option("--actor", help="Who codes: a name that is in the register.")]


def day(text: str) -> date:
    """Read a day that a user typed."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CorrtestError(f"'{text}' is no day. Write it as 2026-12-01.") from None


@app.command("person")
def person(
    place: Place,
    name: Annotated[str, typer.Argument(help="Their name in the register.")],
    role: Annotated[str | None, typer.Option(help="coordinator, partner, coder, analyst or auditor.")] = None,
    partner: Annotated[str | None, typer.Option(help="The firm that a partner's person works for.")] = None,
    token: Annotated[
        bool, typer.Option("--token", help="Print a new token: nobody acts under this name without it any more.")
    ] = False,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Let a person work with the register, in one role; or give somebody who is in it a token."""
    if role is None and not token:
        raise CorrtestError("Give --role for a new person, or --token for one who is in the register.")
    with opened(place, study) as register:
        if role is not None:
            register.people.add(name, role, partner=partner, actor=actor)
            say(f"{name} is in the register as {role}.")
        if token:
            say(f"Token of {name}, shown once: {register.people.give_token(name, actor=actor)}")
            say("They set CORRTEST_TOKEN to it before they work with the register.")


@app.command("study")
def study_added(
    place: Place,
    study_file: Annotated[Path, typer.Argument(metavar="STUDY", help="Another study file (TOML).")],
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Take in another study, whose pairs count towards the same employers' caps."""
    from corrtest.spec import read_study

    with opened(place, study, key_file) as register:
        added = read_study(study_file)
        register.supervision.add_study(added, actor=actor)
        say(f"'{added.name}' is in the register. Name it with --study from now on.")


@app.command("approve")
def approve(
    place: Place,
    ethics_reference: Annotated[str | None, typer.Option(help="Reference of the ethics committee.")] = None,
    authorised_by: Annotated[str | None, typer.Option(help="Who authorised the study.")] = None,
    employers_informed_on: Annotated[str | None, typer.Option(help="Day on which employers were informed.")] = None,
    documents: Documents = None,
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
            informed = day(employers_informed_on)
            register.supervision.approve(ethics_reference, authorised_by, informed, actor=actor)
            say(f"The approval of '{register.study.name}' is on record.")
        if documents is not None:
            register.supervision.record_audit_of(documents, actor=actor)
            say(f"The audit of {documents} is on record.")


@app.command("stop")
def stop(
    place: Place,
    reason: Annotated[str, typer.Option(help="Why: everybody who tries to send reads it.")] = "",
    sector: Annotated[str | None, typer.Option(help="Stop every study of this sector.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Take the stop back.")] = False,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Stop the study or a sector: from the next claim on nothing goes out."""
    with opened(place, study) as register:
        what = f"the sector {sector}" if sector else f"'{register.study.name}'"
        if resume:
            register.supervision.resume(sector=sector, actor=actor)
            say(f"Resumed {what}.")
        else:
            register.supervision.stop(reason, sector=sector, actor=actor)
            say(f"Stopped {what}.")


@app.command("block")
def block(
    place: Place,
    pair: Annotated[str | None, typer.Option("--pair", help="A pair of that employer.")] = None,
    employer: Annotated[str | None, typer.Option("--employer", help="Its enterprise number.")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Never approach an employer again, in any study."""
    with opened(place, study, key_file) as register:
        register.employers.block(pair_id=pair, employer_id=employer, actor=actor)
        say("Blocked for good.")


@app.command("aliases")
def aliases(
    place: Place,
    first: Annotated[int | None, typer.Option(help="First of two employers, as listed.")] = None,
    second: Annotated[int | None, typer.Option(help="Second of the two.")] = None,
    same: Annotated[bool | None, typer.Option("--same/--different", help="One firm, or two.")] = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """List employers that may be one and the same, or decide on two of them."""
    with opened(place, study, key_file) as register:
        if first is None and second is None and same is None:
            say_frame("May be one and the same", register.employers.alias_matches(actor=actor), as_json)
        elif first is None or second is None or same is None:
            raise CorrtestError("Give --first, --second and --same or --different.")
        else:
            register.employers.decide_alias(first, second, same=same, actor=actor)
            say(f"Employers {first} and {second} are {'one' if same else 'two'}.")


@app.command("code")
def code(
    place: Place,
    item: Annotated[int | None, typer.Option(help="The item's number, as listed.")] = None,
    word: Annotated[str | None, typer.Option("--reaction", help="The second code.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write a coding sheet for Excel.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Take a filled-in coding sheet back.")] = None,
    disagreements: Annotated[bool, typer.Option("--disagreements", help="List where two codes differ.")] = False,
    adjudicate: Annotated[bool, typer.Option("--adjudicate", help="Decide between two codes.")] = False,
    agreement: Annotated[bool, typer.Option("--agreement", help="Cohen's kappa of the two codings.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Coder = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Code reactions a second time, list and settle disagreements, show the agreement."""
    with opened(place, study, key_file) as register:
        if agreement:
            say(register.coding.agreement(actor=actor).sentence())
        elif disagreements:
            say_frame("Coded differently by two people", register.coding.disagreements(actor=actor), as_json)
        elif out is not None:
            say(f"Wrote {register.sheets.write_coding_sheet(out, actor=actor)} rows to {out}.")
        elif file is not None:
            say(f"Took in {register.sheets.read_coding_sheet(file, actor=actor)} rows of {file}.")
        elif item is None and word is None:
            say_frame("Awaiting a second code", register.coding.waiting(actor=actor), as_json)
        elif item is None or word is None:
            raise CorrtestError("Give both --item and --reaction.")
        else:
            (register.coding.adjudicate if adjudicate else register.coding.code)(item, word, actor=actor)
            say(f"Item {item}: {word}.")


@app.command("audit")
def audit(
    place: Place,
    pair: Annotated[str | None, typer.Option("--pair", help="Only the events of this pair.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the last so many.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show the audit trail: who did what and when."""
    with opened(place, study) as register:
        trail = register.oversight.audit_trail(pair_id=pair, limit=limit, actor=actor)
        names = ["seq", "recorded_at", "actor", "role", "kind", "pair_id", "arm", "payload"]
        say_frame("Events", trail if as_json else trail[names], as_json)


@app.command("verify")
def verify(
    place: Place,
    head: Annotated[str | None, typer.Option(help="A hash noted earlier, which must be in the chain.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Prove that nothing was altered or dropped, or name the first bad event (exit code 1)."""
    with opened(place, study) as register:
        found = register.oversight.verify(head=head, actor=actor)
    if as_json:
        say_json(
            {
                "passed": found.passed,
                "events": found.events,
                "head": found.head,
                "first_bad": found.first_bad,
                "problems": list(found.problems),
            }
        )
        if not found.passed:
            raise typer.Exit(1)
    elif not found.passed:
        raise CheckFailed("The register is not what was written:\n" + "\n".join(f"  - {p}" for p in found.problems))
    else:
        say(f"{found.events} events, none altered, none dropped. Head: {found.head}")


@app.command("status")
def status(
    place: Place,
    picture: Annotated[Path | None, typer.Option("--picture", help="Also draw progress as an SVG file.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show progress per stratum, the use of caps, and the response so far, both arms together."""
    with opened(place, study) as register:
        found = register.oversight.status(actor=actor)
    if picture is not None:
        picture.write_bytes(found.picture())
    if as_json:
        say_json(found.to_dict())
        return
    label = " (SIMULATED)" if found.simulated else ""
    say_frame(f"{found.study}{label}: applications", found.strata, False)
    say_frame("Employers by pairs received", found.caps, False)
    say_frame("Reactions, both arms together", found.reactions, False)


@app.command("backup")
def backup(
    place: Place,
    out: Annotated[Path | None, typer.Option("--out", help="The copy to write, while others go on working.")] = None,
    restore: Annotated[Path | None, typer.Option("--restore", help="Make the register from this copy.")] = None,
    study: StudyName = None,
    actor: Person = "coordinator",
) -> None:
    """Copy the register while it is in use, or make it anew from a copy."""
    from corrtest.register import Register

    if (out is None) == (restore is None):
        raise CorrtestError("Give --out or --restore.")
    if restore is not None:
        Register.restore(restore, place)
        say(f"Restored {place}. Put its key file back in secret, then: corrtest register verify {place}")
    elif out is not None:
        with opened(place, study) as register:
            head = register.oversight.backup(out, actor=actor)
        say(f"Copied to {out}. The key file is not in it. Head: {head}")


@app.command("erase")
def erase(
    place: Place,
    retention_date: Annotated[str, typer.Option(help="The day from which identities may be destroyed.")],
    confirmed: Annotated[bool, typer.Option("--yes", help="Do it: it cannot be undone.")] = False,
    at: At = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Destroy the identities and free texts of a study, once its retention date has come."""
    with opened(place, study, key_file) as register:
        if not confirmed:
            raise CorrtestError(
                f"This destroys who the employers of '{register.study.name}' are, for good. Add --yes to do it."
            )
        erased = register.employers.erase(day(retention_date), at or register.now(), actor=actor)
        say(f"Destroyed: {erased.vacancies} vacancies, {erased.texts} texts, {erased.employers} employers.")
