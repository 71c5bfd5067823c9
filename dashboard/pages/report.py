"""Report: what leaves the app to be read, made here as a file, and looked at before it goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st

from dashboard import settings
from dashboard.access import FIGURES
from dashboard.analyses.letters import month_named, months_offered, usual_month
from dashboard.analyses.verdicts.data_quality import asking_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.definitions import load
from dashboard.documents import as_page
from dashboard.documents.issuing import FORMS, Form, file_name, issued, made
from dashboard.documents.kinds import KINDS, DocumentKind
from dashboard.documents.wanted import PRACTICE, PREVIOUS, PUBLISHED, Wanted
from dashboard.engines.generations import Store
from dashboard.pages import furniture, parts
from dashboard.protecting import modes
from dashboard.records import Records

KIND, COMPARED, SHARED, PREVIEW = "document", "held_against", "shared", "preview"
"""The words of the page's own choices in the address."""
AGAINST = {PREVIOUS: "Period before", PRACTICE: "Whole practice", PUBLISHED: "Published figures"}
FOR_WHOM = {"none": "Within the practice", "nhs": "Others, by NHS rules", "cms": "Others, by CMS rules"}
"""For a narrow choice; what each means stands in the document, and below the choice."""
TO_FILE = {"pdf": "Download PDF", "html": "Download as a page (HTML)"}


def page(records: Records) -> None:
    """What is concluded, as the summary has it; which document, held against what, for whom; the file and a preview.

    To a viewer who is told no outcome, how many visits are to be asked for.
    """
    if parts.nothing_to_show(records):
        return
    top = furniture.place_of_the_answer()
    kinds = {each.name: each for each in KINDS if each.is_for(records.viewer)}
    with furniture.choices():
        kind = kinds[parts.choose_group({name: each.title for name, each in kinds.items()}, KIND, "Document")]
        wanted = _wanted(records, kind)
    told = records.viewer.may(FIGURES)
    if told and not parts.nobody_records(records, load().outcomes[wanted.outcome], ("time", "landmark")):
        with top:
            furniture.verdict(overview_verdict(records, wanted.outcome, wanted.within_days, parts.whose(records)))
    elif not told and "follow_up" not in records.missing_kinds:
        with top:
            furniture.verdict(asking_verdict(records))
    with furniture.card(kind.title, key="document"):
        st.markdown(parts.said(kind.what))
        if lacking := kind.lacking(records):
            st.info(parts.said(lacking))
            return
        _files(records, kind, wanted)
        parts.note(
            f"{parts.said(modes(records.viewer)[wanted.share].sentence)} Each file that is made is put on record."
        )
        shown = st.toggle("Look at it here first", key=PREVIEW, bind="query-params")
    if shown:
        _preview(records, kind, wanted)


def _wanted(records: Records, kind: DocumentKind) -> Wanted:
    outcome, within = load().default_outcome, parts.DEFAULT_LANDMARK
    if records.viewer.may(FIGURES):
        outcome, within = parts.choose_outcome(), parts.choose_landmark().days
    offered = {name: label for name, label in AGAINST.items() if name != PRACTICE or records.viewer.sees_everything}
    against = parts.choose_group(offered, COMPARED, "Held against") if kind.compared else PREVIOUS
    share = parts.choose_group(FOR_WHOM, SHARED, "For whom") if kind.shared else "none"
    month = parts.choose_group(
        months_offered(records), "month", "Month", usual=f"{usual_month(records):%Y-%m}"
    ) if kind.monthly else None  # fmt: skip
    of_month = month_named(month) if month else None
    return Wanted(outcome.name, within, datetime.now(UTC).astimezone(), against, share, of_month)


def _files(records: Records, kind: DocumentKind, wanted: Wanted) -> None:
    """A button for each form: the file is made, and put on record, when it is asked for."""
    with st.container(horizontal=True):
        for name, form in FORMS.items():
            st.download_button(
                TO_FILE[name], data=lambda form=form: _content(records, kind, wanted, form),  # type: ignore[misc]
                file_name=file_name(records, kind, wanted, form), mime=form.mime, on_click="ignore",
                key=f"file {name}", type="primary" if name == "pdf" else "secondary",
            )  # fmt: skip


def _content(records: Records, kind: DocumentKind, wanted: Wanted, form: Form) -> bytes:
    """The file, as it is made at this moment."""
    now = replace(wanted, made=datetime.now(UTC).astimezone())
    return issued(Store.of(settings.read()), records, kind, now, form).content


def _preview(records: Records, kind: DocumentKind, wanted: Wanted) -> None:
    """The document as its page has it, with each step told while it is made."""
    with st.status("Making it", expanded=True) as status:

        def tell(step: str) -> None:
            st.markdown(parts.said(step))

        document = made(Store.of(settings.read()), records, kind, replace(wanted, on_step=tell))
        status.update(label="Made", state="complete", expanded=False)
    st.html(as_page.body(document, dark=parts.is_dark()))
