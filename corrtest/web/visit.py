"""One request: who asks, in which language, on which register; and what it is answered."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from corrtest.errors import CorrtestError
from corrtest.language import current, languages, say, use
from corrtest.register import TOKEN_VARIABLE, Actor, Refusal, Register, permit
from corrtest.spec import StudyFolder
from corrtest.web.guarding import SAFE_METHODS
from corrtest.web.sessions import COOKIE, Done, Session, Sessions
from corrtest.web.showing import page
from corrtest.web.workplace import Workplace

LANGUAGE_COOKIE = "language"
# Seconds for which an act can be undone; and for which it is said that an act was done where it cannot.
MINUTE, SHOWN = 60.0, 5.0
# What each role finds in the menu; what it may do, the register decides.
MENUS: Mapping[str, tuple[str, ...]] = {
    "coordinator": ("study", "attention", "today", "coding", "progress", "results", "people", "trail"),
    "partner": ("today",),
    "coder": ("coding",),
    "analyst": ("study", "progress", "results"),
    "auditor": ("study", "progress", "trail"),
}

# Pages that the menu does not name, and the page of the menu from which one comes there.
_PART_OF = dict.fromkeys(("new", "study-file", "quotas", "vacancies", "plan", "work"), "study")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that somebody handed in."""

    name: str
    content: bytes


@dataclass(slots=True, kw_only=True)
class Visit:
    """A request of somebody who is signed in."""

    request: Request
    workplace: Workplace
    sessions: Sessions
    session: Session
    form: Mapping[str, str]
    upload: Upload | None = None

    @property
    def actor(self) -> str:
        """The name under which acts go on record."""
        return self.session.person

    def register(self) -> AbstractContextManager[Register]:
        """Yield the register, opened with the person's token."""
        return self.workplace.register(self.session.token)

    def folder(self, action: str) -> StudyFolder:
        """Return the study folder, for who may do this with it.

        Raises
        ------
        CorrtestError
            The person's role does not permit it, or the page works on a register alone.
        """
        permit(Actor(name=self.session.person, role=self.session.role), action)
        if self.workplace.folder is None:
            raise CorrtestError(say("There is no study folder here: the page works on a register alone."))
        return self.workplace.folder

    def begin(self, *arguments: str) -> str:
        """Begin a verb of the command line in the study folder, in the person's name; return where it is followed."""
        place = self.workplace
        if place.folder is None:
            raise CorrtestError(say("There is no study folder here: the page works on a register alone."))
        who = {"CORRTEST_ACTOR": self.actor, TOKEN_VARIABLE: self.session.token or ""}
        if place.key_file is not None:
            who["CORRTEST_KEY_FILE"] = str(place.key_file)
        place.work.begin(arguments, place.folder.root, who)
        return "/work"

    def show(self, template: str, status: int = 200, /, **facts: Any) -> Response:
        """Return a page of the site, with its menu and with what was just done."""
        done, now = self.session.done, self.sessions.clock()
        if done is not None and now >= done.until:
            done = self.session.done = None
        shown = page(
            template,
            person=self.session.person,
            menu=MENUS[self.session.role],
            place=_PART_OF.get(part := self.request.url.path.split("/")[1], part),
            form_key=self.session.form_key,
            done=done,
            may_undo=done is not None and done.event is not None,
            **facts,
        )
        return HTMLResponse(shown, status)

    def did(self, text: str, *, event: int | None = None, application: int | None = None) -> None:
        """Say on the next page what was done; with its event, it can be undone there for a minute."""
        until = self.sessions.clock() + (MINUTE if event is not None else SHOWN)
        self.session.done = Done(text=text, event=event, application=application, until=until)


Page = Callable[[Visit], Response | str]
Endpoint = Callable[[Request], Awaitable[Response]]


def visited(
    wanted: Page,
    workplace: Workplace,
    sessions: Sessions,
    arrive: Callable[[Request], Response],
    *,
    files: int = 0,
) -> Endpoint:
    """Return an endpoint that lets a signed-in person reach a page, and says what was refused.

    A page returns an answer, or the address where one goes on after an act. `arrive` answers who is not signed in.
    `files` is how many files its form may hold.
    """

    async def endpoint(request: Request) -> Response:
        if request.method in SAFE_METHODS:
            return await run_in_threadpool(_answered, request, {}, None)
        async with request.form(max_files=files, max_fields=400) as form:
            fields = {name: value for name, value in form.items() if isinstance(value, str)}
            handed = next((value for value in form.values() if isinstance(value, UploadFile) and value.filename), None)
            upload = None if handed is None else Upload(handed.filename or "", await handed.read())
        return await run_in_threadpool(_answered, request, fields, upload)

    def _answered(request: Request, fields: Mapping[str, str], upload: Upload | None) -> Response:
        with use(language_of(request)):
            session = sessions.find(request.cookies.get(COOKIE))
            if session is None:
                return arrive(request)
            visit = Visit(
                request=request, workplace=workplace, sessions=sessions, session=session, form=fields, upload=upload
            )
            if request.method in SAFE_METHODS:
                return _shown(wanted, visit)
            if not hmac.compare_digest(fields.get("form_key", ""), session.form_key):
                return visit.show("refused", 403, text=say("This form is of an earlier session. Open the page again."))
            with session.lock:  # the same act, sent twice by a weak connection, waits for its own answer
                return _acted(wanted, visit, fields.get("act", ""))

    return endpoint


def _acted(wanted: Page, visit: Visit, act: str) -> Response:
    if act and act in visit.session.acts:
        return RedirectResponse(visit.session.acts[act], 303)
    answer = _shown(wanted, visit)
    if act and answer.status_code == 303:
        visit.session.remember(act, answer.headers["location"])
    return answer


def _shown(wanted: Page, visit: Visit) -> Response:
    try:
        answer = wanted(visit)
    except Refusal as refusal:
        return visit.show("refused", 409, text=refusal.text())
    except CorrtestError as error:
        return visit.show("refused", 400, text=error.text())
    except Exception:
        logging.getLogger(__name__).exception("A page could not be made")
        return visit.show("refused", 500, text=say("Something went wrong on our side; nothing was changed."))
    return RedirectResponse(answer, 303) if isinstance(answer, str) else answer


def language_of(request: Request) -> str:
    """Return the language that a person chose, else the first that their browser asks for, else that of the server."""
    known = languages()
    asked = [request.cookies.get(LANGUAGE_COOKIE, "")]
    asked += [each.split(";")[0].strip()[:2].lower() for each in request.headers.get("accept-language", "").split(",")]
    return next((each for each in asked if each in known), current())
