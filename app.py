"""What ``streamlit run app.py`` starts."""

from dashboard.shell import run

run()
