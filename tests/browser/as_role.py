"""The app as somebody of a role has it, for `tests/browser/test_roles.py`: no guard stands before it.

A script of the tests alone: the cookie that it reads says who looks, and the app knows nothing of it.
"""

import streamlit as st

from dashboard.shell import run
from tests.roles import VIEWERS

run(VIEWERS[st.context.cookies["role"]])
