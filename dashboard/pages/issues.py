"""Issues and flags, a view of the page Data quality: what the last import found wrong, and what people flagged."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.access import CORRECTION
from dashboard.analyses.data_issues import flags, issues, late_entries
from dashboard.analyses.patients import flagged_operation
from dashboard.analyses.verdicts.data_quality import flagged_verdict, issues_verdict
from dashboard.definitions import load
from dashboard.exports.offers import PATIENTS
from dashboard.importing import kept_report
from dashboard.pages import course, furniture, parts, red_flags
from dashboard.records import Records


def section(records: Records, top: furniture.AnswerPlace) -> None:
    """What it left out, rule by rule and on demand row by row; what came late; what people flagged.

    An import is of the whole practice: who sees a part is told what was flagged in it.
    """
    whole = records.viewer.sees_everything_exactly
    with top:
        furniture.verdict(issues_verdict(records) if whole else flagged_verdict(records))
    if not whole:
        _flagged(records)
        return
    found = issues(records)
    with furniture.side_by_side(2, key="issues"):
        with furniture.card("Issues of the last import", key="issues"):
            _found(records, found)
        with furniture.card("Entered late", key="late"):
            _late(records)
    _flagged(records)


def _found(records: Records, found: pd.DataFrame) -> None:
    if found.empty:
        st.markdown("Nothing was wrong in the records of the last import.")
    else:
        placed = records.viewer.may(CORRECTION)
        columns: parts.Columns = {
            "What": lambda row: parts.SEVERITIES.get(row.severity),
            "Rule": lambda row: row.rule.replace("_", " "),
            "Times": "times",
            **({"First place": lambda row: f"{row.file}, row {row.first_line}"} if placed else {}),
        }
        parts.show_table(parts.columns_of(found, columns), "Rules that records broke, with counts", rows=found)
        _report(records)


def _flagged(records: Records) -> None:
    with furniture.card("Flagged by people", key="flagged"):
        _flags(records)


def _flags(records: Records) -> None:
    noted = flags(records)
    if not noted:
        where = " A record is flagged on the page Patients." if records.viewer.sees_patients else ""
        st.markdown(f"Nobody has flagged a data problem.{where}")
        return
    if not records.viewer.may(CORRECTION):
        st.markdown(f"{len(noted)} flagged. Your role shows counts, not what was written about single patients.")
        return
    told = pd.DataFrame([
        {"Flagged": parts.day_words(note.at.date()), "By": note.who, "What": note.text} for note in noted
    ])  # fmt: skip
    subjects = pd.DataFrame({"subject": [note.subject for note in noted]})
    subject = parts.choose_row(
        told, subjects, "subject", key=red_flags.rows_key("flags", subjects["subject"]), holds=PATIENTS,
        alt="Data problems that people flagged, the latest first",
    )  # fmt: skip
    if subject is None:
        parts.note("Select a row for all that is recorded of this patient. That it is opened is put on record.")
        return
    operation = flagged_operation(records, subject)
    if operation is None:
        st.markdown("These records no longer have this operation.")
    else:
        course.course(records, operation, load().default_outcome)


def _report(records: Records) -> None:
    """Row by row what was wrong, for whoever may correct it: it quotes cells, so it is not in the published data."""
    if not records.viewer.may_import:
        parts.note("Which rows and cells these were is shown to whoever may import records.")
        return
    # The report is long and quotes cells: only whether it is there is asked before somebody wants to read it.
    there = records.import_report is not None and records.import_report.is_file()
    wanted = there and st.toggle("Show the rows and cells, as they were written")
    if there and not wanted:
        parts.note("They quote what stood in the files. That they are opened is put on record.")
        return
    kept = kept_report.read(records.import_report) if wanted and records.import_report else None
    if kept is None:
        parts.note(
            "Which rows and cells these were is kept only for a time after an import, and is gone by now. It is in the "
            "report that the page Import offered, and in what `outcomes import --json` printed."
        )
        return
    records.opens_report(len(kept.issues))
    listed = [
        {"File": one.file, "Row": one.line, "Column": one.column, "Value": one.value, "What": one.message}
        for one in kept.issues
    ]
    parts.show_table(
        pd.DataFrame(listed), "What was wrong in the records of the last import, row by row", holds=PATIENTS
    )


def _late(records: Records) -> None:
    late = late_entries(records)
    if late.empty:
        st.markdown("Against the import before, none: every older month was complete, or there was no import before.")
        return
    columns: parts.Columns = {
        "Kind of record": lambda row: row.kind.replace("_", " ").capitalize(),
        "Records": "records",
        "In months": "months",
        "The earliest": "earliest",
    }
    parts.show_table(parts.columns_of(late, columns), "Records that came long after what they record", rows=late)
    parts.note(
        "Records of months that had ended three months before the data date of the import before, and that it did not "
        "have. Figures of those months were incomplete until now."
    )
