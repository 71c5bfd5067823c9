"""Furniture that stands on more than one page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.cells import PALE_BAND as PALE_BAND
from dashboard.analyses.cells import SHARES_TOLD as SHARES_TOLD
from dashboard.analyses.cells import SIGNS_TOLD as SIGNS_TOLD
from dashboard.analyses.cells import WORST_CASE as WORST_CASE
from dashboard.analyses.cells import Columns as Columns
from dashboard.analyses.cells import apart_of as apart_of
from dashboard.analyses.cells import best_to_worst as best_to_worst
from dashboard.analyses.cells import columns_of as columns_of
from dashboard.analyses.cells import count_words as count_words
from dashboard.analyses.cells import day_words as day_words
from dashboard.analyses.cells import interval_of as interval_of
from dashboard.analyses.cells import interval_words as interval_words
from dashboard.analyses.cells import known_of_due as known_of_due
from dashboard.analyses.cells import percent as percent
from dashboard.analyses.cells import rate_words as rate_words
from dashboard.analyses.cells import share_of as share_of
from dashboard.analyses.cells import share_words as share_words
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.recorded import not_recorded, reoperations_unseen
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.analyses.ways import Way, ways
from dashboard.charts import dot_interval, style
from dashboard.charts.lean import Lean
from dashboard.cohort import FILTERS, Cohort
from dashboard.definitions import Landmark, Outcome, load
from dashboard.definitions.terms import Visit
from dashboard.exports.offers import COUNTS, Again
from dashboard.pages import addresses, exporting
from dashboard.pages.said import said as said
from dashboard.pages.said import told as told
from dashboard.records import Records

rows_of = style.rows_of
DEFAULT_LANDMARK = 730
DEFINITION, WITHIN = "Definition of failure", "Failed within"
"""What the two choices are called that stand on most pages."""
SEVERITIES = {"stop": "Refused", "row": "Row left out", "cell": "Cell left out", "note": "Note"}
"""What came of an issue of an import, as every screen says it."""
MOST_UNTOLD = 5
"""So many groups that are not told are named."""
NOTHING: Mapping[str, Any] = MappingProxyType({})
GOING_TO = "going to"
"""Where a button leads, for the moment between its click and the frame that follows it."""


def is_dark() -> bool:
    """Whether the reader's screen is dark, and what is drawn stays on it."""
    return st.context.theme.type == "dark" and not exporting.drawn_on_paper()


def choose_outcome(kinds: tuple[str, ...] = ("time", "landmark")) -> Outcome:
    """The reader's choice of a definition of failure; the first is the default."""
    outcomes = {outcome.name: outcome for outcome in load().failures.values() if outcome.kind in kinds}
    return outcomes[choose_group({name: outcome.short for name, outcome in outcomes.items()}, "outcome", DEFINITION)]


def choose_landmark() -> Landmark:
    """The reader's choice of a fixed day."""
    landmarks = {str(landmark.days): landmark for landmark in load().landmarks}
    labels = {days: landmark.label for days, landmark in landmarks.items()}
    return landmarks[choose_group(labels, "within", WITHIN, usual=str(DEFAULT_LANDMARK))]


def choose_group(
    options: Mapping[str, str],
    key: str = "by",
    label: str = "Shown by",
    width: int | None = None,
    usual: str | None = None,
) -> str:
    """The reader's choice of one of these names (name -> label), which a link may give by either.

    usual: the one chosen until he or she does; the first, unless said. Where there is one, there is nothing to choose.
    """
    addresses.left_out(addresses.understand(addresses.Word(key, options)))
    if len(options) == 1:
        return next(iter(options))
    names = {label: name for name, label in options.items()}
    place = list(options).index(usual) if usual is not None else 0
    return names[
        st.selectbox(said(label), list(names), index=place, key=key, bind="query-params", width=width or "stretch")
    ]  # fmt: skip


def parting(records: Records, groups: Mapping[str, str]) -> dict[str, str]:
    """Of these columns (name -> label) those by which there is more than one group; the first, where there is none."""
    several = {name: label for name, label in groups.items() if len(records.choices(name)) > 1}
    return several or dict(list(groups.items())[:1])


def choose_view(records: Records, views: addresses.Views, *, width: int | None = None) -> str:
    """The reader's choice of a view, of those that this viewer has."""
    return choose_group(views.of(records.viewer), views.word, "Shown", width)


def choose_visit(key: str) -> Visit:
    """The reader's choice of a visit; the second, that a year after surgery, is the default."""
    visits = {str(visit.months): visit for visit in load().visits.values()}
    return visits[choose_group({name: one.label for name, one in visits.items()}, key, "Visit", usual=list(visits)[1])]


def whose(records: Records) -> str:
    """What the operations are called in a sentence to this viewer: a surgeon sees no others than his or her own."""
    return "your operations" if records.viewer.surgeon else "operations"


def verdict(answer: Verdict) -> None:
    """What is concluded, in one or two lines: the answer in bold, then what is doubtful."""
    st.markdown(f"**{said(answer.answer)}** {said(answer.doubt)}".rstrip())


def offer(found: Sequence[Way], *, key: str, path: str | None = "", also: Mapping[str, Any] = NOTHING) -> None:
    """Other choices under which what is refused here can be shown, each a button that makes it.

    path: the page on which it is shown, as in ``link_to``; also: what else is chosen there, by its word in the address.
    """
    for place, way in enumerate(found):
        link_to(path, f"Possible for {way.words}", {**_filters_of(way.cohort), **also}, key=f"way {key} {place}")


def _filters_of(cohort: Cohort) -> dict[str, Any]:
    """What the filters above every page hold for a cohort that is wider than the reader's own."""
    chosen: dict[str, Any] = {each.word: list(cohort.chosen.get(each.dimension, ())) for each in FILTERS}
    # The period is left as it is but where it is let go: the shell then takes the whole one.
    return chosen if cohort.operated_from or cohort.operated_to else chosen | {"operated": None}


def note(words: str) -> None:
    """A small line under something: what it is, what it rests on."""
    st.markdown(f":small[{words}]")


def provenance(records: Records, outcome: Outcome, *, over_time: bool = True) -> None:
    """What was counted, by which definition, up to which day.

    over_time: whether shares allow for operations not followed so long, as those of a course over time do.
    """
    if over_time and outcome.kind == "time":
        note(SHARES_TOLD)
    note(
        f"{outcome.label}, definition version {outcome.version} · {counted_on(records)} · [what counts as a failure]"
        "(/definitions) · [the same under every definition](/definitions?definitions_view=Side+by+side)"
    )


def counted_on(records: Records) -> str:
    """Which operations were counted, and up to which day."""
    return f"{said(records.described)} · data to {day_words(records.facts.data_date)} · 95 % intervals"


def card(label: str, value: str, detail: str) -> None:
    """A number in large letters, and under it what it rests on."""
    st.metric(said(label), said(value), delta=said(detail), delta_color="off", delta_arrow="off", border=True)


def show_table(
    table: pd.DataFrame, alt: str, *, whole: bool = False, rows: pd.DataFrame | None = None, holds: str = COUNTS,
    **look: Any,
) -> None:  # fmt: skip
    """A table; ``whole``: as tall as all its rows; rows: of the analysis that it was made of, to be taken away.

    holds: counts, single patients or words, which decides who may take it away.
    """
    st.dataframe(table, hide_index=True, alt=alt, **{"height": "content" if whole else "auto", **look})
    exporting.note_table(table, alt, rows, holds)


def show_as_table(table: pd.DataFrame, alt: str, **look: Any) -> None:
    """What stands above, as a table for those who want the figures."""
    with st.expander("The same as a table"):
        show_table(table, alt, **look)


def choose_row(
    table: pd.DataFrame, rows: pd.DataFrame, column: str, *, key: str, alt: str, holds: str = COUNTS,
    leads: bool = True, **look: Any,
) -> str | None:  # fmt: skip
    """A table of rows, one of which the reader may select: its value in this column of the rows.

    leads: whether a row leads this viewer anywhere; else it is a table and no more.
    """
    of = rows if holds == COUNTS else None
    if not leads:
        show_table(table, alt, rows=of, holds=holds, **look)
        return None
    event = st.dataframe(
        table, hide_index=True, on_select="rerun", selection_mode="single-row", key=key, alt=alt, **look
    )
    exporting.note_table(table, alt, of, holds)
    return name_in_row(rows, list(event.selection.rows), column)


def every_pair(counts: pd.Series, labels: Iterable[object], categories: Iterable[object]) -> pd.DataFrame:
    """Counts of pairs as a picture of them reads it: each label with each category, in this order, 0 where none is."""
    full = pd.MultiIndex.from_product([list(labels), list(categories)], names=["label", "category_label"])
    return counts.rename("operations").reindex(full, fill_value=0).reset_index()


def show_figure(
    figure: Any, *, alt: str, sentence: str, key: str, table: pd.DataFrame | None = None,
    rows: pd.DataFrame | None = None, **leaves: Any,
) -> None:  # fmt: skip
    """A picture, the sentence under it, and the same as a table."""
    picture(figure, alt=alt, key=key, **leaves)
    st.markdown(said(sentence))
    if table is not None:
        show_as_table(table, f"Table: {alt}", rows=rows)


def picture(figure: Any, *, alt: str, key: str, **leaves: Any) -> None:
    """A picture alone: what it says stands in its words, in ``alt`` and in the table of its page.

    leaves: how it may be taken away, as ``exporting.note_picture`` has it.
    """
    st.plotly_chart(Lean(figure), key=key, config=style.CONFIG, alt=alt, theme=None)
    exporting.note_picture(figure, alt, **leaves)


def show_shares(
    rows: pd.DataFrame, sentence: str, *, key: str, alt: str = "", table: pd.DataFrame | None = None, **compared: Any
) -> None:
    """Shares with their intervals, a row for each group, beside what ``dot_interval`` may compare them with."""
    figure = dot_interval.dot_interval(rows, dark=is_dark(), **compared)
    sentence = f"{sentence} {PALE_BAND}" if dot_interval.has_band(rows) else sentence
    again = Again(rows, dot_interval.dot_interval)
    show_figure(
        figure, alt=alt or dot_interval.describe(rows), sentence=sentence, table=table, key=key, rows=rows, again=again
    )


def choose_curves(curves: pd.DataFrame, sizes: pd.Series, label: str, *, key: str, usual: str) -> pd.DataFrame:
    """The curves that the reader chose, as many as a picture shows; those with the largest sizes, until he or she does.

    Nothing is chosen beforehand: what Streamlit holds as chosen would outlast a change of the filters.
    sizes: by the label of the curve; usual: what the largest are called.
    """
    labels = list(sizes.sort_values(ascending=False, kind="stable").index)
    if key not in st.session_state:
        # By a link alone: what the filters take away later is let go without a word.
        addresses.left_out(addresses.understand(addresses.Word(key, {name: name for name in labels}, several=True)))
    chosen = st.multiselect(
        f"{said(label)} (at most {style.MOST_SERIES})", labels, key=key, bind="query-params",
        max_selections=style.MOST_SERIES, placeholder=usual,
    )  # fmt: skip
    return curves[curves["label"].isin(chosen or labels[: style.MOST_SERIES])]


NONE_OF_THE_PART = (
    "are in these records, or too few to be told. Ask whoever keeps the accounts whether they name the right part."
)


def nothing_to_show(records: Records) -> bool:
    """Say why a page is empty and how to fill it; True when no operation is chosen."""
    if operations_chosen(records):
        return False
    if records.viewer.scope and not records.cohort.narrowed_by:
        st.info(said(f"No operations {records.viewer.part_words(records.label)} {NONE_OF_THE_PART}"))
        return True
    found = "can be told for" if records.viewer.is_protected else "match"
    few = " There are none, or too few." if records.viewer.is_protected else ""
    why = f"No operations {found} these filters.{few} Take one away above, or clear them all."
    refused(records, why, lambda wider: operations_chosen(wider) > 0, key="nobody")
    return True


def nobody_records(records: Records, outcome: Outcome, kinds: Sequence[str] = ()) -> bool:
    """Say so in the place of figures where nobody records what an outcome rests on; True then.

    kinds: where the reader chose the outcome, the kinds that there are to choose from, so that others are offered.
    Where it can be counted, but reoperations could not have been seen, that is said beside the figures.
    """
    why = not_recorded(records, outcome.name)
    if why:
        st.info(f"{said(why)} Bring it in, or choose another definition of failure.")
        _other_definitions(records, kinds)
    elif caution := reoperations_unseen(records, outcome.name):
        note(said(caution))
    return bool(why)


def _other_definitions(records: Records, kinds: Sequence[str]) -> None:
    """The definitions of failure of these kinds that rest on something recorded: two at most."""
    to_choose = [each for each in load().failures.values() if each.kind in kinds]
    for each in [each for each in to_choose if not not_recorded(records, each.name)][:2]:
        link_to(None, f"By another definition: {each.short}", {"outcome": each.short})


def refused(
    records: Records, why: str, possible: Callable[[Records], bool], *, key: str, also: Mapping[str, Any] = NOTHING
) -> None:
    """Say why a figure cannot be given, and offer the wider choices, on this page, under which it can.

    possible: the very rule that refuses; key, also: as in ``offer``.
    """
    st.info(said(why))
    offer(ways(records, possible), key=key, path=None, also=also)


def link_to(path: str | None, label: str, chosen: Mapping[str, Any] = NOTHING, *, key: str = "") -> None:
    """A way to another page that keeps the reader's filters, and sets those chosen.

    path: the page's address without the stroke, None for the one that is open; chosen: by the word in the address,
    what is to be chosen there.
    key: tells links apart that have the same words.
    A link of Streamlit's would change the address and leave the filters, drawn before, as they were. Nothing is drawn
    where this viewer does not have what it leads to.
    """
    if not addresses.leads_on(path, chosen):
        return
    st.button(f"{said(label)} →", key=key or f"to {path}: {label}", type="tertiary", on_click=go, args=(path, chosen))


def go(path: str | None, chosen: Mapping[str, Any]) -> None:
    """What a button that leads somewhere does when it is clicked; as in ``link_to``."""
    # What this page does not draw is bound to no address yet: it is asked for by that of the page to come. To what is
    # bound Streamlit alone may write.
    words = {key: value for key, value in chosen.items() if isinstance(value, str) and key not in st.session_state}
    for key, value in chosen.items():
        st.session_state[key] = value
    if path is not None:
        st.session_state[GOING_TO] = path, words


def name_in_row(frame: pd.DataFrame, rows: list[int], column: str) -> str | None:
    """The value of a column in the first of these row positions; None without one, or when the rows have changed."""
    return None if not rows or rows[0] >= len(frame) else str(frame[column].iloc[rows[0]])


def bear_in_mind(
    frame: pd.DataFrame, records: Records | None = None, again: Callable[[Records], pd.DataFrame] | None = None
) -> None:
    """What to bear in mind: why shares are not shown, each reason once, and one note for all the others.

    again: the same rows of other records; with it, wider choices are offered under which one more group is shown.
    """
    hidden = [row for row in rows_of(frame) if row.note and not row.shown]
    doubtful = [row for row in rows_of(frame) if row.note and row.shown]
    told = [*hidden, *(doubtful if len(doubtful) == 1 else ())]
    for why in dict.fromkeys(row.note for row in told):
        note(f"{said(', '.join(row.label for row in told if row.note == why))}: {said(why)}")
    if hidden and records is not None and again is not None:
        names = {row.group for row in hidden}
        offer(ways(records, lambda wider: _shows_one(again(wider), names)), key="hidden", path=None)
    if len(doubtful) > 1:
        many = f"{len(doubtful)} of {len(frame)} groups have a state known for fewer than 80 % of the operations due"
        note(f"{many}: those lost to follow-up could differ. The table says how many.")


def untold_words(labels: Sequence[str]) -> str:
    """Which groups are not told, in a sentence: "Too few to be told, or none: Revision."."""
    more = [f"{len(labels) - MOST_UNTOLD} more"] if len(labels) > MOST_UNTOLD else []
    return f"Too few to be told, or none: {wording.joined([*labels[:MOST_UNTOLD], *more])}." if labels else ""


def _shows_one(rows: pd.DataFrame, names: set[str]) -> bool:
    """Whether one of these groups has a share there."""
    return bool((rows["shown"].astype(bool) & rows["group"].isin(names)).any())
