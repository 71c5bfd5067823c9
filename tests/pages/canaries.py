"""Words that would load a picture or plant a link, in every text of the records; and what finds them alive."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.shipped import shipped
from tests import csv_rows

HOST = "evil.example"
CANARY = (
    f"![x](http://{HOST}/p.png) [x](http://{HOST}/l) www.{HOST} m@{HOST} <img src=http://{HOST}/i.png> "
    f"<a href=http://{HOST}/a>q</a> <b>z</b> :material/home: :red[r] $y$ h&#116;tp://{HOST}"
)
ALIVE = re.compile(
    rf"""(?<!\\)\[x\](?!\\)|https?://{re.escape(HOST)}|www\.{HOST}|m@{HOST}|(?<!\\)<(img|a\ |b>z)|:material/home
    |:red(?!\\)\[|(?<!\\)\$y|(?<!\\)&\#116""",
    re.VERBOSE,
)
"""Of the canary what a screen that reads Markdown would make something of."""
IN_A_PICTURE = re.compile(r"<(img|a |b>z)")
"""Of it what a picture would: its words are read as a few tags of HTML."""
VALUES = ("title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success", "metric")
LABELED = (
    "button", "checkbox", "toggle", "radio", "selectbox", "multiselect", "expander", "text_input", "text_area",
    "number_input", "date_input", "metric", "download_button",
)  # fmt: skip
NAMED = ("surgeon", "site", "code")
"""The columns of the kept tables that hold whatever a practice writes there."""


def poisoned(folder: Path) -> Path:
    """The sample practice, with the canary behind every surgeon, site and code, and as its name."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in shipped("sample_data").iterdir():
        if path.suffix != ".csv":
            shutil.copy(path, folder)
            continue
        rows = csv_rows.read(path)
        for row in rows:
            row.update({name: f"{row[name]} {CANARY}" for name in NAMED if row.get(name)})
        csv_rows.write(folder / path.name, rows)
    return folder


def alive(app: AppTest) -> list[str]:
    """Every text on the screen in which something of the canary comes to life."""
    texts = [str(part.value) for kind in VALUES for part in app.get(kind) if hasattr(part, "value")]
    texts += [str(getattr(part, "label", "")) for kind in LABELED for part in app.get(kind)]
    texts += [text for part in app.radio for text in part.options]
    pictures = [drawn(part.proto.spec) for part in app.get("plotly_chart")]
    return [text for text in texts if ALIVE.search(text)] + [
        spec for spec in pictures if IN_A_PICTURE.search(spec.replace("\\u003c", "<").replace("\\u003e", ">"))
    ]


def drawn(spec: str) -> str:
    """What a picture may show: without the keys that its marks carry, where no hover label names them."""
    figure = json.loads(spec)
    for trace in figure["data"]:
        if "customdata" not in str(trace.get("hovertemplate", "")) + str(trace.get("texttemplate", "")):
            trace.pop("customdata", None)
    return json.dumps(figure)


def shows(app: AppTest) -> bool:
    """Whether the canary stands there at all."""
    texts = [str(getattr(part, "value", "")) for kind in VALUES for part in app.get(kind)]
    return any(HOST in text for text in [*texts, *(text for part in app.multiselect for text in part.options)])
