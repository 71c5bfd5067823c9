"""What Streamlit's own routes of signing in are given, and how what they say of somebody is read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from streamlit.auth_util import encode_provider_token, get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, decode_signed_value
from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

from dashboard.sign_in import SignedIn, SignIn, signing_secret
from dashboard.way_in import CALLBACK, PROVIDER


@dataclass(frozen=True)
class StreamlitSignIn(SignIn):
    """Who is signed in, by way of Streamlit's routes."""

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
        value = get_cookie_with_chunks(lambda name: self._read(name, given.get(name, "")), USER_COOKIE_NAME)
        told = json.loads(value) if value else {}
        return self.begin(str(told.get(PROVIDER)), told, cookies) if told else None

    def known_by(self, cookies: str) -> str:
        """With which cookies Streamlit finds the provider's own way out for whoever bears these."""
        told = create_signed_value(self._secret, USER_COOKIE_NAME, json.dumps({PROVIDER: self.provider(cookies)}))
        return f"{USER_COOKIE_NAME}={told.decode()}"

    @property
    def _secret(self) -> str:
        return signing_secret(self.store)

    def _read(self, name: str, value: str) -> bytes | None:
        return decode_signed_value(self._secret, name, value.strip('"').encode("latin-1"))
