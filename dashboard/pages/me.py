"""My page: one surgeon's operations on one screen, among peers who are numbers; for appraisal and learning."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import wording
from dashboard.analyses.causes import causes
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.groups import when_words
from dashboard.analyses.headline import DAY, headline, limits_words, value_words
from dashboard.analyses.peers import SURGEON, AmongPeers, among_peers, of_surgeon, practice_beside, surgeons
from dashboard.analyses.trajectories import trajectories
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.analyses.verdicts.me import counted_words, me_verdict, peers_words
from dashboard.analyses.verdicts.units import probability_words
from dashboard.charts import dot_interval, ratio_rows, trajectory
from dashboard.cohort import understood
from dashboard.definitions import Outcome, load
from dashboard.pages import furniture, monitor, parts, red_flags, short_list
from dashboard.pages.furniture import KeyFigure, Link
from dashboard.records import Records

CHART = 234
"""Pixels that the rows of a chart fill beside the others."""
CAUSES_SHOWN = 3
CHOICE = "me"
"""The word of whose page it is, in the address."""
REPORTED = "What patients report"


def page(records: Records) -> None:
    """The verdict, six figures, three charts, three lists: whose, the operator chooses and a surgeon has no choice."""
    known = surgeons(records)
    if not known:
        st.info("None of the operations that you may see has its surgeon recorded.")
        return
    above = furniture.place_of_the_answer()
    with furniture.choices():
        name = _chosen(records, known)
        outcome, landmark = parts.choose_outcome(kinds=("time",)), parts.choose_landmark()
    mine = of_surgeon(records, name)
    with above:
        if parts.nothing_to_show(mine) or parts.nobody_records(mine, outcome, ("time",)):
            return
        furniture.verdict(me_verdict(records, name, outcome.name, landmark.days, _called(records, name)))
    _figures(mine, practice_beside(records, name, outcome.name), outcome, landmark.days)
    found = among_peers(records, name, outcome.name, landmark.days)
    with furniture.side_by_side(3, key="me"):
        _among(found, outcome, landmark.label, _called(records, name))
        _families(mine, outcome, landmark.days, landmark.label)
        _reported(mine)
    with furniture.side_by_side(3, key="me-lists"):
        _causes(mine, name, outcome, landmark.days)
        _flags(mine)
        _owed(mine, name)
    _method(found, outcome, landmark.days)


def whose(records: Records) -> Records:
    """The operations that the page is about, for what stands above it: those of the surgeon whom it will show."""
    known = surgeons(records)
    return of_surgeon(records, _asked(records, known)) if known else records


def _asked(records: Records, known: dict[str, str]) -> str:
    """The surgeon chosen, before the choice is drawn: as it was left, or as the address says."""
    said = st.session_state.get(CHOICE) or st.query_params.get(CHOICE)
    names, _ = understood(known, [str(said)] if said else [])
    return names[0] if names else _usual(records, known)


def _usual(records: Records, known: dict[str, str]) -> str:
    """The one chosen above every page is the one meant until another is chosen here."""
    return next((name for name in records.cohort.chosen.get(SURGEON, ()) if name in known), next(iter(known)))


def _called(records: Records, name: str) -> str:
    """You, on one's own page."""
    return wording.YOU if records.viewer.surgeon == name else ""


def _chosen(records: Records, known: dict[str, str]) -> str:
    """The surgeon of the page."""
    if len(known) == 1:
        return next(iter(known))
    return parts.choose_group(known, CHOICE, "Whose page", width=150, usual=_usual(records, known))


def _figures(mine: Records, practice: Records | None, outcome: Outcome, days: int) -> None:
    """Operations, then the figures that are looked at first, each beside the practice's where that may be seen."""
    whole = None if practice is None else headline(practice, outcome.name, days)
    beside = {} if whole is None else dict(zip(whole["figure"], parts.rows_of(whole), strict=True))
    rows = [row for row in parts.rows_of(headline(mine, outcome.name, days)) if row.kind != DAY]
    furniture.key_figures(
        [_operations(mine, practice), *(_figure(row, beside.get(row.figure)) for row in rows)], key="me"
    )


def _operations(mine: Records, practice: Records | None) -> KeyFigure:
    n = operations_chosen(mine)
    if practice is None:
        return KeyFigure("Operations", parts.count_words(n), "as chosen above")
    of = operations_chosen(practice)
    share = wording.percent(n / of, 0) if of else ""
    return KeyFigure("Operations", parts.count_words(n), f"of {parts.count_words(of)} in the practice", share)


def _figure(row: Any, practice: Any) -> KeyFigure:
    beside = "" if practice is None or not practice.shown else f"practice {value_words(practice)}"
    return KeyFigure(row.label, value_words(row), limits_words(row), beside if row.shown else "")


def _among(found: AmongPeers, outcome: Outcome, label: str, called: str) -> None:
    """called: one's own row to the reader, where not by the label."""
    with furniture.card(f"Seen against expected, by {label}", key="me-among", link=Link("compare", "Compare")):
        if found.own is None or found.answer.model.fit is None:
            st.markdown(parts.said(f"Not shown: {found.answer.model.plan.reason or 'nothing is expected here'}."))
            return
        own = found.rows["own"].astype(bool)
        rows = found.rows.assign(label=found.rows["label"].mask(own, called)) if called else found.rows
        figure = ratio_rows.ratio_rows(rows, tall=CHART, dark=parts.is_dark())
        furniture.picture(figure, alt=ratio_rows.describe(rows), key="me among")


def _families(mine: Records, outcome: Outcome, days: int, label: str) -> None:
    link = Link("procedures", "Procedures", {SURGEON: list(mine.cohort.chosen[SURGEON])})
    with furniture.card(f"Case mix, and failed by {label}", key="me-families", link=link):
        rows = failure_rate(mine, outcome.name, "family", days).sort_values(
            "operations", ascending=False, kind="stable"
        )
        whole = failure_rate(mine, outcome.name, None, days).iloc[0]
        own = float(whole["share"]) if whole["shown"] else None
        rows = judged(
            rows.drop(columns=["best_case", "worst_case"]), groups_verdict(mine, outcome.name, "family", days)
        )
        figure = dot_interval.dot_interval(
            rows, comparator=own, comparator_label=f"all {parts.percent(own)}", tall=CHART, dark=parts.is_dark()
        )
        furniture.picture(figure, alt=dot_interval.describe(rows), key="me families")


def _reported(mine: Records) -> None:
    """The first measure that anybody reports, visit by visit."""
    measures = load().patient_reported.measures
    measure = next((one for one in measures if one.score not in mine.missing_kinds), None)
    link = Link("procedures", REPORTED, {SURGEON: list(mine.cohort.chosen[SURGEON]), "procedures_view": REPORTED})
    with furniture.card(measure.label if measure else REPORTED, key="me-proms", link=link):
        if measure is None:
            st.markdown("What patients report is not recorded.")
            return
        rows = trajectories(mine, measure.name)
        figure = trajectory.trajectory(rows, unit=measure.unit, dark=parts.is_dark())
        furniture.picture(
            figure, alt=trajectory.describe(rows, label=measure.label, unit=measure.unit), key="me reported"
        )


def _causes(mine: Records, name: str, outcome: Outcome, days: int) -> None:
    """The most frequent main causes of the failures, each a way to its patients for those who may see them."""
    answer = causes(mine, outcome.name, "family", days)
    link = Link("causes", "Causes", {SURGEON: [name]})
    with furniture.card(
        f"Causes of {wording.count(answer.failed, 'failure')} {when_words(outcome, days)}", key="me-causes", link=link
    ):
        rows = answer.causes[answer.causes["failed"] > 0].sort_values("failed", ascending=False, kind="stable")
        with short_list.rows("me-causes"):
            for row in parts.rows_of(rows.head(CAUSES_SHOWN)):
                _cause(mine, name, outcome, row)
            rest = int(rows["failed"][CAUSES_SHOWN:].sum())
            others = [f"{rest} with {wording.count(len(rows) - CAUSES_SHOWN, 'other cause')}"] if rest else []
            none = [f"{answer.without_cause} without a cause recorded"] if answer.without_cause else []
            parts.note(parts.said("; ".join([*others, *none]) or ("" if len(rows) else "No failure was seen.")))


def _cause(mine: Records, name: str, outcome: Outcome, row: Any) -> None:
    if not mine.viewer.sees_patients:
        st.markdown(short_list.row_words(row.failed, row.label))
        return
    chosen = {SURGEON: [name], "state": "Failed", "cause": row.label, "outcome": outcome.short}
    short_list.way(row.failed, row.label, "", "patients", chosen, key=f"cause {row.cause}")


def _flags(mine: Records) -> None:
    found = red_flags.compact(mine)
    chosen = {**found.chosen, SURGEON: list(mine.cohort.chosen[SURGEON])}
    link = Link(found.path, found.more, chosen) if found.more else None
    with furniture.card(found.title, key="me-flags", link=link):
        found.draw()


def _owed(mine: Records, name: str) -> None:
    """Visit by visit: how many are overdue and can still be answered, how many are open now, and the share answered."""
    rows = everybody(follow_up(mine))
    overdue = int(rows["overdue"].sum())
    link = Link("data", monitor.WORK_LIST, {SURGEON: [name], "data_view": monitor.WORK_LIST})
    with furniture.card(f"Follow-up owed: {wording.count(overdue, 'visit')}", key="me-owed", link=link):
        if "follow_up" in mine.missing_kinds:
            st.markdown("Visits are not recorded.")
            return
        with short_list.rows("me-owed"):
            for row in parts.rows_of(rows):
                words = f"at {row.visit_label}, {row.open} open now"
                answered = f"answered {parts.percent(row.share) if row.shown else row.answered} of {row.due} due"
                st.markdown(short_list.row_words(row.overdue, words, answered))


def _seen_words(found: AmongPeers) -> str:
    """What could be detected at one's own size, and how peers are to be read."""
    if found.seen is None:
        return "What could be seen, and how this is counted"
    seen = probability_words(found.seen.probability)
    peers = "" if found.rows["own"].all() else "Peers by number, no ranking. "
    return f"A doubled rate would be seen with probability {seen}. {peers}How this is counted"


def _method(found: AmongPeers, outcome: Outcome, days: int) -> None:
    model = (
        "Expected: the sum of the risks that the practice's own model of case mix gives to each of these operations."
        if found.answer.model.fit is not None else ""
    )  # fmt: skip
    furniture.method(
        f"For appraisal and learning, not for ranking. {parts.said(peers_words(found))}",
        model,
        parts.said(counted_words(found, outcome.name, days)),
        parts.SIGNS_TOLD,
        f"{outcome.label}, definition version {outcome.version}. Shares allow for operations not followed so long; "
        f"95 % intervals. Causes are of the failures seen "
        f"{parts.said(when_words(outcome, days))}; red flags of the last 90 days.",
        heading=_seen_words(found),
    )
