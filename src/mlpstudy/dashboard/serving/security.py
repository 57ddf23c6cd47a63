"""Who may ask, and what an answer allows: checked before anything else looks at a request."""

from __future__ import annotations

import hmac
import ipaddress
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, RedirectResponse, Response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-security-policy: scripts, styles and streams from here; nothing inline, no ``eval``."""

HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}

MAX_FIELDS = 10
"""Fields of an address after the question mark."""

METHODS = frozenset({"GET", "HEAD"})
LOCAL_NAMES = frozenset({"localhost"})


@dataclass(frozen=True, slots=True)
class Access:
    """Who may ask.

    Attributes:
        port: the port that is listened on.
        is_local: only this machine can connect.
        token: secret that every request must bring; None where the loopback interface is protection enough.
        names: names of this machine that a request may use, besides IP addresses.
    """

    port: int
    is_local: bool
    token: str | None = None
    names: frozenset[str] = LOCAL_NAMES

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token: browsers share cookies between the ports of a host."""
        return f"mlpstudy-{self.port}"

    def allows_host(self, host: str | None) -> bool:
        """Say whether a ``Host`` header names this server.

        A page of an attacker's can make a name of its own point to this machine (DNS rebinding), but then its
        requests carry that name. An IP address in the header cannot be made to point elsewhere.

        >>> access = Access(8228, is_local=True)
        >>> [access.allows_host(h) for h in ("127.0.0.1:8228", "localhost:8228", "[::1]:8228")]
        [True, True, True]
        >>> [access.allows_host(h) for h in ("attacker.example:8228", "127.0.0.1:80", "192.168.0.1:8228", "", None)]
        [False, False, False, False, False]
        """
        name, port = _split_host(host or "")
        if port != self.port:
            return False
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return name.lower() in self.names
        return address.is_loopback or not self.is_local

    def allows_token(self, given: str | None) -> bool:
        """Say whether a request's token is the right one, in a time that does not depend on where they differ."""
        if self.token is None:
            return True
        return hmac.compare_digest((given or "").encode("utf-8", "replace"), self.token.encode())


def _split_host(host: str) -> tuple[str, int | None]:
    """Return name and port of a ``Host`` header; 80 where it names none, None where it is malformed."""
    name, colon, digits = host.rpartition(":")
    if host.endswith("]") or not colon:
        name, digits = host, "80"
    if name.startswith("[") and name.endswith("]"):
        name = name[1:-1]
    elif ":" in name:
        return "", None
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= 5  # noqa: PLR2004  # digits of 65535
    return name, int(digits) if is_number else None


def machine_names(host: str) -> frozenset[str]:
    """Return the names under which other machines may ask for this one."""
    own = socket.gethostname().lower()
    return LOCAL_NAMES | {own, socket.getfqdn().lower(), f"{own}.local", host.lower()}


class Guard:
    """The outermost layer: refuses what may not be asked, and puts the safety headers on every answer."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self.app = app
        self.access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # nothing else is served here

        async def safe_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._refusal(scope)
        await (refused or self.app)(scope, receive, safe_send)

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request that is not let in, None for one that is."""
        headers = Headers(scope=scope)
        if not self.access.allows_host(headers.get("host")) or len(headers.getlist("host")) != 1:
            return PlainTextResponse("This address is not the dashboard's.\n", 421)
        if scope["method"] not in METHODS:
            return PlainTextResponse("The dashboard only shows.\n", 405, {"allow": ", ".join(sorted(METHODS))})
        if _is_foreign(headers):
            return PlainTextResponse("Another site's page may not use the dashboard.\n", 403)
        return self._token_refusal(scope, headers)

    def _token_refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """Check the token; one that came in the address moves into a cookie, out of the browser's history."""
        if self.access.token is None:
            return None
        try:
            query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=MAX_FIELDS)
        except ValueError:
            return PlainTextResponse("The address is too long.\n", 400)
        in_address = query.pop("token", [None])[0]
        if in_address is not None and self.access.allows_token(in_address):
            rest = urlencode(query, doseq=True)
            # A relative address of one's own path; "//" at its start would name another machine.
            path = "/" + scope["raw_path"].decode("latin-1").lstrip("/")
            answer = RedirectResponse(path + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(self.access.cookie, self.access.token, path="/", httponly=True, samesite="lax")
            return answer
        given = [_bearer(headers), *_cookies(headers, self.access.cookie)]
        # A list: each is compared, so that the time does not tell which of them is right.
        if not any([self.access.allows_token(one) for one in given]):  # noqa: C419  # see above
            return PlainTextResponse("Open the address that mlpstudy printed: it holds the token.\n", 403)
        return None


def _is_foreign(headers: Headers) -> bool:
    """Say whether another site's page asks, other than by a link that somebody followed."""
    if headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
        # Another port of this machine is the same site: what runs there is not to be trusted either.
        return headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") != "document"
    origin = headers.get("origin")
    return origin is not None and origin not in {f"http://{headers.get('host')}", f"https://{headers.get('host')}"}


def _bearer(headers: Headers) -> str | None:
    """Return the token of an ``Authorization`` header."""
    scheme, _, value = (headers.get("authorization") or "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else None


def _cookies(headers: Headers, name: str) -> list[str]:
    """Return the values of the cookies of a name; what other programs on this machine set beside them may be anything.

    Browsers send the cookies of all ports of a host, also such as no grammar allows (JSON, brackets, spaces), at
    which ``http.cookies`` stops reading.
    """
    pairs = (pair.partition("=") for line in headers.getlist("cookie") for pair in line.split(";"))
    return [value.strip() for key, _, value in pairs if key.strip() == name]
