"""Send what is due: one letter at a time, each with an event before it leaves and one after the server's answer."""

from __future__ import annotations

import json
import smtplib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import make_msgid
from pathlib import Path
from typing import Literal

from corrtest.design import substream
from corrtest.errors import RegisterError
from corrtest.language import say
from corrtest.mail import connections
from corrtest.mail.connections import MailTrouble
from corrtest.mail.letters import Draft, mail_of, read_draft
from corrtest.mail.mailboxes import Mailbox, MailPlan
from corrtest.register import Candidate, LetterKind, Refusal, Register
from corrtest.spec import BELGIAN_TIME

__all__ = ["Due", "Outcome", "check_ready", "due_letters", "rehearse", "send_due", "send_letters"]

HOUR = timedelta(hours=1)
WORKING_DAYS = 5
OutcomeKind = Literal["sent", "refused", "unsettled", "later", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A letter that may go now: whose, through which mailbox, and what it says. `fault` is why it cannot go."""

    number: int
    pair_id: str
    arm: str
    candidate: str
    recipient: str
    mailbox: Mailbox | None
    draft: Draft | None
    fault: str = ""
    what: LetterKind = "application"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a letter: sent, refused by the server, unsettled, put off until later, or held by a rule."""

    due: Due
    kind: OutcomeKind
    why: str = ""


@dataclass(slots=True)
class _Pace:
    """How many letters went in the last hour, by mailbox and by domain of the employer."""

    sent: dict[tuple[str, str], list[datetime]] = field(default_factory=lambda: defaultdict(list))

    def free_from(self, what: tuple[str, str], most: int, at: datetime) -> datetime | None:
        """Return from when one more may go; None where it may go now."""
        recent = sorted(moment for moment in self.sent[what] if moment > at - HOUR)
        return recent[-most] + HOUR if len(recent) >= most else None


def due_letters(
    register: Register, plan: MailPlan, documents: Path, at: datetime, *, actor: str, limit: int | None = None
) -> list[Due]:
    """Return the letters that may go out by mail at `at`, in the order of the work list."""
    table = register.sending.worklist(at, actor=actor)
    if table.attrs["stopped"]:
        register.post.check_gate(actor=actor)
    if table.empty:
        return []
    people = register.post.candidates(actor=actor)
    unsettled = {
        (letter.pair_id, letter.arm)
        for letter in register.post.letters(actor=actor)
        if letter.what == "application" and letter.is_held
    }
    unsendable = say("its documents are specimens, which are never sent") if _is_specimen(documents) else ""
    if register.study.simulated:
        unsendable = say("the study is simulated, and sends nothing")
    found: list[Due] = []
    for row in table[table["channel"] == "email"].to_dict("records"):
        if (row["pair_id"], row["arm"]) in unsettled:
            continue  # listed by `mail settle`: a person says whether it goes again
        if limit is not None and len(found) == limit:
            break
        person = people.get((row["documents"], row["arm"]))
        recipient = str(row["address"])
        mailbox = None if person is None else plan.mailbox_of(person.mailbox)
        draft, fault = None, _fault(person, mailbox, recipient, unsendable)
        if person is not None and not fault:
            draft, fault = _draft(documents / row["documents"] / row["arm"], person)
        found.append(
            Due(
                number=int(row["application"]),
                pair_id=row["pair_id"],
                arm=row["arm"],
                candidate="" if person is None else person.name,
                recipient=recipient,
                mailbox=mailbox,
                draft=draft,
                fault=fault,
            )
        )
    return found


def _fault(person: Candidate | None, mailbox: Mailbox | None, recipient: str, unsendable: str) -> str:
    if person is None:
        return say("its candidate is not known. Record the documents: corrtest register approve --documents DIR")
    if mailbox is None:
        return say("no mailbox of mailboxes.toml carries {address}", address=person.mailbox)
    if unsendable:
        return unsendable
    return "" if "@" in recipient else say("its vacancy has no mail address")


def _draft(folder: Path, person: Candidate) -> tuple[Draft | None, str]:
    try:
        draft = read_draft(folder)
    except RegisterError as error:
        return None, error.message
    if draft.address != person.mailbox.casefold():
        return None, say("its documents name another sender than the register")
    return draft, ""


def _is_specimen(documents: Path) -> bool:
    try:
        return bool(json.loads((documents / "manifest.json").read_text(encoding="utf-8")).get("specimen", False))
    except (OSError, ValueError):
        raise RegisterError(
            say("{folder} holds no documents. Make them with: corrtest render", folder=documents)
        ) from None


def send_due(
    register: Register,
    plan: MailPlan,
    documents: Path,
    *,
    actor: str,
    limit: int | None = None,
    wait: Callable[[float], None],
) -> Iterator[Outcome]:
    """Send the applications that are due, as `send_letters`."""
    check_ready(register, plan, actor)
    due = due_letters(register, plan, documents, register.now(), actor=actor, limit=limit)
    yield from send_letters(register, plan, due, actor=actor, wait=wait)


def check_ready(register: Register, plan: MailPlan, actor: str) -> None:
    """Refuse to send anything where the study is not approved, is stopped, or nothing was rehearsed yet."""
    register.post.check_gate(actor=actor)
    if not register.post.rehearsed(actor=actor):
        raise Refusal(
            "not_approved",
            say(
                "Nothing was sent to the test address {address} yet. First: corrtest mail send --rehearsal",
                address=plan.test_address,
            ),
        )


def send_letters(
    register: Register, plan: MailPlan, letters: Iterable[Due], *, actor: str, wait: Callable[[float], None]
) -> Iterator[Outcome]:
    """Send letters, one at a time, and yield what became of each.

    Between two letters `wait` is called with a pause in seconds that differs from time to time. Approval, a stop and
    the hours are looked at before each, so that a stop holds within one letter.

    Raises
    ------
    Refusal
        The study is not approved any more, or is stopped.
    """
    pace = _pace(register, actor)
    chance = substream(register.study.seed, "mail", register.study.name, register.now().isoformat())
    first = True
    for due in letters:
        mailbox, draft = due.mailbox, due.draft
        if due.fault or mailbox is None or draft is None:
            yield Outcome(due=due, kind="held", why=due.fault)
            continue
        if not first:
            wait(float(chance.uniform(*plan.pause)))
        first = False
        at = register.now()
        if closed := hours_closed(register, plan, at):
            yield Outcome(due=due, kind="later", why=closed)
            return
        tokens = (
            ("mailbox", register.post.token("mail mailbox", mailbox.address)),
            ("domain", register.post.token("mail domain", due.recipient.rpartition("@")[2].casefold())),
        )
        limits = (mailbox.per_hour, plan.per_domain_per_hour)
        frees = [pace.free_from(token, most, at) for token, most in zip(tokens, limits, strict=True)]
        if any(frees):
            free = max(each for each in frees if each is not None).astimezone(BELGIAN_TIME)
            yield Outcome(due=due, kind="later", why=say("enough for this hour; again from {time:%H:%M}", time=free))
            continue
        try:
            outcome = _send_one(register, due, mailbox, draft, at, dict(tokens), actor)
        except Refusal as refusal:
            if refusal.reason in ("stopped", "not_approved"):
                raise
            outcome = Outcome(due=due, kind="held", why=refusal.message)
        if outcome.kind != "held":
            for token in tokens:
                pace.sent[token].append(at)
        yield outcome


def hours_closed(register: Register, plan: MailPlan, at: datetime) -> str:
    """Return why nothing goes out at this hour; "" where it may."""
    local = at.astimezone(BELGIAN_TIME)
    if local.weekday() >= WORKING_DAYS or local.date() in register.study.fieldwork.blackout_days:
        return say("not on a day on which nobody works")
    if not plan.opens <= local.time() < plan.closes:
        return say("only between {opens:%H:%M} and {closes:%H:%M}", opens=plan.opens, closes=plan.closes)
    return ""


def _pace(register: Register, actor: str) -> _Pace:
    pace = _Pace()
    for letter in register.post.letters(actor=actor):
        at = datetime.fromisoformat(letter.at)
        pace.sent["mailbox", letter.mailbox].append(at)
        pace.sent["domain", letter.domain].append(at)
    return pace


def _send_one(
    register: Register,
    due: Due,
    mailbox: Mailbox,
    draft: Draft,
    at: datetime,
    tokens: Mapping[str, str],
    actor: str,
) -> Outcome:
    message_id = register.post.message_id(due.pair_id, due.arm, draft.address.rpartition("@")[2], due.what)
    source = mail_of(draft, due.recipient, message_id, at, language=register.study.language)
    try:
        with connections.smtp(mailbox) as server:
            # The server is there and knows us; only now is the letter put down as handed over.
            told = {**tokens, "message_id": message_id}
            register.post.hand_over(due.pair_id, due.arm, at, what=due.what, actor=actor, **told)
            answer = hand_over(server, draft.address, due.recipient, mailbox.address, source)
    except MailTrouble as error:
        return Outcome(due=due, kind="later", why=error.message)
    if answer is None:
        return Outcome(
            due=due, kind="unsettled", why=say("the connection broke before the server's answer; it may be out")
        )
    code, said = answer
    went = 200 <= code < 300
    register.post.settle(due.pair_id, due.arm, went=went, how="answer", code=code, what=due.what, actor=actor)
    if not went:
        return Outcome(due=due, kind="refused", why=say("the server answers {code} {text}", code=code, text=said))
    _keep_copy(mailbox, source)
    return Outcome(due=due, kind="sent")


def hand_over(
    server: smtplib.SMTP, sender: str, recipient: str, own_copy: str, source: bytes
) -> tuple[int, str] | None:
    """Hand a mail to the server for its recipient and, as a copy that proves it, for our own mailbox.

    Returns the server's last answer, or None where it cannot be known whether the mail went. The employer's address
    comes first: where it is refused, nothing goes to anybody.
    """
    final = False
    try:
        for code, text in _envelope(server, sender, recipient, own_copy):
            if code >= 300:
                server.rset()
                return code, _line(text)
        server.putcmd("data")
        code, text = server.getreply()
        if code != 354:
            server.rset()
            return code, _line(text)
        final = True
        server.send(_dotted(source))
        code, text = server.getreply()
    except (OSError, smtplib.SMTPException):
        # Before the first byte of the mail itself nothing can have gone.
        return None if final else (421, say("the connection broke before the mail was handed over"))
    return code, _line(text)


def _envelope(server: smtplib.SMTP, sender: str, recipient: str, own_copy: str) -> Iterator[tuple[int, bytes]]:
    yield server.mail(sender)
    yield server.rcpt(recipient)
    yield server.rcpt(own_copy)


def _dotted(source: bytes) -> bytes:
    return source.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def _line(text: bytes) -> str:
    return text.decode("ascii", "replace").replace("\n", " ")[:200]


def _keep_copy(mailbox: Mailbox, source: bytes) -> None:
    """Put a copy among the sent mail, as mail programs do; the letter is out whether that works or not."""
    if not mailbox.sent_folder:
        return
    try:
        with connections.imap(mailbox) as server:
            server.append(f'"{mailbox.sent_folder}"', r"(\Seen)", "", source)
    except MailTrouble:
        return


def rehearse(register: Register, plan: MailPlan, drafts: Mapping[Mailbox, Draft], at: datetime, *, actor: str) -> int:
    """Send one letter through each mailbox to the study's own test address; return how many went.

    Raises
    ------
    MailTrouble
        A server would not take one; nothing is put on record then.
    """
    for mailbox, draft in drafts.items():
        source = mail_of(
            draft,
            plan.test_address,
            make_msgid(domain=draft.address.rpartition("@")[2]),
            at,
            language=register.study.language,
        )
        with connections.smtp(mailbox) as server:
            answer = hand_over(server, draft.address, plan.test_address, mailbox.address, source)
        if answer is None or not 200 <= answer[0] < 300:
            raise MailTrouble(
                say(
                    "{address}: the rehearsal did not go ({why}).",
                    address=mailbox.address,
                    why=say("the connection broke") if answer is None else f"{answer[0]} {answer[1]}",
                )
            )
    register.post.rehearse(at, len(drafts), actor=actor)
    return len(drafts)
