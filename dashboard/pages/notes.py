"""What people write in the app: the form in which they do, and their words as they were written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from dashboard.engines.notebook import Note
from dashboard.errors import OutcomesError
from dashboard.pages import parts

LONGEST = 1_500


def signed(note: Note) -> str:
    """A note with who wrote it, and when."""
    return f"{parts.said(note.text)} · {parts.said(note.who)}, {parts.day_words(note.at.date())}"


def form(label: str, keep: Callable[[str], None], *, key: str, most: int = LONGEST) -> None:
    """A place to write; what is kept stands on the page at once, and what cannot be kept says why.

    keep: what happens with the words; key: tells forms apart, and belongs to what is written about.
    """
    with st.form(f"form {key}", border=False):
        text = st.text_area(parts.said(label), max_chars=most, key=f"words {key}")
        if st.form_submit_button("Keep this note"):
            kept(lambda: keep(text))


def kept(keep: Callable[[], object], *, scope: Literal["app", "fragment"] = "app") -> None:
    """Keep something and draw the page, or what is open over it, anew; or say why it was not kept."""
    try:
        keep()
    except OutcomesError as problem:
        st.error(parts.told(problem.message))
    else:
        st.rerun(scope=scope)
