"""What the server that is tried runs for each visitor: the frame, for the viewer whom a cookie of the test names."""

import streamlit as st

from dashboard.shell import run
from tests.protocol.holes import plant
from tests.protocol.practice import VIEWERS

plant(st.context.cookies.get("hole", "").replace("_", " "))
run(VIEWERS[st.context.cookies["looks"].replace("_", " ")])
