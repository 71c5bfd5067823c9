"""Every request of an outsider is refused before the app sees it; those of our own pages pass unchanged."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from dashboard import answers, way_in
from tests.outsider import HOST, IN, NOW, OURS, OUT, SECRET, UPLOAD, ask, door, talk

HOSTS = {
    "ours": HOST, "another name": "evil.example", "another name on our port": "evil.example:8501",
    "no port": "127.0.0.1", "another port": "127.0.0.1:8502", "a name that ends so": "evil-127.0.0.1:8501",
    "ours with a dot": "127.0.0.1.:8501",
    "ours in capitals": "LOCALHOST:8501", "with a user": f"x@{HOST}", "every address": "0.0.0.0:8501",
    "another address of this machine": "127.0.0.2:8501", "nothing": "", "the wide one": "[::1]:8501",
}  # fmt: skip
ORIGINS = {
    "ours": OURS, "none": None, "another site": "http://evil.example", "another port": "http://127.0.0.1:8502",
    "localhost": "http://localhost:8501", "encrypted": f"https://{HOST}", "null": "null", "empty": "",
    "with a path": f"{OURS}/", "a site that begins so": f"{OURS}.evil.example", "a file": "file://",
    "our external address": "http://203.0.113.7",
}  # fmt: skip


@pytest.mark.parametrize("closed", [True, False], ids=["real", "made up"])
def test_only_our_host_and_our_origin_reach_the_stream_and_the_uploads(closed: bool) -> None:
    tried = 0
    for (who, host), (where, origin), cookie in itertools.product(HOSTS.items(), ORIGINS.items(), (IN, OUT)):
        behind = door(closed)
        for kind in ("stream", "upload", "page"):
            if kind == "stream":
                answer = talk(b"ours", behind=behind, host=host, origin=origin, cookie=cookie)
            else:
                more: dict[str, Any] = {"cookie": cookie, **({"origin": origin} if origin is not None else {})}
                path, method = (UPLOAD, "PUT") if kind == "upload" else ("/risk", "GET")
                answer = ask(path, method=method, behind=behind, headers=[("host", host)], **more)
            let_in = cookie == IN or (not closed and kind != "upload")
            of_ours = where == "ours" or (where == "none" and kind == "page")
            allowed = who == "ours" and of_ours and let_in
            assert answer.is_closed != allowed, (kind, who, where, cookie)
            tried += 1
    assert tried == len(HOSTS) * len(ORIGINS) * 2 * 3
    print(f"{tried} combinations of host, origin, cookie and what is asked for")


@pytest.mark.parametrize("twice", [("host", HOST), ("origin", OURS)])
def test_a_header_that_is_there_twice_is_none(twice: tuple[str, str]) -> None:
    answer = ask(headers=[("host", HOST), ("origin", OURS), ("cookie", IN), twice])
    assert (answer.status, answer.is_closed) == (421, True)


def test_a_request_without_a_host_is_refused() -> None:
    assert ask(headers=[("cookie", IN)]).status == 421


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize("path", ["/media/abc.csv", "/static/js/index.js", "/", "/_stcore/health"])
def test_a_page_of_another_site_or_port_gets_nothing_by_naming_it(path: str, site: str) -> None:
    for mode, dest in (("no-cors", "image"), ("no-cors", "script"), ("cors", "empty"), ("navigate", "iframe")):
        answer = ask(path, cookie=IN, sec_fetch_site=site, sec_fetch_mode=mode, sec_fetch_dest=dest)
        assert (answer.status, answer.is_closed) == (403, True), (mode, dest)


def test_a_link_of_another_site_may_be_followed() -> None:
    followed: dict[str, Any] = {
        "sec_fetch_site": "cross-site",
        "sec_fetch_mode": "navigate",
        "sec_fetch_dest": "document",
    }
    assert ask("/risk", cookie=IN, **followed).status == 200


@pytest.mark.parametrize(
    "path",
    ["/_stcore/metrics", "/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/agent/openapi.json",
     "/_stcore/script-health-check", "/_stcore/message", "/_stcore/bidi-components/x", "/component/x/index.html",
     "/app/static/x", "/static/../../etc/passwd", "/static/..", "/static//x", "/media/../x", "//evil.example", "/risk/",
     "/auth/login", "/auth/logout", "/oauth2callback",
     "/unheard-of", "/risk/_stcore/health", "http://evil.example/", "*", "", "/static/js/.hidden", "/STATIC/js/x"],
)  # fmt: skip
def test_what_is_not_on_the_list_is_not_there_whoever_asks(path: str) -> None:
    for method in ("GET", "POST", "PUT"):
        answer = ask(path, method=method, cookie=IN, origin=OURS)
        assert (answer.status, answer.is_closed) == (404, True)


@pytest.mark.parametrize(
    ("path", "method"),
    [("/", "POST"), ("/risk", "DELETE"), ("/media/x", "PUT"), (UPLOAD, "GET"), (UPLOAD, "OPTIONS"), ("/", "TRACE"),
     ("/_stcore/health", "OPTIONS"), ("/favicon.png", "POST"), ("/static/js/x.js", "POST")],
)  # fmt: skip
def test_what_is_on_the_list_is_asked_for_in_its_own_way_alone(path: str, method: str) -> None:
    answer = ask(path, method=method, cookie=IN, origin=OURS)
    assert (answer.status, answer.is_closed) == (405, True)


OPEN = ["/static/js/index.DormvYxC.js", "/static/media/SourceSansVF-Upright.ttf.BsWL4Kly.woff2", "/favicon.png",
        "/_stcore/health", "/_stcore/host-config", "/manifest.json"]  # fmt: skip


@pytest.mark.parametrize("path", [*OPEN, "/", "/risk", "/media/abc.csv", "/no", "/_stcore/metrics"])
def test_every_answer_has_the_headers_and_none_that_lets_another_page_read_it(path: str) -> None:
    for cookie in (IN, OUT):
        answer = ask(path, cookie=cookie)
        small = way_in.AS_PAGE if b"<!doctype" in answer.body else {}
        assert {**answer.headers, **answers.HEADERS, **small} == answer.headers
        assert not any(name.startswith("access-control") for name in answer.headers)


@pytest.mark.parametrize("path", OPEN)
def test_what_holds_nothing_of_ours_is_open_to_our_pages_without_a_cookie(path: str) -> None:
    assert ask(path).body == SECRET


@pytest.mark.parametrize(("path", "status"), [("/", 401), ("/risk", 401), ("/media/abc.csv", 401)])
def test_real_records_are_for_whoever_has_come_in(path: str, status: int) -> None:
    assert (ask(path).status, ask(path).is_closed) == (status, True)
    assert ask(path, cookie=f"a=b; {IN}").body == SECRET
    assert ask(path, behind=door(closed=False)).body == SECRET
    late = door(clock=lambda: NOW + 3_600)
    assert ask(path, behind=late, cookie=IN).is_closed


def test_what_is_shown_or_downloaded_is_not_kept_by_the_browser_and_the_rest_is_as_it_was() -> None:
    for path in ("/", "/risk", "/media/abc.csv"):
        assert ask(path, cookie=IN).headers["cache-control"] == "no-store"
    assert ask("/static/js/x.js").headers["cache-control"] == "public, max-age=9"


def test_the_small_page_asks_once_more_by_itself_and_then_says_how_to_come_in() -> None:
    first = ask("/risk", "procedure=TLIF&by=%22%3E%3Cscript%3E").body.decode()
    assert 'content="0; url=/risk?procedure=TLIF&amp;by=%22%3E%3Cscript%3E&amp;again=1"' in first
    assert "<script" not in first
    second = ask("/risk", "procedure=TLIF&again=1")
    assert b"refresh" not in second.body
    assert b"python3 -m dashboard open" in second.body
    third = ask("/risk", "procedure=TLIF&again=1", cookie=IN)
    assert (third.status, third.headers["location"]) == (303, "/risk?procedure=TLIF")


def test_a_launch_token_is_exchanged_for_the_cookie_and_leaves_the_address() -> None:
    answer = ask("/risk", "launch=once&procedure=TLIF")
    assert (answer.status, answer.headers["location"]) == (303, "/risk?procedure=TLIF")
    assert answer.headers["set-cookie"] == "outcomes-8501=new"
    assert answer.is_closed


def test_a_token_that_is_no_good_says_so_but_to_whoever_is_in_already() -> None:
    refused = ask("/", "launch=twice")
    assert (refused.status, b"each works once" in refused.body, "set-cookie" in refused.headers) == (401, True, False)
    assert ask("/", "launch=twice", cookie=IN).headers["location"] == "/"
    assert ask("/", "launch=twice", behind=door(closed=False)).headers["location"] == "/"


def test_a_token_is_not_used_up_by_what_only_looks() -> None:
    used: list[str] = []
    behind = door(exchange=lambda token: used.append(token))
    for answer in (
        ask("/", "launch=once", method="HEAD", behind=behind),
        ask("/", "launch=once", behind=behind, sec_purpose="prefetch;prerender"),
        ask("/", "launch=once", behind=behind, headers=[("host", "evil.example")]),
        ask("/", "launch=once", behind=behind, origin="http://evil.example"),
    ):
        assert answer.is_closed
    assert used == []


@pytest.mark.parametrize("sent", [{"content_length": "9"}, {"transfer_encoding": "chunked"}, {"content_length": "x"}])
def test_nothing_is_sent_along_where_nothing_is_read(sent: dict[str, Any]) -> None:
    for path in ("/", "/media/x.csv", "/static/js/x.js", "/_stcore/health"):
        answer = ask(path, cookie=IN, **sent)
        assert (answer.status, answer.is_closed, answer.headers["connection"]) == (400, True, "close")
    assert ask("/", cookie=IN, content_length="0").status == 200


def test_the_server_proves_itself_to_whoever_asks_with_a_whole_challenge_and_to_no_other_page() -> None:
    behind = door(proves=lambda challenge, at: f"{challenge} proven")
    challenge = "aB3-_" * 8 + "xyz"
    answer = ask(way_in.PROOF, challenge, behind=behind)
    assert (answer.status, answer.body, answer.is_closed) == (200, f"{challenge} proven".encode(), True)
    for other in ("", challenge[1:], f"{challenge}0", f"{challenge[1:]}%", f"{challenge[1:]}\n"):
        assert (ask(way_in.PROOF, other, behind=behind).status, ask(way_in.PROOF, other, behind=behind).body) == (
            404,
            b"",
        )
    assert ask(way_in.PROOF, challenge, behind=behind, sec_fetch_site="same-site").status == 403
    assert ask(way_in.PROOF, challenge, behind=behind, origin="http://evil.example").status == 403
    assert ask(way_in.PROOF, challenge, behind=door()).status == 404
