"""Planning an operation: what a person enters and reads, and what is not shown."""

from __future__ import annotations

from pathlib import Path

from dashboard.analyses.estimate import inputs
from dashboard.analyses.verdicts.patient import hundred, patient_verdict
from dashboard.pages.brief import SENTENCES
from dashboard.records import Records
from tests.pages.test_comparison import ONE, practice
from tests.pages.test_what_stands_there import opened, said
from tests.text_tables import records

__all__ = ["practice"]
PLANNING = {"risk_view": "Planning an operation"}


def test_planning_is_marked_for_discussion_and_keeps_nothing_in_the_link(practice: Records) -> None:
    page = opened("risk", practice, **PLANNING)
    assert "**For discussion, not for decisions alone.**" in said(page)
    usual = page.metric[0].value
    next(box for box in page.selectbox if box.label == "Smoking").select("Current").run()
    assert page.metric[0].value != usual
    assert set(page.query_params) == {"risk_view"}
    patients = next(table.value for table in page.dataframe if "Patients" in table.value.columns)
    assert patients["Patients"].tolist() == ["Patients like this", "who had stopped smoking"]
    assert patients["Difference, points"].iloc[1].startswith("−")
    assert "of the model's operations whose state is known" in said(page)


def test_planning_says_what_the_verdict_of_the_command_says(practice: Records) -> None:
    page = opened("risk", practice, **PLANNING)
    next(box for box in page.selectbox if box.label == "Planned procedure").select("TLIF").run()
    next(box for box in page.selectbox if box.label == "Smoking").select("Current").run()
    next(box for box in page.number_input if box.label.startswith("Age at surgery")).set_value(55).run()
    found = patient_verdict(practice, "fbss", "tlif", {"smoking": "current", "age": "55"})
    words = said(page).replace("**", "")
    assert all(sentence in words for sentence in SENTENCES.split(found.sentence))
    assert "As Fusion (415 of the model's operations): too few failures for TLIF by itself." in said(page)
    drawn = [chart.proto.alt for chart in page.get("plotly_chart")]
    assert any(f"Patients like this: {hundred(found.claims[0].figure)} of 100" in alt for alt in drawn)


def test_planning_switches_off_what_no_model_uses_and_reads_a_number_as_its_band(practice: Records) -> None:
    page = opened("risk", practice, **PLANNING)
    off = [box.label for box in [*page.selectbox, *page.number_input] if box.disabled]
    assert set(off) == {one.factor.label for one in inputs(practice, "fbss") if not one.used} - {"Body mass index"} | {
        "Body mass index, kg/m2"
    }
    assert "Not used: too few failures." in said(page)
    assert "50 to 64, taken until one is given" in said(page)
    assert "Never, taken until one is given" in said(page)
    assert next(box for box in page.selectbox if box.label == "Smoking").value is None
    silent = next(words for words in said(page).splitlines() if "No part is played by" in words)
    assert "levels operated" in silent
    next(box for box in page.number_input if box.label.startswith("Age at surgery")).set_value(80).run()
    assert ":small[80 and over]" in said(page)


def test_planning_gives_no_figure_beyond_what_was_tried(practice: Records) -> None:
    page = opened("risk", practice, **PLANNING)
    for label, chosen in {"Planned procedure": "Revision fusion", "Smoking": "Current", "Depression": "Yes"}.items():
        next(box for box in page.selectbox if box.label == label).select(chosen)
    next(box for box in page.number_input if box.label.startswith("Previous spine")).set_value(3)
    page.run()
    assert page.metric[1].value == "no figure"
    drawn = [chart.proto.alt for chart in page.get("plotly_chart") if "Of 100 patients" in chart.proto.alt]
    own = sum(metric.value != "no figure" for metric in page.metric)
    assert len(drawn) == own
    assert all("Patients like this" in alt for alt in drawn)
    assert "this model has not been tried on enough patients at so high a risk" in said(page)


def test_planning_without_a_model_says_why(tmp_path: Path) -> None:
    page = opened("risk", records(tmp_path, ONE), **PLANNING)
    assert page.info[0].value.startswith("No estimate: ")
    assert not page.metric
    assert not page.get("download_button")


def test_planning_offers_a_sheet_for_the_patient_where_there_is_a_figure(practice: Records) -> None:
    page = opened("risk", practice, **PLANNING)
    assert [button.proto.label for button in page.get("download_button")][:1] == ["Sheet for the patient (PDF)"]
