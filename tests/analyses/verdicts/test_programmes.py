"""What a registry or a payer would be told: from the rows of the table below it."""

from __future__ import annotations

from pathlib import Path

from dashboard.analyses.programmes import programme
from dashboard.analyses.verdicts.programmes import programme_verdict
from dashboard.definitions import load
from dashboard.records import Records
from tests.analyses.test_programmes import EVENTS, OPERATED, TEARS
from tests.text_tables import records


def test_the_first_figure_of_each_heading_leads(sample: Records) -> None:
    found = programme_verdict(sample, "us_lumbar")
    assert found.answer == (
        "Disability after discectomy or laminectomy (471): 44.5 % (557 of 1,251; 41.8 to 47.3) met the target; "
        "Disability after fusion (471): 40.4 % (234 of 579; 36.5 to 44.5) met the target."
    )
    assert found.doubt == (
        "Seen otherwise: 61.1 % (557 of 911; 57.9 to 64.3) of those who answered afterwards and 59.8 % (234 of 391; "
        "54.9 to 64.6) of those who answered afterwards."
    )
    episode = programme_verdict(sample, "thirty_days")
    assert episode.answer == "Any of the four below: 12.2 % (266 seen of 2,218; 10.9 to 13.6)."


def test_a_set_is_told_by_how_much_of_it_is_recorded(sample: Records) -> None:
    found = programme_verdict(sample, "ichom_low_back_pain")
    states = programme(sample, "ichom_low_back_pain")["state"].value_counts()
    assert found.answer == (
        f"Of {states.sum()} fields: {states['incomplete']} recorded in part, {states['recorded otherwise']} in another "
        f"form and {states['not recorded here']} without a place here."
    )
    assert found.doubt.startswith("Least often recorded of those due: back pain (NRS), 24 months (55.9 % of 1,514)")


def test_every_row_is_a_claim_and_few_have_no_share(tmp_path: Path) -> None:
    asked = records(tmp_path, EVENTS, complication=TEARS)
    for name in load().programmes:
        found = programme_verdict(asked, name)
        assert len(found.claims) in (0, len(programme(asked, name)))
        assert "%" not in found.answer
    readmitted = next(claim for claim in programme_verdict(asked, "thirty_days").claims if claim.unit == "readmission")
    assert (readmitted.figure, readmitted.failed, readmitted.operations) == (None, 2, 6)


def test_of_nobody_nothing_is_said(tmp_path: Path) -> None:
    asked = records(tmp_path, OPERATED.replace("laminectomy", "other").replace("microdiscectomy", "other"))
    assert programme_verdict(asked.of(asked.cohort), "us_lumbar").sentence
    nobody = records(tmp_path / "nobody", "operation\n")
    assert programme_verdict(nobody, "thirty_days").answer == (
        "No operation is one that this asks about (First 30 days)."
    )
