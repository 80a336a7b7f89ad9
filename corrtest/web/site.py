"""The site: its pages, who may reach them, and how it is served."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from corrtest.errors import CorrtestError, InputError
from corrtest.language import languages, say, use
from corrtest.register import Actor
from corrtest.web import coding, coordination, fieldwork, oversight, preparing, reaching, results, study
from corrtest.web.guarding import Guard
from corrtest.web.sessions import COOKIE, LASTS, Sessions
from corrtest.web.showing import page
from corrtest.web.visit import LANGUAGE_COOKIE, MENUS, Page, Visit, language_of, visited
from corrtest.web.workplace import Workplace

STATIC = Path(__file__).parent / "static"
_GET, _POST = ("GET",), ("POST",)
# The one form that holds a file.
UPLOAD = "/vacancies/add"
PAGES: tuple[tuple[str, Sequence[str], Page], ...] = (
    ("/study", _GET, study.steps),
    ("/new", _GET, preparing.new),
    ("/new/drawn-up", _POST, preparing.drawn_up),
    ("/new/make", _POST, preparing.made),
    ("/study-file", _GET, preparing.study_file),
    ("/study-file/change", _POST, preparing.changed),
    ("/quotas", _GET, preparing.quotas),
    ("/quotas/try", _POST, preparing.quotas),
    ("/quotas/write", _POST, preparing.quotas_written),
    ("/vacancies", _GET, preparing.vacancies),
    (UPLOAD, _POST, preparing.vacancies_in),
    ("/vacancies/explain", _POST, preparing.explained),
    ("/vacancies/mapping", _POST, preparing.mapping_changed),
    ("/plan", _GET, preparing.plan),
    ("/plan/{place}/{name}", _GET, preparing.file_of_plan),
    ("/report/pairs/shown", _GET, preparing.pairs_shown),
    ("/study/step", _POST, study.taken),
    ("/work", _GET, study.work),
    ("/report/{name}", _GET, study.report),
    ("/results", _GET, results.results),
    ("/results/export", _POST, results.exported),
    ("/results/analyse", _POST, results.analysed),
    ("/results/report", _POST, results.reported),
    ("/today", _GET, fieldwork.today),
    ("/search", _GET, fieldwork.search),
    ("/undo", _POST, fieldwork.undone),
    ("/application/{number:int}", _GET, fieldwork.application),
    ("/application/{number:int}/document/{place:int}", _GET, fieldwork.document),
    ("/application/{number:int}/sent", _POST, fieldwork.sent),
    ("/application/{number:int}/called", _POST, reaching.called),
    ("/application/{number:int}/stage", _POST, reaching.reached),
    ("/application/{number:int}/incident", _POST, fieldwork.incident),
    ("/application/{number:int}/reaction", _POST, fieldwork.reaction),
    ("/application/{number:int}/withdrawn", _POST, fieldwork.withdrawn),
    ("/application/{number:int}/ended", _POST, fieldwork.ended),
    ("/application/{number:int}/corrected", _POST, fieldwork.corrected),
    ("/coding", _GET, coding.next_item),
    ("/coding/{number:int}", _POST, coding.coded),
    ("/progress", _GET, oversight.progress),
    ("/progress/stop", _POST, oversight.stopped),
    ("/attention", _GET, coordination.attention),
    ("/attention/approve", _POST, coordination.approved),
    ("/attention/audit", _POST, coordination.audited),
    ("/attention/firms", _POST, coordination.decided),
    ("/attention/block", _POST, coordination.blocked),
    ("/attention/backup", _POST, coordination.backed_up),
    ("/disagreements", _GET, coordination.disagreements),
    ("/disagreements/{number:int}", _POST, coordination.adjudicated),
    ("/report/weeks/{form}", _GET, coordination.weeks),
    ("/people", _GET, oversight.people),
    ("/people/add", _POST, oversight.added),
    ("/people/token", _POST, oversight.token_given),
    ("/trail", _GET, oversight.trail),
    ("/trail/verify", _POST, oversight.verified),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """How the page is served.

    Attributes
    ----------
    host, port
        Where it listens. Beyond this machine everybody signs in with a token.
    names : tuple of str
        The names by which browsers ask for it, where they are others than `host`: behind a proxy.
    certificate, key : Path or None
        For TLS without a proxy.
    behind_proxy : bool
        Whether a proxy in front does the TLS.
    """

    host: str = "127.0.0.1"
    port: int = 8765
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False

    @property
    def local(self) -> bool:
        """Whether nobody beyond this machine can reach it."""
        return _is_loopback(self.host) and not self.behind_proxy

    @property
    def encrypted(self) -> bool:
        """Whether what goes over the line is encrypted."""
        return self.behind_proxy or self.certificate is not None

    @property
    def address(self) -> str:
        """The address to open."""
        return f"{'https' if self.certificate else 'http'}://{self.host}:{self.port}/"


@dataclass(frozen=True, slots=True)
class _Door:
    """Where people sign in and out."""

    workplace: Workplace
    served: Served
    sessions: Sessions = field(default_factory=Sessions)

    def arrive(self, request: Request) -> Response:
        """Let who works on this machine in without a sign-in; ask anybody else for name and token.

        A register whose coordinator was given a token asks here as well.
        """
        person = self._trusted() if self.served.local else None
        if person is None:
            return RedirectResponse("/sign-in", 303)
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        answer = RedirectResponse(asked, 303)
        self._let_in(answer, person, None)
        return answer

    def sign_in(self, request: Request) -> Response:
        """Ask for name and token."""
        with use(language_of(request)):
            return HTMLResponse(page("sign_in", trouble=""))

    async def signed_in(self, request: Request) -> Response:
        """Let a person in who shows their token."""
        form = await request.form(max_files=0, max_fields=5)
        name, token = str(form.get("name", "")).strip(), str(form.get("token", "")).strip()
        return await run_in_threadpool(self._signed_in, request, name, token)

    def _signed_in(self, request: Request, name: str, token: str) -> Response:
        address = f"from {request.client.host if request.client else ''}"
        with use(language_of(request)):
            wait = self.sessions.waits(name, address)
            if wait > 0:
                trouble = say("Too many wrong tokens. Wait {seconds:.0f} seconds.", seconds=wait)
                return HTMLResponse(page("sign_in", trouble=trouble), 429)
            person = self._known(name, token)
            if person is None:
                self.sessions.failed(name, address)
                return HTMLResponse(page("sign_in", trouble=say("This name and token do not go together.")), 403)
            self.sessions.passed(name, address)
            answer = RedirectResponse("/", 303)
            self._let_in(answer, person, token)
            return answer

    def signed_out(self, visit: Visit) -> Response:
        """Sign a browser out."""
        self.sessions.end(visit.request.cookies.get(COOKIE))
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE)
        return answer

    def home(self, visit: Visit) -> str:
        """Return where a person of this role begins."""
        first = MENUS[visit.session.role][0]
        return f"/{first}"

    def speak(self, request: Request) -> Response:
        """Remember the language that a person chose."""
        wanted = request.path_params["language"]
        answer = RedirectResponse("/", 303)
        if wanted in languages():
            answer.set_cookie(LANGUAGE_COOKIE, wanted, max_age=365 * 86400, samesite="strict", httponly=True)
        return answer

    def _trusted(self) -> Actor | None:
        """Return the coordinator, where their name is taken on trust."""
        if not self.workplace.has_register:
            return Actor(name=self.workplace.person, role="coordinator")
        try:
            with self.workplace.register() as register:
                person = register.people.admitted(actor=self.workplace.person)
        except CorrtestError:
            return None
        return person if person.token_sha256 is None else None

    def _known(self, name: str, token: str) -> Actor | None:
        """Return the person who has this token; None where name and token do not go together, or there is no token."""
        try:
            with self.workplace.register(token) as register:
                person = register.people.admitted(actor=name)
        except CorrtestError:
            return None
        return person if person.token_sha256 is not None else None

    def _let_in(self, answer: Response, person: Actor, token: str | None) -> None:
        secret, _ = self.sessions.begin(person.name, person.role, token)
        answer.set_cookie(
            COOKIE, secret, max_age=int(LASTS), httponly=True, samesite="strict", secure=self.served.encrypted
        )


def make_app(
    workplace: Workplace, served: Served | None = None, *, clock: Callable[[], float] = monotonic
) -> Starlette | Guard:
    """Return the site as an ASGI application; `clock` counts the seconds of its sessions."""
    served = served or Served()
    door = _Door(workplace, served, Sessions(clock))

    def reached(wanted: Page, path: str = "") -> Callable[..., object]:
        return visited(wanted, workplace, door.sessions, door.arrive, files=int(path == UPLOAD))

    routes = [
        Route("/sign-in", door.sign_in, methods=_GET),
        Route("/sign-in", door.signed_in, methods=_POST),
        Route("/sign-out", reached(door.signed_out), methods=_POST),
        Route("/language/{language}", door.speak, methods=_GET),
        Route("/", reached(door.home), methods=_GET),
        *(Route(path, reached(wanted, path), methods=list(methods)) for path, methods, wanted in PAGES),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    app = Starlette(routes=routes)
    own = {served.host, "localhost", "127.0.0.1", "::1"} if served.local else {served.host}
    return Guard(app, frozenset({*(name.lower() for name in (*own, *served.names))}))


def serve(workplace: Workplace, served: Served) -> None:
    """Serve the site until somebody stops it.

    Raises
    ------
    InputError
        It would be reachable from other machines without encryption.
    """
    if not served.local and not served.encrypted:
        raise InputError(
            say(
                "On {host} others could read what goes over the line. Give a certificate (--certificate and --key), or "
                "say --behind-proxy where a proxy in front does the TLS.",
                host=served.host,
            )
        )
    uvicorn.run(
        make_app(workplace, served),
        host=served.host,
        port=served.port,
        ssl_certfile=served.certificate,
        ssl_keyfile=served.key,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
