"""What goes wrong in a season of field work, and where a person must read of it."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keyboard import fill, last_event, rows_of, typed_time
from setting import PEOPLE, STUDIES
from truth import DAY, HOUR, MINUTE, POSITIVE

if TYPE_CHECKING:
    from run import Answer, Season, Visit


@dataclass(frozen=True)
class Mishap:
    """A kind of mishap: when it can happen, what is done, and what must be read of it.

    `happens` returns what people were told; None where there was no opportunity, so that it waits for the next.
    """

    name: str
    hook: str  # day, sheet, answer or withdrawal
    reads: str
    happens: Callable[..., str | None]
    where: str = "message"
    from_day: int = 7

    def is_named(self, told: str) -> bool:
        """Say whether what was told names it."""
        return re.search(self.reads, " ".join(told.split())) is not None


MISHAPS: list[Mishap] = []
_LATE = "hours after the reaction; the study allows"


def mishap(
    name: str, hook: str, reads: str, **more: Any
) -> Callable[[Callable[..., str | None]], Callable[..., str | None]]:
    """Take a function into the table of mishaps."""

    def keep(happens: Callable[..., str | None]) -> Callable[..., str | None]:
        MISHAPS.append(Mishap(name, hook, reads, happens, **more))
        return happens

    return keep


def refused(season: Season, who: str, study: str, *words: str) -> str:
    """Type what must be refused; where it is taken, say so in capitals, so that no pattern fits."""
    said = season.keyboard.types(who, study, *words)
    return said.text if not said.done else f"TAKEN IN: {said.text}".upper()


def wrong_row(season: Season, visit: Visit, **cells: str) -> str:
    """Hand a sheet in with one row wrong; then as it should be."""
    number = next(iter(visit.sent))
    fill(visit.path, visit.filled | {number: visit.filled[number] | cells})
    told = refused(season, visit.who, visit.study, "worklist", "--file", str(visit.path))
    season.hand_in(visit)
    return told


# -- sheets ------------------------------------------------------------------------------------------------------------


@mishap("a day that does not exist", "sheet", "31/06.*Write day, month and year")
def no_such_day(season: Season, visit: Visit) -> str:
    return wrong_row(season, visit, at="31/06/2027")


@mishap("a row without its hour", "sheet", "Fill in both what happened and when")
def no_hour(season: Season, visit: Visit) -> str:
    return wrong_row(season, visit, at="")


@mishap("a clock an hour ahead", "sheet", "still to come.*clock of this machine")
def clock_ahead(season: Season, visit: Visit) -> str:
    return wrong_row(season, visit, at=typed_time(season.keyboard.now + HOUR))


@mishap("failed in a row that nobody had claimed", "sheet", "refused|row that the register allows|expected")
def failed_unsent(season: Season, visit: Visit) -> str:
    number = next(iter(visit.sent))
    fill(visit.path, visit.filled | {number: visit.filled[number] | {"result": "failed", "reason": "bounced"}})
    told = refused(season, visit.who, visit.study, "worklist", "--file", str(visit.path))
    fill(visit.path, {number: {"reason": ""}})
    season.hand_in(visit)
    return told


@mishap("a locked cell changed", "sheet", "(?i)locked")
def locked_cell(season: Season, visit: Visit) -> str:
    number = next(iter(visit.sent))
    before = next(row["candidate"] for row in rows_of(visit.path) if row["application"] == number)
    told = wrong_locked(season, visit, number)
    fill(visit.path, {number: {"candidate": before}})
    season.hand_in(visit)
    return told


def wrong_locked(season: Season, visit: Visit, number: str) -> str:
    """Hand a sheet in on which a candidate's name was typed over."""
    fill(visit.path, visit.filled | {number: visit.filled[number] | {"candidate": "Iemand Anders"}})
    return refused(season, visit.who, visit.study, "worklist", "--file", str(visit.path))


@mishap("the same sheet handed in twice", "sheet", "imported before; nothing was changed")
def same_sheet(season: Season, visit: Visit) -> str:
    season.hand_in(visit)
    return season.keyboard.acts(visit.who, visit.study, "worklist", "--file", str(visit.path))


@mishap("a sheet from last week, filled in otherwise", "sheet", "changed since this sheet was written")
def last_weeks_sheet(season: Season, visit: Visit) -> str | None:
    old = season.last_sheet.get((visit.who, visit.study))
    if old is None:
        return None
    season.hand_in(visit)
    number, row = next(iter(old.filled.items()))
    fill(old.path, {number: row | {"at": typed_time(old.sent[number][1] + MINUTE)}})
    return refused(season, old.who, old.study, "worklist", "--file", str(old.path))


@mishap("good rows taken in, a bad one mended on its own sheet", "sheet", "1 row was refused.*-refused.xlsx")
def partly(season: Season, visit: Visit) -> str:
    number = next(iter(visit.sent))
    fill(visit.path, visit.filled | {number: visit.filled[number] | {"at": "gisteren"}})
    told = season.keyboard.acts(visit.who, visit.study, "worklist", "--file", str(visit.path), "--partly")
    season.post(visit)
    came_back = visit.path.with_name(f"{visit.path.stem}-refused.xlsx")
    # Under a name of its own: the sheet that came back is written anew whenever the first is handed in again.
    mended = came_back.rename(visit.path.with_name(f"{visit.path.stem}-mended.xlsx"))
    fill(mended, {number: visit.filled[number]})
    season.keyboard.acts(visit.who, visit.study, "worklist", "--file", str(mended))
    return told


@mishap("a colleague enters the same letters", "sheet", "changed since this sheet was written")
def double_entry(season: Season, visit: Visit) -> str:
    firm = season.world.pairs[next(iter(visit.sent.values()))[0][:2]].partner
    colleague = next(name for name in PEOPLE[firm] if name != visit.who)
    copy = season.write_list(colleague, visit.study)
    season.hand_in(visit)
    wrong = {number: {"result": "sent", "at": typed_time(at - MINUTE)} for number, (_, at) in visit.sent.items()}
    fill(copy, wrong)
    return refused(season, colleague, visit.study, "worklist", "--file", str(copy))


@mishap("another firm's letter", "sheet", "Nothing is known by|fits|Nobody is known as")
def other_firm(season: Season, visit: Visit) -> str:
    part, at = next(iter(visit.sent.values()))
    firm = season.world.pairs[part[:2]].partner
    stranger = next(people[0] for name, people in PEOPLE.items() if name != firm)
    told = refused(season, stranger, visit.study, "sent", season.candidate(part), "--at", typed_time(at))
    season.hand_in(visit)
    return told


@mishap("a second letter on the day of the first", "sheet", "may go 1 day|may go 3 day|may go 2 day|goes first")
def too_soon(season: Season, visit: Visit) -> str | None:
    for part, at in visit.sent.values():
        pair = season.world.pairs[part[:2]]
        if part[2] == pair.first_arm:
            season.hand_in(visit)
            other = season.candidate((*part[:2], "treated" if part[2] == "control" else "control"))
            return refused(season, visit.who, visit.study, "sent", other, "--at", typed_time(at + MINUTE))
    return None


@mishap("a letter that stayed in the outbox", "sheet", "is taken back.*stays in the trail")
def outbox(season: Season, visit: Visit) -> str:
    number, (part, _) = next(iter(visit.sent.items()))
    fill(visit.path, visit.filled)
    season.keyboard.acts(visit.who, visit.study, "worklist", "--file", str(visit.path))
    del visit.sent[number]
    season.post(visit)
    name = season.candidate(part)
    event = last_event(season.keyboard.acts(visit.who, visit.study, "correct", name), "sent")
    told = season.keyboard.acts(visit.who, visit.study, "correct", "--event", event, "--reason", "bleef in de uitbus")
    later = season.keyboard.now + MINUTE
    season.keyboard.now = later
    season.keyboard.acts(visit.who, visit.study, "sent", name, "--at", typed_time(later))
    season.send(part, later)
    visit.sent[number] = (part, later)
    return told


@mishap("a mail that came back", "sheet", "failed")
def bounce(season: Season, visit: Visit) -> str:
    season.hand_in(visit)
    part = next(reversed(list(visit.sent.values())))[0]
    name, when = season.candidate(part), typed_time(season.keyboard.now)
    told = season.keyboard.acts(
        visit.who, visit.study, "end", "fail", name, "--reason", "mail kwam terug", "--at", when
    )
    season.world.give_up(part, "failed", "bounced")
    return told


@mishap("a vacancy gone after both letters", "sheet", "failed")
def vacancy_gone(season: Season, visit: Visit) -> str | None:
    part = next((part for part, _ in visit.sent.values() if part[2] != season.world.pairs[part[:2]].first_arm), None)
    if part is None:
        return None
    season.hand_in(visit)
    words = ("--reason", "vacature ingetrokken", "--vacancy-withdrawn", "--at", typed_time(season.keyboard.now))
    told = season.keyboard.acts(visit.who, visit.study, "end", "fail", season.candidate(part), *words)
    season.world.give_up(part, "failed", "vacancy_withdrawn")
    return told


@mishap("a vacancy gone before the first letter, replaced", "sheet", "is replaced by|no reserve takes its place")
def replaced(season: Season, visit: Visit) -> str | None:
    found = next(
        ((n, part) for n, (part, _) in visit.sent.items() if part[2] == season.world.pairs[part[:2]].first_arm), None
    )
    if found is None:
        return None
    number, part = found
    del visit.sent[number]
    season.hand_in(visit)
    words = ("replace", season.candidate(part), "--reason", "vacature weg", "--at", typed_time(season.keyboard.now))
    said = season.keyboard.types(visit.who, visit.study, "end", *words)
    if said.done:
        season.keyboard.since_backup.append((visit.who, visit.study, "end", words))
        season.replaced(part, re.findall(r"is replaced by (\S+?)\.", said.text)[0])
    return said.text


@mishap("a stop while letters are out for posting", "sheet", "STOPPED", where="work list")
def stop_midway(season: Season, visit: Visit) -> str:
    posted = max(at for _, at in visit.sent.values())
    season.keyboard.now = max(season.keyboard.now, posted + MINUTE)
    season.keyboard.acts("coordinator", visit.study, "stop", "--reason", "klacht van een werkgever")
    since = season.keyboard.now
    season.keyboard.now += MINUTE
    season.hand_in(visit)
    told = season.keyboard.acts(visit.who, visit.study, "worklist")
    season.world.stops.setdefault(visit.study, []).append((since, None))
    season.plan_for(season.keyboard.now + 50 * HOUR, lambda: resume(season, visit.study))
    return told


def resume(season: Season, study: str) -> None:
    """Take a stop back."""
    season.keyboard.acts("coordinator", study, "stop", "--resume")
    since, _ = season.world.stops[study].pop()
    season.world.stops[study].append((since, season.keyboard.now))


@mishap("two people enter the same letter at once", "sheet", "1 of 2 went in")
def at_once(season: Season, visit: Visit) -> str:
    part, at = next(iter(visit.sent.values()))
    words = ("sent", season.candidate(part), "--at", typed_time(at))
    children = []
    for who in ("coordinator", "tweede"):
        child = os.fork()
        if child == 0:
            os._exit(0 if season.keyboard.types(who, visit.study, *words).done else 3)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    season.keyboard.since_backup.append(("coordinator", visit.study, words[0], words[1:]))
    season.post(visit)
    fill(visit.path, visit.filled)
    season.keyboard.acts(visit.who, visit.study, "worklist", "--file", str(visit.path))
    return f"{codes.count(0)} of {len(codes)} went in"


# -- answers -----------------------------------------------------------------------------------------------------------


def wrong_answer(season: Season, answer: Answer, who: str, at: str) -> str:
    """Type an answer with a wrong time; then as it was."""
    name = season.candidate(answer.part)
    told = refused(season, who, answer.part[0], "reaction", name, "--reaction", answer.word, "--at", at)
    season.note(answer, who)
    return told


@mishap("an answer dated next month", "answer", "still to come")
def next_month(season: Season, answer: Answer, who: str) -> str:
    return wrong_answer(season, answer, who, typed_time(answer.at + 30 * DAY))


@mishap("an answer dated before its letter", "answer", "earlier than the sending")
def before_letter(season: Season, answer: Answer, who: str) -> str | None:
    sent = season.world.letter(answer.part).sent
    if sent is None or not season.world.letter(answer.part).counts(answer.at):
        return None
    return wrong_answer(season, answer, who, typed_time(sent - HOUR))


@mishap("the hour that comes twice", "answer", "that hour comes twice", from_day=22)
def twice(season: Season, answer: Answer, who: str) -> str:
    return wrong_answer(season, answer, who, "25/10/2026 2u30")


@mishap("the hour that does not exist", "answer", "clock goes from 2 to 3")
def skipped_hour(season: Season, answer: Answer, who: str) -> str:
    return wrong_answer(season, answer, who, "29/3/2026 2u30")


@mishap("an answer noted by two colleagues", "answer", "is on record already")
def noted_twice(season: Season, answer: Answer, who: str) -> str | None:
    if not season.world.letter(answer.part).counts(answer.at):
        return None
    season.note(answer, who)
    words = (season.candidate(answer.part), "--reaction", answer.word, "--at", typed_time(answer.at))
    return refused(season, "coordinator", answer.part[0], "reaction", *words)


@mishap("a wrong word, put right", "answer", "is put right; the first stays in the trail")
def wrong_word(season: Season, answer: Answer, who: str) -> str | None:
    if not season.world.letter(answer.part).counts(answer.at) or answer.word == "request":
        return None
    study, name = answer.part[0], season.candidate(answer.part)
    season.keyboard.acts(who, study, "reaction", name, "--reaction", "request", "--at", typed_time(answer.at))
    event = last_event(season.keyboard.acts(who, study, "correct", name), "given a reaction")
    words = ("--event", event, "--reaction", answer.word, "--reason", "verkeerd gelezen")
    return season.keyboard.acts(who, study, "correct", *words)


@mishap("an answer on the wrong candidate, put right", "answer", "is put right; the first stays in the trail")
def wrong_candidate(season: Season, answer: Answer, who: str) -> str | None:
    study, number, arm = answer.part
    twin = (study, number, "treated" if arm == "control" else "control")
    letter = season.world.letter(twin)
    in_time = season.world.letter(answer.part).counts(answer.at) and letter.counts(answer.at)
    if letter.sent is None or letter.sent > answer.at or letter.end or letter.withdrawn or not in_time:
        return None
    words = ("--reaction", answer.word, "--at", typed_time(answer.at))
    season.keyboard.acts(who, study, "reaction", season.candidate(twin), *words)
    event = last_event(season.keyboard.acts(who, study, "correct", season.candidate(twin)), "given a reaction")
    more = ("--event", event, "--onto", season.candidate(answer.part), "--reason", "andere kandidaat")
    return season.keyboard.acts(who, study, "correct", *more)


@mishap("a name misheard", "answer", "Alike sound these; say which|fits .* Say which")
def misheard(season: Season, answer: Answer, who: str) -> str | None:
    name = season.candidate(answer.part)
    heard = name.replace("ss", "s").replace("ae", "aa").replace("ij", "ei").replace("ee", "e").replace("z", "s")
    if heard == name:
        return None
    told = refused(
        season, who, answer.part[0], "reaction", heard, "--reaction", answer.word, "--at", typed_time(answer.at)
    )
    season.note(answer, who)
    return told


@mishap("a withdrawal days late", "withdrawal", _LATE, from_day=0)
def late_withdrawal(season: Season, answer: Answer, who: str) -> str:
    """Let the employer wait over three days; what is told of it comes then."""

    def at_last() -> None:
        told = season.withdraw(answer.part, who, season.keyboard.now)
        season.name("a withdrawal days late", "message", told, re.search(_LATE, " ".join(told.split())) is not None)

    season.plan_for(season.keyboard.now + 73 * HOUR, at_last)
    return ""


@mishap("nothing to withdraw", "answer", "nothing to withdraw")
def nothing_to_withdraw(season: Season, answer: Answer, who: str) -> str | None:
    letter = season.world.letter(answer.part)
    if len([word for word, _ in letter.answers if word in POSITIVE]) > 1 or not letter.counts(answer.at):
        return None
    words = (season.candidate(answer.part), "--at", typed_time(season.keyboard.now))
    told = refused(season, who, answer.part[0], "withdraw", *words)
    season.note(answer, who)
    return told


# -- the coordinator's days --------------------------------------------------------------------------------------------


@mishap(
    "a block under an unknown number, then the right one", "day", "No plan and no vacancy.*Pairs that stop", from_day=14
)
def block(season: Season) -> str:
    out = [pair for pair in season.world.pairs.values() if pair.employer not in season.world.blocked]
    pair = out[int(season.rng.integers(len(out)))]
    told = refused(season, "coordinator", pair.study, "block", "--employer", "1234567890", "--reason", "wil niet")
    typed = f"BE {pair.employer[:4]}.{pair.employer[4:7]}.{pair.employer[7:]}"
    told += season.keyboard.acts("coordinator", pair.study, "block", "--employer", typed, "--reason", "wil niet")
    season.world.blocked[pair.employer] = season.keyboard.now
    return told


@mishap("a block by mistake, lifted", "day", "blocked for good.*is lifted")
def lifted(season: Season) -> str:
    pair = next(pair for pair in season.world.pairs.values() if pair.employer not in season.world.blocked)
    words = ("--employer", pair.employer, "--reason")
    told = season.keyboard.acts("tweede", pair.study, "block", *words, "vergist")
    return told + season.keyboard.acts("coordinator", pair.study, "block", "--lift", *words, "het was een andere")


@mishap("two coordinators stop at once", "day", "is stopped already.*is not stopped")
def two_stop(season: Season) -> str | None:
    study = "afkomst"
    if any(until is None for _, until in season.world.stops.get(study, ())):
        return None
    season.keyboard.acts("coordinator", study, "stop", "--reason", "brand")
    told = refused(season, "tweede", study, "stop", "--reason", "brand")
    season.keyboard.acts("tweede", study, "stop", "--resume")
    return told + refused(season, "coordinator", study, "stop", "--resume")


@mishap("a firm misspelt", "day", "Noord")
def misspelt_firm(season: Season) -> str:
    return refused(season, "coordinator", "afkomst", "person", "nieuw", "--role", "partner", "--partner", "Nord")


@mishap("somebody leaves with work in hand", "day", "has left.*left on")
def leaves(season: Season) -> str:
    gone, stays = PEOPLE[str(season.rng.choice(list(PEOPLE)))]
    for study in STUDIES:
        season.keyboard.types(gone, study, "claim", "--count", "1", "--hours", "30")
    told = season.keyboard.acts("coordinator", "afkomst", "person", gone, "--leaves", "--to", stays)
    told += refused(season, gone, "afkomst", "worklist")
    firm = next(name for name, people in PEOPLE.items() if gone in people)
    words = ("person", gone, "--role", "partner", "--partner", firm, "--change")
    season.keyboard.acts("coordinator", "afkomst", *words)
    return told


@mishap("no key file", "day", "(?i)key")
def no_key(season: Season) -> str:
    return refused(season, "coordinator", "afkomst", "worklist", "--key-file", "nergens.key")


@mishap("an employer complains", "day", "is on record", from_day=14)
def complaint(season: Season) -> str | None:
    return incident(season, "complaint")


@mishap("an employer finds out", "day", "is on record", from_day=14)
def discovery(season: Season) -> str | None:
    return incident(season, "discovery")


def incident(season: Season, kind: str) -> str | None:
    """Put on record what an employer says of a pair that is out."""
    pair = next((pair for pair in season.world.pairs.values() if pair.out and pair.status == "ok"), None)
    if pair is None:
        return None
    pair.incident = True
    words = (pair.number, "--kind", kind, "--reason", "belde", "--at", typed_time(season.keyboard.now))
    return season.keyboard.acts("coordinator", pair.study, "incident", *words)


@mishap("a journalist calls", "day", "is on record", from_day=14)
def press(season: Season) -> str:
    return season.keyboard.acts(
        "coordinator", "afkomst", "incident", "--kind", "press", "--reason", "vroeg naar de studie"
    )


@mishap("the register lost, and made again from its backup", "day", "STOPPED: this register was made from a backup")
def restored(season: Season) -> str | None:
    keyboard = season.keyboard
    register = Path(keyboard.register)
    if not register.is_file():
        return None
    if not season.backup:
        season.backup = season.folder / f"copy-{keyboard.typed}.db"
        keyboard.acts("coordinator", "afkomst", "backup", "--out", str(season.backup))
        keyboard.since_backup.clear()
        return None
    copy, season.backup = season.backup, None
    changed = [act for act in keyboard.since_backup if act[2] not in _LOOKS and "--out" not in act[3]]
    if any(act[2] not in _TYPED_AGAIN for act in changed):
        return None  # more happened than can simply be typed again: another day
    register.unlink()
    made = keyboard.command("coordinator", "register", "backup", keyboard.register, "--restore", str(copy))
    told = made.text + "".join(keyboard.types("coordinator", study, "worklist").text for study in STUDIES)
    for who, study, verb, words in changed:
        keyboard.acts(who, study, verb, *words)
    for study in STUDIES:
        keyboard.acts("coordinator", study, "stop", "--resume", "--restored")
    return told


# What changes nothing, and what can be typed again as it stands.
_LOOKS = ("progress", "status", "find", "export")
_TYPED_AGAIN = ("worklist", "sent", "reaction", "withdraw", "end")
