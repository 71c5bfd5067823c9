"""To a manager of a practice that decided so surgeons are numbers, in every word that leaves the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.compare import compare
from dashboard.analyses.plans import Intended, change_plan, group_subject, open_plan, plans
from dashboard.codebook import Codebook, numbered
from dashboard.cohort import Cohort
from dashboard.engines.notebook import A_COLLEAGUE, Notebook, renamed
from dashboard.engines.noting import seen
from dashboard.errors import NotAllowed
from dashboard.records import Records
from tests.text_tables import SURGEONS, of_surgeons, records

MANAGER = Viewer("Manager", "manager", masked=True)
OPERATIONS = "operation | surgeon | state | day\n" + "\n".join(
    f"{10 * place + n} | {surgeon} | failed | 30"
    for place, surgeon in enumerate(SURGEONS, start=1)
    for n in range(place)
)
"""Seven surgeons; each has one operation more than the one before."""
DRAFT = Intended("Look at the last ten", "the head of the service", date(2030, 1, 1), date(2031, 1, 1))


def of_the_manager(folder: Path) -> Records:
    return replace(records(folder, OPERATIONS, viewer=MANAGER), notebook=Notebook(folder))


def number_of(surgeon: str, asked: Records) -> str:
    """The number that stands for a surgeon, found by how much he or she has operated."""
    sizes = asked.read("failure_curve", columns={"by": "surgeon"}, outcome="fbss").groupby("unit")["failed"].sum()
    (number,) = sizes[sizes == SURGEONS.index(surgeon) + 1].index
    return str(number)


def test_surgeons_are_chosen_by_number(tmp_path: Path) -> None:
    choices = of_the_manager(tmp_path).choices("surgeon")
    assert len(choices) == len(SURGEONS)
    for name, label in choices.items():
        assert name == label
        assert name.startswith("Surgeon ")
        assert len(name.split()[1]) == 5


def test_neither_choices_nor_rows_stand_in_the_order_of_names_or_of_how_much_was_done(tmp_path: Path) -> None:
    asked = of_the_manager(tmp_path)
    rows = asked.read("failure_curve", columns={"by": "surgeon"}, outcome="fbss")
    stand = [*dict.fromkeys(rows["unit"])]
    assert stand == sorted(stand) == list(asked.choices("surgeon"))
    assert [name for name in asked.order("surgeon") if name != "not recorded"] == stand
    by_name = [number_of(surgeon, asked) for surgeon in SURGEONS]
    assert stand not in (by_name, by_name[::-1])
    assert sorted(asked.order("surgeon").values()) == list(range(len(SURGEONS) + 1))


def test_a_number_stays_with_a_surgeon_whoever_comes_or_goes_and_for_every_manager(tmp_path: Path) -> None:
    asked = of_the_manager(tmp_path)
    given = numbered("surgeon", SURGEONS, asked.audit.keyed)
    assert [number_of(surgeon, asked) for surgeon in SURGEONS] == [given[surgeon] for surgeon in SURGEONS]
    assert numbered("surgeon", ["S99", *SURGEONS[3:]], asked.audit.keyed).items() >= {
        (surgeon, given[surgeon]) for surgeon in SURGEONS[3:]
    }
    assert replace(asked, viewer=replace(MANAGER, name="Another")).choices("surgeon") == asked.choices("surgeon")


def test_no_number_stands_for_two(tmp_path: Path) -> None:
    many = [f"S{place}" for place in range(2_000)]
    assert len(set(numbered("surgeon", many, of_the_manager(tmp_path).audit.keyed).values())) == len(many)


def test_a_number_cannot_be_worked_out_without_the_store(tmp_path: Path) -> None:
    here, there = of_the_manager(tmp_path / "here"), of_the_manager(tmp_path / "there")
    assert set(here.choices("surgeon")).isdisjoint(there.choices("surgeon"))


def test_a_filter_by_number_counts_that_surgeon_and_a_name_matches_nobody(tmp_path: Path) -> None:
    asked = of_the_manager(tmp_path)
    for surgeon, counted in (("S03", 3), ("S07", 7)):
        number = number_of(surgeon, asked)
        chosen = asked.of(Cohort(chosen={"surgeon": (number,)}))
        assert int(chosen.read("operations")["operations"].iloc[0]) == counted
        assert number in chosen.described
        by_name = asked.of(Cohort(chosen={"surgeon": (surgeon,)}))
        assert int(by_name.read("operations")["operations"].iloc[0]) == 0


def test_the_same_figures_stand_beside_the_numbers(tmp_path: Path) -> None:
    sizes = {surgeon: (40 + place, 4 + place) for place, surgeon in enumerate(SURGEONS)}
    named = of_surgeons(tmp_path, sizes, {surgeon: ["tlif"] for surgeon in SURGEONS})
    masked = replace(named, viewer=MANAGER)
    rows, same = (compare(of, "fbss", "surgeon", 365).units for of in (masked, named))
    assert not any(surgeon in rows.to_csv() for surgeon in SURGEONS)
    columns = ["all_operations", "operations", "failed", "share"]
    assert sorted(map(tuple, rows[columns].to_numpy())) == sorted(map(tuple, same[columns].to_numpy()))
    assert list(rows["label"]) == list(masked.choices("surgeon"))


def test_a_plan_about_a_number_is_kept_about_the_surgeon(tmp_path: Path) -> None:
    asked = of_the_manager(tmp_path)
    number = number_of("S02", asked)
    open_plan(asked, group_subject("fbss", 365, "surgeon", number), DRAFT)
    (own,) = plans(asked)
    assert own.subject == group_subject("fbss", 365, "surgeon", number)
    (kept,) = replace(asked, viewer=OPERATOR).notes("plan")
    assert (kept.subject, kept.surgeons) == (group_subject("fbss", 365, "surgeon", "S02"), ("S02",))
    (of_the_surgeon,) = replace(asked, viewer=Viewer("Dr Two", "surgeon", surgeon="S02")).notes("plan")
    assert of_the_surgeon == kept


def test_nothing_is_written_about_a_surgeon_by_name(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed):
        open_plan(of_the_manager(tmp_path), group_subject("fbss", 365, "surgeon", "S02"), DRAFT)


def test_what_others_wrote_of_a_surgeon_is_not_shown_and_who_wrote_the_rest_is_not_told(tmp_path: Path) -> None:
    asked = of_the_manager(tmp_path)
    operator = replace(asked, viewer=OPERATOR)
    open_plan(operator, group_subject("fbss", 365, "surgeon", "S02"), DRAFT)
    open_plan(operator, group_subject("fbss", 365, "family", "fusion"), DRAFT)
    operator.note("acknowledgement", "monitor/complication/S02/fusion/more/2024-01-01", "looked at")
    replace(asked, viewer=Viewer("Dr Three", "surgeon", surgeon="S03")).note("annotation", "annotation/2024-01-01", "x")
    operator.note("annotation", "annotation/2024-02-01", "new implant")
    assert [note.subject for note in asked.notes("plan")] == [group_subject("fbss", 365, "family", "fusion")]
    assert asked.notes("acknowledgement") == []
    assert [(note.text, note.who) for note in asked.notes("annotation")] == [("new implant", A_COLLEAGUE)]


def test_what_others_wrote_and_names_a_surgeon_is_not_shown_with_all_that_belongs_to_it(tmp_path: Path) -> None:
    asked = of_the_manager(tmp_path)
    operator = replace(asked, viewer=OPERATOR)
    for text in ("since s02 came", "S02's new implant", "S022 and MS02 are no surgeons"):
        operator.note("annotation", "annotation/2024-02-01", text)
    asked.note("annotation", "annotation/2024-03-01", "I name S02 myself")
    shown = ["S022 and MS02 are no surgeons", "I name S02 myself"]
    assert [note.text for note in asked.notes("annotation")] == shown
    open_plan(operator, group_subject("fbss", 365, "family", "fusion"), DRAFT)
    (plan,) = plans(asked)
    change_plan(operator, plan, replace(DRAFT, who="S05"))
    assert plans(asked) == []
    assert len(plans(operator)) == 1


@pytest.mark.parametrize("text", ["Ask Berg", "since anna is here", "DR ANNA BERG", "a.berg"])
def test_a_part_of_a_name_by_which_one_surgeon_alone_is_called_names_that_surgeon(tmp_path: Path, text: str) -> None:
    asked = of_the_manager(tmp_path)
    names = {0: "not recorded", 1: "a.berg", 2: "dahl"}
    known = Codebook({}, {"surgeon": names}, {"surgeon": {"a.berg": "Dr Anna Berg", "dahl": "Dr Cara Dahl"}})
    operator = replace(asked, viewer=OPERATOR)
    operator.note("annotation", "annotation/2024-02-01", text)
    operator.note("annotation", "annotation/2024-02-02", "the first Dr in the ward, not recorded")
    told = [note.text for note in seen("annotation", asked, known)]
    assert told == ["the first Dr in the ward, not recorded"]


OF_MUELLER = ["Müllers Fälle", "Mueller's", "Muller", "MUELLER", "AnnaMüller", "anna_müller", "Annas list",
              "Mu\u0308ller", "Mül\u00adler", "mu\u200bller", "Müllersche Technik"]  # fmt: skip
OF_OTHERS = ["S02s patients", "S02's", "Lis patients", "Sorensen", "Groß", "GROSS"]
OF_NOBODY = ["like the list of spring", "S022 and MS02", "manual mulled wine", "Sore back"]


@pytest.mark.parametrize(
    ("text", "hidden"), [*((text, True) for text in OF_MUELLER + OF_OTHERS), *((text, False) for text in OF_NOBODY)]
)
def test_a_name_is_met_however_it_is_inflected_or_spelt_and_no_other_word_for_it(
    tmp_path: Path, text: str, hidden: bool
) -> None:
    asked = of_the_manager(tmp_path)
    labels = {"S02": "Dr Anna Müller", "S03": "Dr Wei Li", "S04": "Dr Søren Sørensen", "S05": "Dr Groß"}
    names = {0: "not recorded", **dict(enumerate(labels, start=1))}
    replace(asked, viewer=OPERATOR).note("annotation", "annotation/2024-02-01", text)
    told = seen("annotation", asked, Codebook({}, {"surgeon": names}, {"surgeon": labels}))
    assert [note.text for note in told] == ([] if hidden else [text])


@pytest.mark.parametrize(
    ("subject", "with_another"),
    [
        ("monitor/fbss/fbss/fusion/more/2024-01-01", "monitor/fbss/B/fusion/more/2024-01-01"),
        ("monitor/fbss/A/x/fusion/more/2024-01-01", "monitor/fbss/A/x/fusion/more/2024-01-01"),
        ("group/fbss/365/surgeon/fbss", "group/fbss/365/surgeon/B"),
        ("group/fbss/365/site/fbss", "group/fbss/365/site/fbss"),
        ("plan/7", "plan/7"),
        ("annotation/2024-01-01", "annotation/2024-01-01"),
    ],
)
def test_only_the_surgeon_in_a_subject_gets_another_name(subject: str, with_another: str) -> None:
    assert renamed(subject, {"fbss": "B"}) == with_another
