"""What every request must satisfy, and the headers of every answer."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corrtest.language import say

# A page may load its own style, script and pictures, and nothing from elsewhere; nothing may frame it.
_OWN = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A report is a page that stands alone, with its style inside it and no script.
_REPORT = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
_MOST_BYTES = 20 * 1024 * 1024
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: a browser then says of its own forms that they come from nowhere, as those of a page elsewhere.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "X-Frame-Options": "DENY",
}
SAFE_METHODS = frozenset({"GET", "HEAD"})


class Guard:
    """Refuses what comes from another page or for another host, and sets the headers of every answer.

    `hosts` are the names by which the page may be asked for: another one is a page elsewhere that was made to point
    here (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers["Content-Security-Policy"] = _REPORT if scope["path"].startswith("/report/") else _OWN
            await send(message)

        refused = self._refused(Headers(scope=scope), scope["method"])
        if refused is None:
            await self.app(scope, receive, with_headers)
        else:
            await PlainTextResponse(refused[1], status_code=refused[0])(scope, receive, with_headers)

    def _refused(self, headers: Headers, method: str) -> tuple[int, str] | None:
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
        if host.lower() not in self.hosts:
            return 421, say("This page is not asked for by that name.")
        if method in SAFE_METHODS:
            return None
        origin = headers.get("origin")
        if origin is None or urlsplit(origin).netloc != headers.get("host"):
            return 403, say("This came from another page and is refused.")
        length = headers.get("content-length", "")
        if not length.isdigit():
            return 411, say("The size of what is sent must be said.")
        if int(length) > _MOST_BYTES:
            return 413, say("That is too large: at most 20 MB at once.")
        return None
