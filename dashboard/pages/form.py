"""The form of the pages: the few rules that Streamlit's own settings cannot say, in one place.

Colours and sizes that it can say stand in ``.streamlit/config.toml``; why each is so, in ``docs/form.md``. What is
named ``st-key-…`` is documented; ``stLayoutWrapper`` and ``stMainBlockContainer`` are not, and a test in the browser
holds that they do what is said here.
"""

from __future__ import annotations

ONE_LINE, SIDE_BY_SIDE, TABLET, PHONE = 1240, 1200, 900, 640
"""Pixels of the window: from the first on the filters stand on one line, from the second on charts stand side by side;
up to the third figures stand in threes, up to the last everything in one column."""
BELOW_THE_NAVIGATION = "3.75rem"
"""Where the line of filters stays while the page scrolls."""

ON_PAPER = 0.74
"""A sheet of A4 on its side is as wide as a screen of 1,440 pixels at this size."""

FRAME, LINE, BAR, BAR_FOLDED, MORE, FOLD, UNFOLD, HEAD = (
    "frame", "frame-line", "frame-bar", "frame-folded", "frame-more", "frame-fold", "frame-unfold", "head",
)  # fmt: skip
"""Keys of the parts of the frame."""
ANSWER, TWO_LINES = "answer", 48
"""Key and pixels of the place where the verdict of a page will stand."""
FIGURES, PAIR, HALVES, TRIPLE, CARD, LIST, VERDICT, CHOICES = (
    "figures", "pair", "halves", "triple", "card", "list", "verdict", "choices",
)  # fmt: skip
"""What the key of such a piece of furniture begins with."""
QUEUE = "queue"
"""The list that is a page's own and no card beside others: its rows are whole where a screen is too narrow for them."""
WIDE_ONLY, NARROW_ONLY = "wide-only", "narrow-only"
"""What the key of a part begins with that is there on wide screens alone, or on phones alone."""

_QUIET = "light-dark(#625D55, #B8B3A8)"
_PAPER = "light-dark(#FFFFFF, #171614)"
_EDGE = "light-dark(#DDDAD5, #45423D)"
_DATA = "light-dark(#0A4C8C, #4C96E8)"
_CHOSEN = "light-dark(#0A4C8C, #9CC6F5)"
_WAITING = "light-dark(#F1EFEB, #24221F)"

_WIDGETS = ':is([data-testid="stSelectbox"], [data-testid="stDateInput"], [data-testid="stMultiSelect"])'

INPUTS = f""":is({_WIDGETS},
    [data-testid="stTextInput"], [data-testid="stTextArea"], [data-testid="stNumberInput"], [data-testid="stCheckbox"],
    [data-testid="stRadio"], [data-testid="stButtonGroup"], [data-testid="stFileUploader"])"""
"""What a reader types or chooses in, by name: asked what lies in each, a browser styles the page at each change."""


def _begins(*names: str) -> str:
    """Everything whose key begins with one of these."""
    return ", ".join(f'[class*="st-key-{name}"]' for name in names)


STYLE = f"""<style>
[data-testid="stMainBlockContainer"] {{padding: {BELOW_THE_NAVIGATION} 28px 8px;}}
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {{gap: 7px;}}
[data-testid="stMain"] :is(h1, h2, h3) {{padding: 0;}}
[data-testid="stVerticalBlock"] > [data-testid="stElementContainer"]:has(> [data-testid="stHeading"]) {{
    min-height: 24px;
}}
[data-testid="stMain"] button {{min-height: 24px;}}
[data-testid="stMain"] button[kind="tertiary"] {{padding-block: 0;}}
[data-testid="stMain"] button[aria-checked="true"] p {{color: {_CHOSEN};}}
[data-testid="stLayoutWrapper"]:has(> .st-key-{FRAME}) {{
    position: sticky; top: {BELOW_THE_NAVIGATION}; z-index: 90; background: {_PAPER};
}}
.st-key-{FRAME} {{padding: 7px 0; border-bottom: 1px solid {_EDGE};}}
:is(.st-key-{MORE}, .st-key-{UNFOLD}), [data-testid="stLayoutWrapper"]:has(> .st-key-{BAR_FOLDED}) {{display: none;}}
.st-key-{LINE}:has(.st-key-{BAR_FOLDED}) .st-key-{UNFOLD} {{display: flex;}}
.st-key-{LINE}:has(.st-key-{BAR_FOLDED}) .st-key-{FOLD} {{display: none;}}
.st-key-{HEAD} {{padding-top: 7px; column-gap: 14px; row-gap: 0;}}
.st-key-{HEAD} p {{color: {_QUIET}; font-size: 13px; line-height: 1.3;}}
.st-key-{ANSWER} {{display: grid;}}
.st-key-{ANSWER}:has({_begins(VERDICT)}, [data-testid="stSkeleton"]) {{min-height: {TWO_LINES}px;}}
.st-key-{ANSWER} > * {{grid-area: 1 / 1;}}
{_begins(VERDICT)} {{border-left: 3px solid {_DATA}; padding-left: 11px;}}
{_begins(VERDICT)} p {{font-size: 17px; line-height: 24px;}}
{_begins(PAIR, HALVES, TRIPLE)} {{display: grid; gap: 7px; align-items: stretch;}}
{_begins(FIGURES)} {{display: flex; flex-flow: row wrap; gap: 7px; align-items: stretch;}}
{_begins(FIGURES)} > * {{flex: 1 1 14%; min-width: 0;}}
{_begins(FIGURES)} [data-testid="stMarkdown"] p {{font-size: 0.875rem; line-height: 1.6;}}
{_begins(PAIR, HALVES)} {{grid-template-columns: repeat(2, minmax(0, 1fr));}}
{_begins(TRIPLE)} {{grid-template-columns: repeat(3, minmax(0, 1fr));}}
{_begins(CARD)} {{padding: 8px 12px 6px;}}
{_begins(CARD)} button p {{text-align: left;}}
{_begins(LIST)} button {{min-height: 24px; height: 24px;}}
{_begins(LIST)} button p {{text-align: left; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;}}
{_begins(CHOICES)} {_WIDGETS} {{display: flex; align-items: center; gap: 6px; width: auto;}}
{_begins(CHOICES)} {_WIDGETS} > div:last-child {{width: 162px;}}
{_begins(CHOICES)} :is([class*="_view"], .st-key-comparison, .st-key-document, .st-key-thresholds)
    [data-testid="stSelectbox"] > div:last-child {{
    width: 196px;
}}
{_begins(CHOICES)} [data-testid="stElementContainer"]:has(> {_WIDGETS}) {{width: auto; flex: none;}}
{_begins(CHOICES)} [data-testid="stWidgetLabel"] {{margin: 0; min-height: 0; color: {_QUIET}; white-space: nowrap;}}
.figure {{display: grid; grid-template-columns: 1fr auto; column-gap: 8px;}}
.figure b {{font-size: 24px; line-height: 30px; font-weight: 600; white-space: nowrap;}}
.figure span {{grid-column: 1 / -1; font-size: 12px; line-height: 16px; color: {_QUIET};}}
.figure img {{align-self: center;}}
.frozen {{
    position: fixed; inset: auto 0 0; z-index: 95; margin: 0; padding: 5px 28px; background: {_DATA}; color: {_PAPER};
}}
.frozen a {{color: inherit;}}
[data-testid="stMain"]:has(.frozen) {{padding-bottom: 34px;}}
.view {{margin: 0;}}
.view a {{color: inherit;}}
.view small {{opacity: 0.75;}}
{_begins(NARROW_ONLY)} {{display: none;}}
[data-stale="true"] {{opacity: 1 !important;}}
[data-stale="true"] > :not({INPUTS}) {{background: {_WAITING}; border-radius: 6px;}}
[data-stale="true"] > :not({INPUTS}) > *, [data-stale="true"] ~ * summary {{
    opacity: 0 !important; transition: none !important;
}}
[data-testid="stElementContainer"]:has(input:disabled) [data-testid="stWidgetLabel"] {{color: inherit !important;}}
@media (max-width: {ONE_LINE - 1}px) {{
    [data-testid="stLayoutWrapper"]:has(> .st-key-{BAR}), .st-key-{LINE} .st-key-{FOLD} {{display: none;}}
    .st-key-{LINE} .st-key-{UNFOLD} {{display: flex;}}
}}
@media (max-width: {SIDE_BY_SIDE - 1}px) {{
    {_begins(PAIR, TRIPLE)} {{grid-template-columns: repeat(2, minmax(0, 1fr));}}
    {_begins(HALVES)} {{grid-template-columns: minmax(0, 1fr);}}
    {_begins(TRIPLE)} > :last-child:nth-child(odd) {{grid-column: 1 / -1;}}
}}
@media (max-width: {TABLET}px) {{
    [data-testid="stMainBlockContainer"] {{padding-inline: 14px;}}
    {_begins(CHOICES)} {_WIDGETS} > div:last-child {{width: 120px;}}
    {_begins(CHOICES)} [data-testid="stElementContainer"]:has(> [data-testid="stButton"]) {{max-width: 170px;}}
    {_begins(CHOICES)} [data-testid="stButton"] p {{overflow: hidden; text-overflow: ellipsis; white-space: nowrap;}}
    .st-key-{LIST}-{QUEUE} button {{height: auto;}}
    .st-key-{LIST}-{QUEUE} button p {{white-space: normal;}}
    {_begins(FIGURES)} > * {{flex-basis: 30%;}}
    {_begins(FIGURES)}:has(> :nth-child(4):last-child) > * {{flex-basis: 45%;}}
}}
@media (max-width: {PHONE}px) {{
    {_begins(PAIR, TRIPLE)} {{grid-template-columns: minmax(0, 1fr);}}
    {_begins(FIGURES)} > * {{flex-basis: 45%;}}
    {_begins(VERDICT)} p {{font-size: 15px; line-height: 21px;}}
    .st-key-{HEAD} p {{font-size: 12px;}}
    {_begins(CHOICES)} {_WIDGETS} > div:last-child {{width: 52vw;}}
    .figure b {{font-size: 20px; line-height: 26px; white-space: normal;}}
    {_begins(LIST)} button {{height: auto;}}
    {_begins(LIST)} button p {{white-space: normal;}}
    {_begins(WIDE_ONLY)} {{display: none;}}
    {_begins(NARROW_ONLY)} {{display: flex;}}
}}
@page {{size: A4 landscape; margin: 9mm;}}
@media print {{
    .st-key-{FRAME}, [data-testid="stHeader"], [data-testid="stMain"] button {{display: none !important;}}
    [data-testid="stMain"] :is({_begins(LIST, FIGURES)}) button {{display: flex !important;}}
    [data-testid="stLayoutWrapper"]:has(> .st-key-{FRAME}) {{position: static;}}
    [data-testid="stMainBlockContainer"] {{zoom: {ON_PAPER}; padding: 0 2px;}}
    {_begins(TRIPLE)} {{grid-template-columns: repeat(3, minmax(0, 1fr));}}
    {_begins(TRIPLE)} > :last-child:nth-child(odd) {{grid-column: auto;}}
    {_begins(PAIR, HALVES)} {{grid-template-columns: repeat(2, minmax(0, 1fr));}}
    {_begins(FIGURES)} > * {{flex-basis: 14%;}}
    {_begins(CARD, VERDICT)}, [data-testid="stPlotlyChart"], [data-testid="stDataFrame"] {{break-inside: avoid;}}
    [data-testid="stHeading"] {{break-after: avoid;}}
    [data-testid="stMain"]:has(.st-key-{ANSWER}) [data-testid="stElementContainer"]:has(details:not([open])),
    [data-testid="stMain"]:has(.st-key-{ANSWER}) [data-testid="stExpander"]:has(> details:not([open])) {{
        display: none;
    }}
    .frozen {{position: static; padding: 0; background: none; color: inherit;}}
    .frozen a {{display: none;}}
}}
</style>"""
"""Between two runs Streamlit leaves the last one's figures where the new ones will stand: they are not to be read
beside a head line of another cohort, so an empty place stands there, as large as what was in it, and nothing moves.
What a reader types or chooses in stays, as does the place that has the focus. What an input that is switched off is
called is read, unlike what stands in it."""

UNFOLDED = f"""<style>
[data-testid="stLayoutWrapper"]:has(> :is(.st-key-{BAR}, .st-key-{BAR_FOLDED})), .st-key-{MORE} {{
    display: flex !important;
}}
@media (max-width: {ONE_LINE - 1}px) {{
    [data-testid="stLayoutWrapper"]:has(> .st-key-{FRAME}) {{position: static;}}
}}
</style>"""
"""All filters at once; on a small screen they do not stay on top, where they would cover the page."""
FOLDED = "<style>.folded {}</style>"
"""Takes the place of the other: a style that is not drawn again would stay."""

DARK_ON_PAPER = """<style>
@media print {
    html, body {background: #FFFFFF !important;}
    [data-testid="stApp"] {filter: invert(1) hue-rotate(180deg) contrast(1.3);}
}
</style>"""
"""Dark ink on white from a dark screen: pictures and tables too, which were drawn in light ink before."""
LIGHT_ON_PAPER = "<style>.light {}</style>"
"""Takes the place of the other."""
