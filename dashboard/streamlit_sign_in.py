"""What Streamlit's own routes of signing in are given, and how what they say of somebody is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from streamlit.auth_util import encode_provider_token, get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import TOKENS_COOKIE_NAME, USER_COOKIE_NAME

from dashboard.cookies import joined
from dashboard.sign_in import SignedIn, SignIn, signing_secret
from dashboard.way_in import CALLBACK, PROVIDER

WHO_IT_IS = "id_token"
MOST_HINTS = 1_000


@dataclass(frozen=True)
class StreamlitSignIn(SignIn):
    """Who is signed in, by way of Streamlit's routes.

    _hints: by the key of a session the provider's token of who it is, which the provider's way out is given: without
    it some ask whoever goes out whether they mean it. In memory alone: after a start they are asked.
    """

    _hints: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def secrets(self) -> Mapping[str, Any]:
        """What Streamlit reads elsewhere from a file of secrets: no second file holds them."""
        providers = {
            name: {
                "client_id": provider.client_id,
                "client_secret": provider.client_secret,
                "server_metadata_url": provider.metadata,
                # No name and no address of mail is asked for: only who it is to the provider.
                "client_kwargs": {"scope": "openid", "prompt": "select_account"},
            }
            for name, provider in self.said.providers.items()
        }
        secret = signing_secret(self.store)
        return {"auth": {"redirect_uri": f"{self.origin}{CALLBACK}", "cookie_secret": secret, **providers}}

    def login(self, provider: str) -> str | None:
        """What Streamlit's way to a provider is asked with; None for a name that none has."""
        if provider not in self.said.providers:
            return None
        return urlencode({PROVIDER: encode_provider_token(provider)})

    def came_back(self, kept: Sequence[str], cookies: str) -> SignedIn | None:
        """What comes of the cookies that Streamlit would keep of somebody; None where that is nobody for us."""
        given = dict(cookie.partition(";")[0].split("=", 1) for cookie in kept)
        told, tokens = self._kept(given, USER_COOKIE_NAME), self._kept(given, TOKENS_COOKIE_NAME)
        result = self.begin(str(told.get(PROVIDER)), told, cookies) if told else None
        if result is not None and result.cookie:
            self._hints[self._key(result.cookie.partition(";")[0])] = str(tokens.get(WHO_IT_IS, ""))
            for key in list(self._hints)[:-MOST_HINTS]:
                del self._hints[key]
        return result

    def known_by(self, cookies: str) -> str:
        """With which cookies Streamlit finds the provider's own way out for whoever bears these."""
        said = {USER_COOKIE_NAME: {PROVIDER: self.provider(cookies)}}
        if hint := self._hints.pop(self._key(cookies), ""):
            said[TOKENS_COOKIE_NAME] = {WHO_IT_IS: hint}
        signed = {name: create_signed_value(self._secret, name, json.dumps(what)) for name, what in said.items()}
        return joined(f"{name}={value.decode()}" for name, value in signed.items())

    @property
    def _secret(self) -> str:
        return signing_secret(self.store)

    def _kept(self, given: Mapping[str, str], name: str) -> dict[str, Any]:
        """What Streamlit would keep of somebody under one name, in however many cookies."""
        value = get_cookie_with_chunks(lambda one: self._read(one, given.get(one, "")), name)
        return dict(json.loads(value)) if value else {}

    def _read(self, name: str, value: str) -> bytes | None:
        return decode_signed_value(self._secret, name, value.strip('"').encode("latin-1"))
