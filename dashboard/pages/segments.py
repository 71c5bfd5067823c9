"""A choice of a few, all of them in sight: one click instead of two."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from dashboard.pages import addresses
from dashboard.pages.said import said


def choose(options: Mapping[str, str], *, key: str, label: str, usual: str | None = None) -> str:
    """The reader's choice of one of these names (name -> label), which a link may give by either.

    key: its word in the address; label: read out, not drawn, as what may be chosen says it; usual: the one chosen until
    he or she does; the first, unless said. Where there is one, there is nothing to choose.
    """
    addresses.left_out(addresses.understand(addresses.Word(key, options)))
    if len(options) == 1:
        return next(iter(options))
    names = {words: name for name, words in options.items()}
    chosen = st.segmented_control(
        said(label), list(map(said, names)), default=said(options[usual or next(iter(options))]), key=key,
        bind="query-params", required=True, label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    return {said(words): name for words, name in names.items()}[str(chosen)]
