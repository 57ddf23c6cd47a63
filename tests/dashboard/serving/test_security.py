"""The dashboard under attack: other hosts, other sites, other methods, guessed tokens, hostile names."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from mlpstudy.dashboard.following.folder import StudyFolder
from mlpstudy.dashboard.following.hub import Hub
from mlpstudy.dashboard.serving.app import make_app, study_address
from mlpstudy.dashboard.serving.security import HEADERS, Access
from store import samples

SECRET = "right-token"  # noqa: S105  # not one that opens anything
BASE = "http://127.0.0.1:8228"
HOSTILE = "<img src=x onerror=alert(1)>\"'&%2e%2e"


class Browser:
    """Asks the dashboard of a folder, without a network; nothing is remembered from one request to the next."""

    def __init__(self, root: Path, *, is_local: bool = True, secret: str | None = None) -> None:
        names = {"localhost"} if secret is None else {"localhost", "lab.example"}
        self.root = root
        self.access = Access(8228, is_local, secret, frozenset(names))

    def request(self, method: str, path: str, headers: dict[str, str] | httpx.Headers | None = None) -> httpx.Response:
        """Return the answer to a request."""

        async def ask() -> httpx.Response:
            app = make_app(Hub(StudyFolder(self.root)), self.access)
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str, headers: dict[str, str] | httpx.Headers | None = None) -> httpx.Response:
        """Return the answer to a GET."""
        return self.request("GET", path, headers)


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    """A folder of two studies, one of a hostile name, beside a secret."""
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "study.db").write_text("secret")
    root = tmp_path / "runs"
    for name in ("tiny", HOSTILE.replace("/", "_")):
        samples.fill(root / name, [samples.finished(samples.tiny_study())])
    (root / "link").symlink_to(tmp_path / "secret", target_is_directory=True)
    return root


PATHS = ["/", "/study/tiny", "/files/study.js", "/nothing", "/study/none"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "host",
    ["attacker.example:8228", "127.0.0.1", "127.0.0.1:8229", "192.168.1.1:8228", "0.0.0.0:8228", "", "[::1", "a b"],
)
def test_other_hosts_get_nothing(runs: Path, path: str, host: str) -> None:
    """DNS rebinding: a request that names another host is refused, whatever it asks for."""
    answer = Browser(runs).get(path, headers={"host": host})
    assert answer.status_code == 421
    assert "tiny" not in answer.text


def test_own_names_are_let_in(runs: Path) -> None:
    """The loopback addresses and localhost are this dashboard's."""
    for host in ("127.0.0.1:8228", "localhost:8228", "LOCALHOST:8228", "[::1]:8228", "127.0.0.2:8228"):
        assert Browser(runs).get("/study/tiny", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "MADE-UP"])
def test_nothing_can_be_changed(runs: Path, method: str) -> None:
    """Only GET and HEAD are answered."""
    assert Browser(runs).request(method, "/study/tiny").status_code == 405


@pytest.mark.parametrize("path", [*PATHS, "/study/tiny/events"])
def test_every_answer_is_safe(runs: Path, path: str) -> None:
    """Every answer, also a refusal, has the policy: nothing inline, no eval, nothing from elsewhere, no framing."""
    answer = Browser(runs).request("HEAD", path)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
        {"origin": "https://attacker.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
    ],
)
def test_pages_of_other_sites_may_not_use_it(runs: Path, headers: dict[str, str]) -> None:
    """Another site's scripts, frames and images get nothing, not even a stream to hold open."""
    for path in ("/study/tiny", "/events", "/files/study.js"):
        assert Browser(runs).get(path, headers=headers).status_code == 403


def test_a_link_may_be_followed(runs: Path) -> None:
    """A link to the dashboard in a mail or a chat works."""
    headers = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert Browser(runs).get("/study/tiny", headers=headers).status_code == 200


WAYS_OUT = """..%2fsecret %2e%2e%2fsecret ....//secret link /etc %00 tiny%00 ~%2f
tiny/study.db ~ %ff%fe"""


@pytest.mark.parametrize("key", [*WAYS_OUT.split(), "", "a" * 5000])
def test_names_are_looked_up_and_never_become_paths(runs: Path, key: str) -> None:
    """Only studies that the folder lists are there: no way leads out of it, nor through symbolic links."""
    for path in (f"/study/{key}", f"/study/{key}/events", f"/files/{key}"):
        answer = Browser(runs).get(path)
        assert answer.status_code in {404, 307}, path
        assert "secret" not in answer.text


def test_hostile_names_are_text(runs: Path) -> None:
    """A folder's name full of markup stands escaped in its page, and its address is encoded."""
    name = HOSTILE.replace("/", "_")
    answer = Browser(runs).get(study_address(name))
    assert answer.status_code == 200
    assert "<img" not in answer.text
    assert "&lt;img src=x onerror=alert(1)&gt;" in answer.text


def test_pages_hold_nothing_inline(runs: Path) -> None:
    """No script, style or handler stands in a page: the policy would refuse it."""
    for path in ("/", "/study/tiny"):
        text = Browser(runs).get(path).text
        assert "style=" not in text
        assert "<style" not in text
        assert " on" not in text.split("<body>")[0]
        assert text.count("<script") == text.count("<script src=")
        assert "//" not in text.replace("<!doctype html>", "")


def test_a_token_is_asked_for_everywhere(runs: Path) -> None:
    """With a token nothing is answered without it, nor with a wrong one."""
    guarded = Browser(runs, is_local=False, secret=SECRET)
    for path in [*PATHS, "/events", "/study/tiny/events"]:
        for headers in ({}, {"cookie": "mlpstudy-8228=wrong"}, {"authorization": "Bearer wrong"}, {"cookie": "="}):
            assert guarded.get(path, headers=headers).status_code == 403
        for query in ("token=", "token=wrong", "token=right-toke", "token=right-token-", "token=%ff", "token"):
            assert guarded.get(f"{path}?{query}").status_code == 403
    assert guarded.get("/?" + "&".join(f"a{i}=1" for i in range(1000))).status_code == 400


def test_the_token_moves_into_a_cookie(runs: Path) -> None:
    """The address with the token leads on without it; its cookie is for this server's pages alone."""
    guarded = Browser(runs, is_local=False, secret=SECRET)
    answer = guarded.get("/study/tiny?token=right-token&a=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/study/tiny?a=1")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("mlpstudy-8228=right-token;")
    for part in ("HttpOnly", "SameSite=lax", "Path=/"):
        assert part in cookie
    assert guarded.get("/study/tiny", headers={"cookie": cookie.split(";")[0]}).status_code == 200
    assert Browser(runs, secret=SECRET).get("/", headers={"authorization": "Bearer right-token"}).status_code == 200


OTHERS = [
    'theme={"dark":true}',
    "a[b]=1",
    "name=John Smith",
    "x=\u00e9",
    "x=\u4e2d",
    "=",
    "",
    "novalue",
    'q="a',
    "mlpstudy-822=x",
]


@pytest.mark.parametrize("other", [*OTHERS, "mlpstudy-8228=wrong", "mlpstudy-8228=", "mlpstudy-8228"])
def test_the_token_is_found_among_any_cookies(runs: Path, other: str) -> None:
    """Cookies that other programs on this machine have set, whatever they are, keep nobody out and let nobody in."""
    guarded, right = Browser(runs, secret=SECRET), f"mlpstudy-8228={SECRET}"
    for cookies, status in (
        (f"{other}; {right}", 200),
        (f"{right}; {other}", 200),
        (f"{right};{other}", 200),
        (other, 403),
        (f"{other}; x{right}", 403),
        (f"{other}; x={right}", 403),
    ):
        answer = guarded.get("/study/tiny", httpx.Headers({"cookie": cookies}, encoding="utf-8"))
        assert answer.status_code == status, cookies


def test_the_way_on_stays_here(runs: Path) -> None:
    """An address that begins with two slashes is not taken for another machine's."""
    answer = Browser(runs, secret=SECRET).get(f"{BASE}//attacker.example/?token=right-token")
    assert answer.headers["location"] == "/attacker.example/"


def test_from_other_machines_the_host_is_checked_too(runs: Path) -> None:
    """IP addresses and this machine's names may be asked for, other names not."""
    guarded = Browser(runs, is_local=False, secret=SECRET)
    ask = {"authorization": f"Bearer {SECRET}"}
    assert guarded.get("/study/tiny", headers={"host": "192.168.1.7:8228", **ask}).status_code == 200
    assert guarded.get("/study/tiny", headers={"host": "lab.example:8228", **ask}).status_code == 200
    assert guarded.get("/study/tiny", headers={"host": "attacker.example:8228", **ask}).status_code == 421
