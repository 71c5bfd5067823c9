"""To a provider and back: Streamlit's own routes do it, and this stands around them.

Nothing that they answer goes out but where the browser is sent next, and the cookie by which they know it again when it
comes back. What they would keep in the browser of who somebody is, and of the provider's tokens, stays here: the
browser gets a cookie of ours, which says nothing by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, Protocol
from urllib.parse import parse_qsl, quote, unquote

from dashboard import cookies as sent
from dashboard import way_in
from dashboard.answers import App, Message, Receive, Scope, Send, answer, is_cookie, secured
from dashboard.errors import OutcomesError

PLACE, PLACE_SECONDS, LONGEST_PLACE = "outcomes-place", 600, 1_500
"""The cookie that holds, on the way there and back, which page was asked for."""


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
    def ways(self) -> Mapping[str, str]:
        """The label of each provider, by its name."""

    def until(self, cookies: str) -> float:
        """Until when whoever bears them may stay, in seconds since 1970."""

    def who(self, cookies: str) -> Any:
        """Who bears them; None for nobody."""

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
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    if scope["path"] == way_in.LOGIN:
        signed = sign_in.login(query.get(way_in.PROVIDER, ""))
        if signed is None:
            return await answer(send, 404, "There is nothing here.")
        told = await _told(app, {**scope, "query_string": signed.encode()}, receive, sign_in)
        if told.status in range(300, 400):
            return await answer(send, 303, "", {"location": told.location}, told.others)
        page = way_in.sign_in_page(sign_in.ways, way_in.NO_ANSWER)
        return await answer(send, 502, page, way_in.AS_PAGE)
    if scope["path"] == way_in.LOGOUT:
        others = [(name, value) for name, value in scope["headers"] if name.lower() != b"cookie"]
        known = [(b"cookie", sign_in.known_by(cookies).encode("latin-1"))]
        told = await _told(app, {**scope, "headers": [*others, *known]}, receive, sign_in)
        sign_in.end(cookies)
        # By way of a page that is there at once: a window still on its way to the provider would be called back by
        # what clears its screen.
        page = way_in.signed_out_page(told.location or "/")
        return await answer(send, 200, page, way_in.AS_PAGE, [sign_in.gone().encode()])
    told = await _told(app, scope, receive, sign_in)
    try:
        result = sign_in.came_back(told.kept, cookies) if told.kept else None
    except OutcomesError as problem:  # the store's table cannot be used: it is said, and nobody comes in
        return await answer(send, 503, way_in.sign_in_page(sign_in.ways, problem.message), way_in.AS_PAGE)
    if result is not None and result.quoted:
        return await answer(send, 403, way_in.quoting_page(result.quoted), way_in.AS_PAGE, told.others)
    if result is not None:
        place = _place(cookies, pages)
        return await answer(send, 303, "", {"location": place}, [*told.others, result.cookie.encode()])
    if not query:  # from the provider's own way out, which knows no other address of ours
        return await answer(send, 303, "", {"location": "/"})
    page = way_in.sign_in_page(sign_in.ways, way_in.NOT_DONE)
    return await answer(send, 401, page, way_in.AS_PAGE, told.others)


def remembered(place: str, origin: str) -> str:
    """The cookie that remembers which page was asked for, until whoever asked has signed in."""
    value = quote(place, safe="") if len(place) <= LONGEST_PLACE else ""
    kept = f"{PLACE}={value}; Max-Age={PLACE_SECONDS}; Path={way_in.CALLBACK}; HttpOnly; SameSite=Lax"
    return f"{kept}; Secure" if origin.startswith("https:") else kept


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
    if sign_in.origin.startswith("https:"):
        others = list(map(secured, others))
    location = next((value.decode("latin-1") for name, value in start["headers"] if name == b"location"), "")
    return RouteAnswer(start["status"], location, kept, others)
