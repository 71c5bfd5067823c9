"""To a provider and back: Streamlit's own routes do it, and this stands around them.

Nothing that they answer goes out but where the browser is sent next, and the cookie by which they know it again when it
comes back. What they would keep in the browser of who somebody is, and of the provider's tokens, stays here: the
browser gets a cookie of ours, which says nothing by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from dashboard import cookies as sent
from dashboard import way_in
from dashboard.answers import App, Message, Receive, Scope, Send, answer, is_cookie, secured
from dashboard.errors import OutcomesError

PLACE, PLACE_SECONDS, LONGEST_PLACE = "outcomes-place", 600, 1_500
"""The cookie that holds, on the way there and back, which page was asked for."""
WAY = "outcomes-way"
"""The cookie by which a browser shows that it is the one that was sent on this way: nobody comes back on another's."""
BACK_WITH = ("code", "state", "iss")
"""What is read of what a provider sends somebody back with."""
ERRORS = (
    "access_denied", "account_selection_required", "consent_required", "interaction_required", "invalid_request",
    "invalid_scope", "login_required", "server_error", "temporarily_unavailable", "unauthorized_client",
    "unsupported_response_type",
)  # fmt: skip
"""What may have gone wrong there: the log is told of these words, and of no other that an address has."""


class CameOfIt(Protocol):
    """What came of signing in."""

    @property
    def cookie(self) -> str:
        """As the browser is told to keep it; empty for somebody who is not known."""

    @property
    def quoted(self) -> str:
        """The number for somebody who is not known; empty for everybody else."""


class SignsIn(Protocol):
    """What the guard asks where people sign in: cookies are those of a request, as they were sent."""

    @property
    def origin(self) -> str:
        """Where the pages of whoever signs in come from; no header says it."""

    @property
    def host(self) -> str:
        """How the app is called by whoever signs in, to the letter."""

    @property
    def ways(self) -> Mapping[str, str]:
        """The label of each provider, by its name."""

    def there(self, cookies: str) -> tuple[Any, float]:
        """Who bears them, and until when they may stay, in seconds since 1970; None, and 0 at once, for nobody."""

    def used(self, cookies: str) -> None:
        """Somebody did something."""

    def login(self, provider: str) -> str | None:
        """What Streamlit's way to a provider is asked with; None for a name that none has."""

    def came_back(self, kept: Sequence[str], cookies: str) -> CameOfIt | None:
        """What comes of the cookies that Streamlit would keep of somebody; None where that is nobody for us."""

    def known_by(self, cookies: str) -> str:
        """With which cookies Streamlit finds the provider's own way out for whoever bears these."""

    def end(self, cookies: str) -> None:
        """Sign out whoever bears them, in every window."""

    def gone(self) -> str:
        """What a browser is told so that it keeps our cookie no longer."""

    def trouble(self) -> str:
        """Why nobody can be said to be signed in just now, in words; empty where nothing is wrong."""

    def useless(self, cookies: str) -> Sequence[str]:
        """The same for whoever is nobody, if there is one of ours among these."""


class RouteAnswer(NamedTuple):
    """What one of Streamlit's routes answers. kept: the cookies of who somebody is; others: all others."""

    status: int
    location: str
    kept: Sequence[str]
    others: Sequence[bytes]


async def go(
    sign_in: SignsIn, pages: Collection[str], app: App, scope: Scope, receive: Receive, send: Send, cookies: str
) -> None:
    """Answer a request to one of the three routes. pages: the paths that somebody may come back to."""
    if scope["path"] == way_in.LOGIN:
        signed = sign_in.login(_query(scope).get(way_in.PROVIDER, ""))
        if signed is None:
            return await answer(send, 404, "There is nothing here.")
        told = await _told(app, {**scope, "query_string": signed.encode()}, receive, sign_in)
        if told.status in range(300, 400):
            begun = dict(parse_qsl(urlsplit(told.location).query)).get("state", "")
            way = sent.to_keep(_way(sign_in), begun, PLACE_SECONDS, sign_in.origin)
            return await answer(send, 303, "", {"location": told.location}, [*told.others, way.encode()])
        return await _show_ways(sign_in, send, 502, way_in.NO_ANSWER)
    if scope["path"] == way_in.LOGOUT:
        return await _go_out(sign_in, app, scope, receive, send, cookies)
    await _come_back(sign_in, pages, app, scope, receive, send, cookies)


async def _go_out(sign_in: SignsIn, app: App, scope: Scope, receive: Receive, send: Send, cookies: str) -> None:
    others = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
    known = [(b"cookie", sign_in.known_by(cookies).encode("latin-1"))]
    gone = [sign_in.gone().encode()]
    try:
        sign_in.end(cookies)  # before anybody else is asked, who may be slow
    except OutcomesError as problem:
        return await _show_ways(sign_in, send, 503, problem.message, gone)
    told = await _told(app, {**scope, "headers": [*others, *known]}, receive, sign_in)
    # By way of a page that is there at once: a window still on its way to the provider would be called back by
    # what clears its screen.
    page = way_in.signed_out_page(told.location or "/")
    return await answer(send, 200, page, way_in.AS_PAGE, gone)


async def _come_back(
    sign_in: SignsIn, pages: Collection[str], app: App, scope: Scope, receive: Receive, send: Send, cookies: str
) -> None:
    query = _query(scope)
    if not query:  # from the provider's own way out, which knows no other address of ours
        return await answer(send, 303, "", {"location": "/"})
    begun = sent.only(cookies, _way(sign_in))
    if not begun or begun != query.get("state"):
        is_anew = begun and "state" in query
        return await _show_ways(sign_in, send, 401, way_in.BEGUN_ANEW if is_anew else way_in.NOT_DONE)
    told = await _told(app, {**scope, "query_string": _back_with(query).encode()}, receive, sign_in)
    try:
        result = sign_in.came_back(told.kept, cookies) if told.kept else None
    except OutcomesError as problem:  # the store's table cannot be used: it is said, and nobody comes in
        return await _show_ways(sign_in, send, 503, problem.message)
    # Who it is has been said: what was asked for, perhaps a patient by the pseudonym, is kept no longer.
    over = [
        sent.to_keep(PLACE, "", 0, sign_in.origin, way_in.CALLBACK),
        sent.to_keep(_way(sign_in), "", 0, sign_in.origin),
    ]
    if result is not None and result.quoted:
        ours = [cookie.encode() for cookie in over]
        return await answer(send, 403, way_in.quoting_page(result.quoted), way_in.AS_PAGE, [*told.others, *ours])
    if result is not None:
        ours = [cookie.encode() for cookie in (result.cookie, *over)]
        return await answer(send, 303, "", {"location": _place(cookies, pages)}, [*told.others, *ours])
    await _show_ways(sign_in, send, 401, way_in.NOT_DONE, told.others)


def remembered(place: str, origin: str) -> str:
    """The cookie that remembers which page was asked for, until whoever asked has signed in."""
    value = quote(place, safe="") if len(place) <= LONGEST_PLACE else ""
    return sent.to_keep(PLACE, value, PLACE_SECONDS, origin, way_in.CALLBACK)


async def ask_to_sign_in(sign_in: SignsIn, send: Send, place: str, cookies: str) -> None:
    """Show the ways to sign in, or why there is none just now. place: the cookie that remembers what was asked for."""
    if trouble := sign_in.trouble():
        return await _show_ways(sign_in, send, 503, trouble, [place.encode()])
    told = [cookie.encode() for cookie in (place, *sign_in.useless(cookies))]
    await _show_ways(sign_in, send, 401, way_in.SIGN_IN, told)


async def _show_ways(sign_in: SignsIn, send: Send, status: int, sentence: str, cookies: Sequence[bytes] = ()) -> None:
    """Answer with the way to each provider, under a sentence that says why."""
    await answer(send, status, way_in.sign_in_page(sign_in.ways, sentence), way_in.AS_PAGE, cookies)


def _query(scope: Scope) -> dict[str, str]:
    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))


def _way(sign_in: SignsIn) -> str:
    """The name of that cookie. Behind TLS one that no other name of the clinic's can set in its place."""
    return f"__Host-{WAY}" if sent.is_by_tls(sign_in.origin) else WAY


def _back_with(query: Mapping[str, str]) -> str:
    """What Streamlit is told of how somebody came back."""
    told = {word: query[word] for word in BACK_WITH if word in query}
    if wrong := query.get("error"):
        told["error"] = wrong if wrong in ERRORS else "other"
    return urlencode(told)


def _place(cookies: str, pages: Collection[str]) -> str:
    """Which page was asked for: one of ours, whoever set the cookie."""
    place = unquote(sent.only(cookies, PLACE))
    is_ours = place.partition("?")[0] in pages and place.isprintable() and place.isascii()
    return place if is_ours else "/"


async def _told(app: App, scope: Scope, receive: Receive, sign_in: SignsIn) -> RouteAnswer:
    """What the app answers, of which nothing has gone out yet; its text never does."""
    began: list[Message] = []

    async def heard(message: Message) -> None:
        if message["type"] == "http.response.start":
            began.append(message)

    await app(scope, receive, heard)
    (start,) = began
    cookies = [value for name, value in start["headers"] if is_cookie(name)]
    kept = [value.decode("latin-1") for value in cookies if value.startswith(b"_streamlit_user")]
    others = [value for value in cookies if not value.startswith(b"_streamlit_user")]
    if sent.is_by_tls(sign_in.origin):
        others = list(map(secured, others))
    location = next((value.decode("latin-1") for name, value in start["headers"] if name == b"location"), "")
    return RouteAnswer(start["status"], location, kept, others)
