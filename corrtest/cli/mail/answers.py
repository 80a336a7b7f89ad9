"""The verb mail answers: what came in and waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from corrtest.cli.options import AsJson
from corrtest.cli.output import show, show_json, show_table
from corrtest.cli.places import Places
from corrtest.cli.register.opening import opened, split
from corrtest.cli.register.options import KeyFile, Person, Place, StudyName
from corrtest.errors import CorrtestError
from corrtest.language import mark, say

if TYPE_CHECKING:
    from corrtest.mail import Answer
    from corrtest.register import Register

_KINDS = {
    "bounce": mark("did not arrive"),
    "delayed": mark("delayed"),
    "receipt": mark("receipt"),
    "automatic": mark("automatic, by its headers"),
    "says_automatic": mark("automatic, by its words"),
    "calendar": mark("request for a meeting"),
    "forward": mark("forwarded"),
}
_STATES = {
    "unmatched": mark("to be linked"),
    "waiting": mark("to be confirmed"),
    "confirmed": mark("confirmed"),
    "set_aside": mark("set aside"),
}


def answers(
    place: Place = None,
    number: Annotated[
        str | None, typer.Argument(metavar="MAIL", help="The number of one mail: its words are shown.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Those confirmed and set aside, too.")] = False,
    study: StudyName = None,
    key_file: KeyFile = None,
    actor: Person = "coordinator",
    as_json: AsJson = False,
) -> None:
    """Show what came in and waits for a person, or one mail in full; which candidate was written to is masked."""
    from corrtest.mail import one_answer, read_answers

    place, number = split(place, number)
    with opened(place, study, key_file) as register:
        if number is not None:
            found = [one_answer(register, mail_number(number), actor=actor)]
        else:
            states = tuple(_STATES) if every else ("unmatched", "waiting")
            found = read_answers(register, actor=actor, states=states)
        suggested = _suggested(register, found, actor)
    if as_json:
        show_json(
            [{**told(each), "text": each.text, "suggested": suggested.get(each.mail.number, "")} for each in found]
        )
    elif number is not None:
        show_one(found[0])
        show("".join(f"\n{said}" for said in suggested.values()))
    else:
        _show_all(found, suggested)


def _suggested(register: Register, found: list[Answer], actor: str) -> dict[int, str]:
    """Return number of a mail → what it may be, and the words that made it; none where suggestions are off."""
    from corrtest.mail import suggested_for
    from corrtest.register import word

    folder = Places.here().folder
    if folder is None:
        return {}
    return {
        number: say(
            "perhaps {reaction}: {words}",
            reaction=say(_KINDS["bounce"]) if each.reaction == "bounced" else word(each.reaction),
            words=", ".join(each.evidence),
        )
        for number, each in suggested_for(register, folder.secret, found, actor=actor).items()
    }


def mail_number(text: str) -> int:
    """Read the number of a mail that a user typed."""
    if not text.isdecimal():
        raise CorrtestError(say("'{text}' is no number of a mail. See: corrtest mail answers", text=text))
    return int(text)


def told(answer: Answer) -> dict[str, Any]:
    """Return what is said of a mail; of one that is not linked yet, to whom it went and what it may answer."""
    from corrtest.mail import EVIDENCE

    mail = answer.mail
    fields: dict[str, Any] = {
        "mail": mail.number,
        "at": mail.at,
        "state": mail.state,
        "applications": list(answer.applications),
        "from": answer.message.sender,
        "subject": answer.subject,
        "kinds": [say(_KINDS[kind]) for kind in mail.kinds],
        "evidence": [say(EVIDENCE[why]) for why in mail.evidence],
        "attachments": list(answer.attachments),
        "outcome": mail.outcome,
    }
    return fields if mail.pair_id else {**fields, "to": list(answer.message.to), "likely": list(mail.likely)}


def show_one(answer: Answer) -> None:
    """Show one mail in full."""
    from corrtest.register import local_time

    fields = told(answer) | {"at": local_time(answer.mail.at), "state": say(_STATES[answer.mail.state])}
    names = {
        "mail": say("mail"), "at": say("written"), "state": say("state"), "applications": say("application"),
        "from": say("from"), "to": say("to"), "subject": say("subject"), "kinds": say("kind"),
        "evidence": say("because"), "attachments": say("files"), "outcome": say("outcome"),
        "likely": say("may answer application"),
    }  # fmt: skip
    for key, title in names.items():
        value = fields.get(key)
        if value:
            show(f"{title}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    show(f"\n{answer.text}")


def _show_all(found: list[Answer], suggested: Mapping[int, str]) -> None:
    from corrtest.register import local_time

    if not found:
        show(say("Nothing that came in waits for you."))
        return
    rows = []
    for answer in found:
        fields = told(answer)
        numbers = fields.get("likely") or fields["applications"]
        rows.append(
            (
                answer.mail.number,
                local_time(answer.mail.at),
                say(_STATES[answer.mail.state]),
                ", ".join(map(str, numbers)) + ("?" if fields.get("likely") else ""),
                answer.message.sender,
                answer.subject[:60],
                "; ".join([*fields["kinds"], *fields["evidence"], *filter(None, [suggested.get(answer.mail.number)])]),
            )
        )
    titles = (
        say("mail"),
        say("written"),
        say("state"),
        say("application"),
        say("from"),
        say("subject"),
        say("kind and evidence"),
    )
    show_table(say("Mail that waits for you"), titles, rows)
    show(say("Read one: corrtest mail answers MAIL. Then: corrtest mail confirm MAIL --reaction …"))
