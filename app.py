"""What the server runs for each visitor; ``streamlit run app.py``, past the guard, shows made-up records alone."""

from dashboard.shell import run

run()
