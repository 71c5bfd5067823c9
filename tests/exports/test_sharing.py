"""What may be shared outside the practice: protected counts, and pictures drawn of them; never a list."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd
import pytest

from dashboard import disclosure
from dashboard.access import Viewer
from dashboard.analyses.difference import before_and_after
from dashboard.analyses.failure_curve import curves_told, failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.follow_up import follow_up
from dashboard.analyses.groups import rows_of
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.trend import trend
from dashboard.charts.dot_interval import dot_interval
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.disclosure import MODES
from dashboard.errors import NotAllowed
from dashboard.exports import figures
from dashboard.exports.heading import heading
from dashboard.exports.leaving import made, why_not
from dashboard.exports.offers import PATIENTS, WORDS, Again, PictureOffer, TableOffer
from dashboard.exports.sharing import as_shared, can_be_shared, name_of
from dashboard.records import Records
from tests.analyses.conftest import sample as sample

CLOSE = 1e-9
AT_VISIT = next(one.name for one in load().failures.values() if one.kind == "landmark")
SHARED = [MODES["nhs"], MODES["cms"]]
ROWS = pd.DataFrame(
    {
        "group": ["a", "b", "c"], "label": ["A", "B", "C"], "operations": [100, 50, 30], "failed": [22, 3, 12],
        "lost": [1, 2, 3], "share": [0.22, 0.06, 0.4], "hover": ["22 of 100", "3 of 50", "12 of 30"],
    }
)  # fmt: skip
SHOWN = pd.DataFrame({"Group": ["A", "B", "C"], "Failed": ["22 of 100", "3 of 50", "12 of 30"]})


def read(csv: bytes) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(csv.decode("utf-8-sig")), skiprows=3)


@pytest.mark.parametrize("mode", SHARED, ids=lambda mode: mode.name)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_shared_table_has_no_small_count_no_other_number_and_nothing_of_the_screen(
    sample: Records, mode: disclosure.Sharing, form: str
) -> None:
    file = made(sample, TableOffer("Families", SHOWN, ROWS), form, mode)
    rows = read(file) if form == "csv" else pd.read_excel(io.BytesIO(file), engine="calamine", sheet_name="Data")
    assert {"lost", "hover", "Failed"}.isdisjoint(rows.columns)
    assert rows["failed"].isna().tolist()[1]
    assert rows["failed_words"].tolist()[1] == mode.fewer_words
    assert "3 of 50" not in rows.to_csv()


MOVED: dict[str, Callable[[Records], pd.DataFrame]] = {
    "shares by family": lambda told: failure_rate(told, "fbss", "family", 730),
    "shares at a visit": lambda told: failure_rate(told, AT_VISIT, "procedure"),
    "risk factors": lambda told: risk_factors(told, "fbss", 730),
    "risk factors at a visit": lambda told: risk_factors(told, AT_VISIT),
    "two groups": lambda told: before_and_after(told, "fbss", 365, date(2021, 1, 1)).sides,
    "follow-up": lambda told: follow_up(told, "site"),
    "periods": lambda told: trend(told, "fbss", 730, "year").periods,
    "the curve of all": lambda told: failure_curve(told, "fbss"),
    "curves by family": lambda told: curves_told(told, "fbss", "family", 730),
}


@pytest.mark.parametrize("mode", SHARED, ids=lambda mode: mode.name)
@pytest.mark.parametrize("name", MOVED)
def test_no_interval_of_moved_counts_leaves_narrower_than_it_stands_on_the_screen(
    sample: Records, mode: disclosure.Sharing, name: str
) -> None:
    told = replace(sample, viewer=Viewer("Manager", "manager", protected=True))
    screen = MOVED[name](told).reset_index(drop=True)
    file = read(made(told, TableOffer("Shares", SHOWN, screen), "csv", mode))
    if "day" in screen:  # of each month the row that holds on its last day
        keys = [screen[(screen["group"] == row.group) & (screen["day"] <= row.day)].index[-1] for row in rows_of(file)]
        screen = screen.loc[keys].reset_index(drop=True)
    shown = file["lower"].notna()
    assert shown.any()
    assert (file["lower"] <= screen["lower"].astype(float) + CLOSE)[shown].all()
    assert (file["upper"] >= screen["upper"].astype(float) - CLOSE)[shown].all()


def test_the_rules_stand_in_the_file_and_in_the_audit(sample: Records) -> None:
    file = made(sample, TableOffer("Families", SHOWN, ROWS), "csv", MODES["nhs"]).decode("utf-8-sig")
    assert MODES["nhs"].sentence in file.splitlines()[2]
    last: dict[str, Any] = json.loads(sample.audit.path.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["question"], last["title"], last["share"]) == ("export", "Families", "nhs")


def test_how_many_were_chosen_is_protected_too(sample: Records) -> None:
    file = made(sample, TableOffer("Families", SHOWN, ROWS), "csv", MODES["nhs"]).decode("utf-8-sig")
    assert "2220 operations" in file.splitlines()[0]


@pytest.mark.parametrize("mode", SHARED, ids=lambda mode: mode.name)
def test_a_heading_tells_by_no_difference_how_few_were_left_out(sample: Records, mode: disclosure.Sharing) -> None:
    all_but_few = sample.of(Cohort(operated_to=date(2026, 9, 29)))
    exact, told = (heading(all_but_few, "Families", each) for each in (MODES["none"], mode))
    assert exact.operations != exact.of
    assert (told.operations, told.of) == (mode.rule.rounded(int(exact.operations)), mode.rule.rounded(int(exact.of)))
    assert not any(int(n) % 5 for n in (told.operations, told.of))


def test_what_has_no_known_rules_or_names_single_operations_is_not_shared(sample: Records) -> None:
    nhs = MODES["nhs"]
    unknown = TableOffer("Pairs", SHOWN, pd.DataFrame({"label": ["A"], "together": [3]}))
    for offer, why in (
        (unknown, "no rules are known"),
        (TableOffer("Families", SHOWN), "no rules are known"),
        (TableOffer("Operations", SHOWN, ROWS, PATIENTS), "Single operations are not shared"),
        (PictureOffer("Families", dot_interval(ROWS.assign(lower=0.0, upper=1.0)), ""), "no form for sharing"),
    ):
        assert why in why_not(offer, nhs)
        assert why_not(offer, MODES["none"]) == ""
        with pytest.raises(NotAllowed, match=why):
            made(sample, offer, "csv", nhs)


def test_definitions_count_nobody_and_are_shared_as_they_are(sample: Records) -> None:
    table = pd.DataFrame({"Factor": ["Smoking"], "Bands": ["never, current"]})
    assert read(made(sample, TableOffer("Factors", table, holds=WORDS), "csv", MODES["cms"])).equals(table)


@pytest.mark.parametrize("mode", SHARED, ids=lambda mode: mode.name)
def test_a_shared_picture_is_drawn_of_protected_counts_and_leaves_out_what_is_hidden(
    sample: Records, mode: disclosure.Sharing
) -> None:
    rates = failure_rate(sample, "fbss", "procedure")
    offer = PictureOffer("Procedures", dot_interval(rates), "", again=Again(rates, dot_interval))
    shared = as_shared(rates, mode)
    hidden = set(shared["label"][shared["failed"].isna()])
    assert hidden
    drawn = made(sample, offer, "svg", mode).decode()
    assert not [label for label in hidden if f">{label}<" in drawn]
    assert "What has a hidden count is not drawn." in " ".join(re.sub(r"<[^>]+>", " ", drawn).split())
    assert f">{rates['operations'].max():,}<" in made(sample, offer, "svg").decode()


def test_a_shared_curve_goes_by_whole_months(sample: Records) -> None:
    curves = failure_curve(sample, "fbss")
    assert can_be_shared(curves)
    shared = as_shared(curves, MODES["nhs"])
    assert shared["failed"].sum() == 0
    assert len(shared) < 120
    offer = PictureOffer("Curve", None, "", **figures.of_curves(curves, 730))
    assert made(sample, offer, "png", MODES["nhs"]).startswith(b"\x89PNG")


def test_a_picture_says_what_it_is_and_what_it_rests_on(sample: Records) -> None:
    name = 'Failed <b>&" 脊柱'
    offer = PictureOffer(name, dot_interval(ROWS.assign(lower=0.0, upper=1.0)), 'A: 22 % <b>&"')
    drawn = made(sample, offer, "svg").decode()
    assert 'Failed &lt;b&gt;&amp;" 脊柱' in drawn
    assert "Data to 2026-09-30; sample data, made by computer" in drawn
    assert "for use within the practice" in drawn
    assert "<b>" not in drawn
    assert made(sample, offer, "png").startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("name", "shared"),
    [
        ("FBSS by 2 years, by family", "FBSS by 2 years, by family"),
        ("Main cause of 3 failures", "Figures"),
        ("Red flags: 4 without contact", "Red flags"),
        ("Operations failed, 35 periods from 2018 Q1, overal…", "Operations failed, 35 periods from 2018 Q1"),
        ("Families, 13.9 % of all, 3 of 50", "Families"),
    ],
)  # fmt: skip
def test_a_name_for_sharing_tells_no_count(name: str, shared: str) -> None:
    assert name_of(name, MODES["nhs"]) == shared
    assert name_of(name, MODES["none"]) == name


def test_no_word_narrows_a_hidden_count() -> None:
    shared = as_shared(ROWS.assign(word=["higher", "too few to say", ""]), MODES["nhs"])
    assert shared["word"].tolist()[:2] == ["higher" if pd.notna(shared["failed"][0]) else "", ""]


@pytest.mark.parametrize("sign", ["\uffff", "\ufffe", "\x00"])
def test_a_sign_that_xml_cannot_write_is_left_off_the_heading(sample: Records, sign: str) -> None:
    offer = PictureOffer(f"Failed{sign}, by family", dot_interval(ROWS.assign(lower=0.0, upper=1.0)), f"A{sign}")
    drawn = made(sample, offer, "svg")
    ET.fromstring(drawn)
    assert b"Failed" in drawn


@pytest.mark.parametrize("mode", SHARED, ids=lambda mode: mode.name)
def test_nothing_made_of_exact_counts_stands_in_a_shared_file_of_rates(
    sample: Records, mode: disclosure.Sharing
) -> None:
    rates = failure_rate(sample, "fbss", "procedure")
    shared = as_shared(rates, mode)
    assert {"estimable", "note", "reason"}.isdisjoint(shared.columns)
    assert shared["shown"].tolist() == shared["share"].notna().tolist()
