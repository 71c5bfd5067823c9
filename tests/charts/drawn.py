"""What a picture says, as it is read."""

from __future__ import annotations

import re

import plotly.graph_objects as go


def texts(figure: go.Figure) -> list[str]:
    """The words of a picture, a quiet number as any other."""
    return [
        re.sub("</?span[^>]*>", "", str(annotation.text)).replace("&nbsp; ", " ")
        for annotation in figure.layout.annotations
    ]
