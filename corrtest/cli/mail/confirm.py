"""The verbs mail confirm, link and aside: what a person makes of mail that came in."""

from __future__ import annotations

from typing import Annotated

import typer

from corrtest.cli.mail.answers import mail_number
from corrtest.cli.output import show
from corrtest.cli.register.opening import opened
from corrtest.cli.register.options import At, KeyFile, Person, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import say

Register = Annotated[str | None, typer.Option("--register", help="The register, if not the study folder's.")]
Mail = Annotated[str, typer.Argument(metavar="MAIL", help="The number of the mail, from corrtest mail answers.")]


def confirm(
    mails: Annotated[list[str], typer.Argument(metavar="MAIL…", help="Numbers of mails, from corrtest mail answers.")],
    word: Annotated[
        str | None,
        typer.Option("--reaction", help="What the employer did: the words of corrtest register reaction."),
    ] = None,
    bounced: Annotated[bool, typer.Option("--bounced", help="It says that our letter did not arrive.")] = False,
    at: At = None,
    confirmed: Annotated[
        bool, typer.Option("--confirmed", help="The date is right, though it lies after the window for reactions.")
    ] = False,
    place: Register = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Say what mails are: the reaction is put on record with the date and the words of the mail."""
    from corrtest.mail import confirm as confirmed_as
    from corrtest.register import word as said

    if (word is None) == (not bounced):
        raise CorrtestError(say("Say either --reaction or --bounced."))
    with opened(place, study, key_file) as register:
        for number in [mail_number(each) for each in mails]:
            if word is None:
                register.inbox.confirm_bounce(number, say("it came back: mail {number}", number=number), actor=actor)
                show(say("Mail {number}: the letter did not arrive.", number=number))
            else:
                confirmed_as(register, number, word, at=at, confirmed=confirmed, actor=actor)
                show(say("Mail {number}: {word}.", number=number, word=said(word)))


def link(
    mail: Mail,
    who: Annotated[
        list[str],
        typer.Argument(metavar="WHO…", help="The application that it answers; both of a pair where it answers both."),
    ],
    place: Register = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Say which application a mail answers, where that was not known or was wrong."""
    number = mail_number(mail)
    with opened(place, study, key_file) as register:
        found = [register.finding.one(each, "reaction", actor=actor) for each in who]
        if len({each.pair_id for each in found}) > 1:
            raise CorrtestError(say("These are applications of different pairs. A mail answers one pair."))
        register.inbox.place(number, found, actor=actor)
        numbers = ", ".join(str(each.number) for each in found)
        show(say("Mail {number} answers application {numbers}.", number=number, numbers=numbers))


def aside(
    mail: Mail,
    reason: Annotated[str, typer.Option("--reason", help="Why it is no answer; name no employer in it.")],
    place: Register = None,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
) -> None:
    """Set a mail aside that is no answer of an employer; it stays kept."""
    number = mail_number(mail)
    with opened(place, study, key_file) as register:
        register.inbox.set_aside(number, reason, actor=actor)
        show(say("Mail {number} is set aside.", number=number))
