"""What would take long is told first, in the place of a page; whoever goes on does so for this state of the records.

Kept in the session and not in the address: who is sent a link decides anew whether to wait.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.errors import TooMuch
from dashboard.pages.said import told

GOING_ON = "goes on with what takes long"
"""Where the session holds the generation of which its reader has said to ask all the same."""
ALL_THE_SAME = "Ask it all the same"
UNDER_WAY = "This is being worked out. To stop it, choose something else, or close the page."


def offered(problem: TooMuch) -> None:
    """The sentence, and the button to go on."""
    st.info(told(problem.message))
    st.button(ALL_THE_SAME, on_click=_go_on, args=(problem.generation,))


def goes_on(generation: int) -> bool:
    """Whether who asks in this thread has said to go on; nobody waits for what is made ready beforehand."""
    return get_script_run_ctx(suppress_warning=True) is None or st.session_state.get(GOING_ON) == generation


def under_way(generation: int) -> AbstractContextManager[None]:
    """Around a page: while it waits for what somebody goes on with, it says so."""
    return st.spinner(UNDER_WAY) if goes_on(generation) else nullcontext()


def _go_on(generation: int) -> None:
    st.session_state[GOING_ON] = generation
