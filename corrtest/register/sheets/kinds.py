"""The sheets that there are: the work list, the reactions, the second coding."""

from __future__ import annotations

from dataclasses import replace

from corrtest.language import mark
from corrtest.register.events.acts import ACTS
from corrtest.register.sheets.entries import CHANNELS, CONFIRMED
from corrtest.register.sheets.forms import Form
from corrtest.spec import CALL_ANSWERS, REACTIONS, Study

_FILL_IN = (
    mark("Fill in the yellow cells only; all others are locked, and a row whose locked cells were changed is refused."),
    mark("Leave a row empty when nothing happened: it stays on the next list."),
    mark("Days and hours as on the Belgian clock, day first: 14/01/2027 10:30, 14-1-27 10u30 or 14 januari 2027."),
    mark(
        "Hand the sheet in with the same command that made it, with --file in place of --out. All faults are shown at "
        "once; the refused rows come in a new sheet beside this one, with the reason in the last column. --partly "
        "takes the good rows in and leaves those."
    ),
    mark("The same sheet may be handed in twice: what is on record already changes nothing."),
    mark("Where somebody else changed an application since this sheet was made, its row is refused; nothing is lost."),
    mark("A mistake that is on record already: corrtest register correct, with the candidate's name."),
)

WORKLIST = Form(
    name="worklist",
    title=mark("Work list"),
    number="application",
    locked=(
        "application",
        "candidate",
        "letter",
        "due_on",
        "title",
        "employer",
        "vacancy_id",
        "occupation",
        "channel",
        "address",
        "documents",
        "version",
    ),
    filled={"result": tuple(act.move for act in ACTS if act.sheet == "worklist"), "at": (), "reason": ()},
    explained=(
        mark("Each row is one application to send today, the most urgent first."),
        mark("What happened: sent (it went out), failed (it could not arrive), skipped (it will not be sent)."),
        mark(
            "Only what is possible for that row can be chosen. Failed and skipped need a reason that names no employer."
        ),
        mark("The second letter of a pair goes by itself on a later list, once the first is on record."),
        *_FILL_IN,
    ),
)
REACTION_SHEET = Form(
    name="reactions",
    title=mark("Reactions"),
    number="application",
    locked=("application", "candidate", "title", "employer", "vacancy_id", "sent_at", "version"),
    filled={
        "reaction": tuple(word for word in REACTIONS if word != "none"),
        "at": (),
        "heard_by": CHANNELS,
        "text": (),
        "withdrawn": (),
        "confirmed": CONFIRMED,
    },
    explained=(
        mark("Each row is one application that is out. Note what the employer did and when it came."),
        mark("Leave silence out: it follows from the clock once the reaction window has passed."),
        mark("Invitation: an interview is offered. Other positive: the candidate is taken further in another way."),
        mark("Neutral request: a question, such as for a diploma. Automatic: a receipt that nobody wrote."),
        mark("The employer's words are kept apart, encrypted; note them as they were, they are never exported."),
        mark("Withdrawn on: when the employer was told that the candidate is no longer available."),
        mark(
            "Unusual, but right: choose yes where a row came back because the answer is later than its window, or the "
            "employer was told without a positive reaction, and it is so all the same."
        ),
        mark("A second reaction of the same employer goes on the next sheet."),
        *_FILL_IN,
    ),
)
CODING = Form(
    name="coding",
    title=mark("Second coding"),
    number="item",
    locked=("item", "messages", "text"),
    filled={"reaction": REACTIONS},
    explained=(
        mark("Each row is what one employer answered. Choose the reaction that it is, from the words alone."),
        mark("You see neither the first code nor the candidate: decide as if nobody had."),
        *_FILL_IN[:1],
    ),
)
_CALLS = replace(
    REACTION_SHEET,
    title=mark("Answers to calls"),
    filled={**REACTION_SHEET.filled, "reaction": CALL_ANSWERS},
    explained=(
        mark("Each row is one call that was made. Note what the firm answered to the client's wish, and when."),
        mark("Refuses: it says that it does not take such a wish on. Refers: it evades, puts off or sends elsewhere."),
        mark("Hints: it does not say yes, but lets it be understood. Agrees: it takes the wish on."),
        mark("Not reached: nobody who could answer was spoken to, after all attempts."),
        mark("The firm's words are kept apart, encrypted; note them as they were, they are never exported."),
        mark("Withdrawn on: when the firm was told that the request is called off."),
        *_FILL_IN,
    ),
)
_CODED_CALLS = replace(CODING, filled={"reaction": CALL_ANSWERS})


def reaction_sheet(study: Study) -> Form:
    """Return the sheet on which a study notes reactions: in the words of its instrument."""
    return REACTION_SHEET if study.client_calls is None else _CALLS


def coding_sheet(study: Study) -> Form:
    """Return the sheet of a study's second coding."""
    return CODING if study.client_calls is None else _CODED_CALLS
