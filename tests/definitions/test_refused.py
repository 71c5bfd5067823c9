"""What would silently make a wrong number is refused when it is read: with file, key and the nearest known word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.definitions import load
from dashboard.definitions.catalogue import FOLDER
from dashboard.errors import DefinitionsWrong

REFUSED = {
    "a key in an outcome": (
        "outcomes/fbss.toml",
        "why =",
        'wyh = ""\nwhy =',
        'fbss.toml, key "wyh": no such key. Known keys: name, ',
        "why",
    ),
    "a key in an event": (
        "outcomes/fbss.toml",
        "[[events]]",
        '[[events]]\nvalue = ["infection"]',
        'fbss.toml, [[events]], key "value": no such key.',
        "values",
    ),
    "a key of a landmark": (
        "outcomes/not_better.toml",
        "visit =",
        "visits =",
        'not_better.toml, [landmark], key "visits": no such key.',
        "visit",
    ),
    "a key in a band": (
        "factors/age.toml",
        "high = 35",
        "hihg = 35",
        'age.toml, [[bands]], key "hihg": no such key.',
        "high",
    ),
    "a landmark of a factor": (
        "factors/age.toml",
        "[[bands]]",
        "[landmark]\nvisit = 12\n\n[[bands]]",
        'age.toml, key "visit": no such key.',
        "",
    ),
    "a key of a word": (
        "vocabularies.toml",
        "haematoma = { label",
        "haematoma = { lable",
        'vocabularies.toml, cause.haematoma, key "lable": no such key.',
        "label",
    ),
    "a key of a vocabulary": (
        "vocabularies.toml",
        "[sex.terms]",
        "[sex.term]",
        'vocabularies.toml, [sex], key "term": no such key.',
        "terms",
    ),
    "a key of a benchmark": (
        "benchmarks.toml",
        "high = 0.25",
        "hihg = 0.25",
        'benchmarks.toml, [decompression_upper], [[figures]], key "hihg": no such key.',
        "high",
    ),
    "a key of a measure": (
        "proms.toml",
        "worse =",
        "worsen =",
        'proms.toml, [[measures]], [thresholds.clinics], key "worsen": no such key.',
        "worse",
    ),
    "a key of the clock": (
        "follow_up.toml",
        "overdue_days",
        "overdue_day",
        'follow_up.toml, key "overdue_day": no such key.',
        "overdue_days",
    ),
    "a key of monitoring": (
        "monitoring.toml",
        "within_days",
        "witin_days",
        'monitoring.toml, key "witin_days": no such key.',
        "within_days",
    ),
    "a key of red flags": (
        "red_flags.toml",
        "any_of = ",
        "anyof = ",
        'red_flags.toml, [[combinations]], key "anyof": no such key.',
        "any_of",
    ),
    "an event's word": (
        "outcomes/complication.toml",
        "[[events]]",
        '[[events]]\nvalues = ["readmissions"]',
        'complication.toml, [[events]], values: "readmissions" is no complication.',
        "readmission",
    ),
    "a word for what has none": (
        "outcomes/reoperation.toml",
        "[[events]]",
        '[[events]]\nvalues = ["tlif"]',
        'reoperation.toml, [[events]], values: "tlif" is no reoperation.',
        "",
    ),
    "a kind of record": (
        "outcomes/complication.toml",
        'source = "complication"',
        'source = "complications"',
        'source: "complications" is no kind of record.',
        "complication",
    ),
    "a clock": (
        "outcomes/fbss.toml",
        '"first_symptom"',
        '"first symptom"',
        'clock: "first symptom" is no clock.',
        "first_symptom",
    ),
    "days in words": (
        "outcomes/complication.toml",
        "[[events]]",
        '[[events]]\nwithin_days = "90"',
        "[[events]], key \"within_days\": '90' is no whole number.",
        "",
    ),
    "days before surgery": (
        "outcomes/complication.toml",
        "[[events]]",
        "[[events]]\nwithin_days = -1",
        "[[events]], within_days: -1 is not from 0 to 36,500.",
        "",
    ),
    "a word for a list": (
        "outcomes/complication.toml",
        "[[events]]",
        '[[events]]\nvalues = "readmission"',
        "key \"values\": 'readmission' is no list.",
        "",
    ),
    "no event": (
        "outcomes/reoperation.toml",
        '[[events]]\nsource = "reoperation"\nclock = "event"',
        "",
        "reoperation.toml: a time outcome rests on [[events]]",
        "",
    ),
    "a visit": (
        "outcomes/not_better.toml",
        "visit = 12",
        "visit = 13",
        'not_better.toml, [landmark]: "13" is no visit in months. Known: 3, 12, 24',
        "3",
    ),
    "a reading": (
        "outcomes/prom_failure.toml",
        '"improvement"',
        '"improvment"',
        '"improvment" is no reading.',
        "improvement",
    ),
    "a comparison": ("outcomes/prom_failure.toml", '"<"', '"=<"', '"=<" is no comparison.', ""),
    "a band's word": (
        "factors/smoking.toml",
        'values = ["current"]',
        'values = ["curent"]',
        'smoking.toml, [[bands]], values: "curent" is no word of smoking.',
        "current",
    ),
    "neither yes nor no": (
        "factors/anxiety.toml",
        'values = ["yes"]',
        'values = ["true"]',
        '"true" is no word of anxiety. Known: yes, no.',
        "",
    ),
    "a word in two bands": (
        "factors/smoking.toml",
        'values = ["former"]',
        'values = ["current"]',
        '"current" is named twice.',
        "",
    ),
    "a reference": (
        "factors/smoking.toml",
        'reference = "never"',
        'reference = "nver"',
        'smoking.toml, reference: "nver" is no band.',
        "never",
    ),
    "a band that is at risk": (
        "factors/smoking.toml",
        'at_risk = ["current"]',
        'at_risk = ["curent"]',
        'smoking.toml, at_risk: "curent" is no band.',
        "current",
    ),
    "a timing": (
        "factors/smoking.toml",
        '"before surgery"',
        '"before surgrey"',
        '"before surgrey" is no timing.',
        "before surgery",
    ),
    "bands that do not meet": (
        "factors/age.toml",
        "low = 35",
        "low = 36",
        'age.toml: the bands "Under 35" and "35 to 49" do not meet.',
        "",
    ),
    "an order given twice": (
        "factors/smoking.toml",
        "order = 4",
        "order = 1",
        "age.toml and smoking.toml have one place: order = 1.",
        "",
    ),
    "one place in the model": (
        "factors/smoking.toml",
        "adjust = 3",
        "adjust = 1",
        "age.toml and smoking.toml have one place: adjust = 1.",
        "",
    ),
    "two outcomes in one place": (
        "outcomes/fbss.toml",
        "order = 1",
        "order = 2",
        "fbss.toml and reoperation.toml have one place: order = 2.",
        "",
    ),
    "a name of another file": (
        "factors/smoking.toml",
        'name = "smoking"',
        'name = "age"',
        'smoking.toml, key "name": "age" is not the name of its file.',
        "",
    ),
    "what arises later": (
        "factors/recovery_adherence.toml",
        "modifiable",
        "adjust = 90\nmodifiable",
        "no model may adjust for it",
        "",
    ),
    "a benchmark's outcome": (
        "benchmarks.toml",
        'outcome = "fbss"',
        'outcome = "fbs"',
        'benchmarks.toml, [persistent_pain_discectomy], outcome: "fbs" is no outcome.',
        "fbss",
    ),
    "a benchmark's kind": (
        "benchmarks.toml",
        'kind = "upper_bound"',
        'kind = "upper"',
        'benchmarks.toml, [decompression_upper], kind: "upper" is no kind of published figure.',
        "upper_bound",
    ),
    "a benchmark's procedure": (
        "benchmarks.toml",
        'procedures = ["laminectomy"]',
        'procedures = ["laminectomie"]',
        '[stenosis_reoperation_korea], procedures: "laminectomie" is no procedure.',
        "laminectomy",
    ),
    "a benchmark's band": (
        "benchmarks.toml",
        'band = "four_over"',
        'band = "four_ovr"',
        '[acceptable_state_norway], figures, band: "four_ovr" is no band.',
        "four_over",
    ),
    "an estimate that is a bound": (
        "benchmarks.toml",
        "value = 0.04 }",
        "high = 0.04 }",
        '[disc_reoperation_korea], figures: an estimate says "value", and both "low" and "high" or neither',
        "",
    ),
    "an interval beside its estimate": (
        "benchmarks.toml",
        "value = 0.021, low = 0.020",
        "value = 0.021, low = 0.022",
        "[disc_reoperation_norway], figures: an estimate says",
        "",
    ),
    "a bound with a lower end": (
        "benchmarks.toml",
        "{ high = 0.25 }",
        "{ low = 0.1, high = 0.25 }",
        '[decompression_upper], figures: an upper bound says "high" alone; shares are 0 to 1.',
        "",
    ),
    "a set of thresholds": (
        "proms.toml",
        "[measures.thresholds.registries]",
        "[measures.thresholds.register]",
        'proms.toml, odi_change, thresholds: "registries" is no set of this measure.',
        "",
    ),
    "a benchmark's family": (
        "benchmarks.toml",
        '["fusion"]',
        '["fusions"]',
        '"fusions" is no procedure family.',
        "fusion",
    ),
    "what is watched": (
        "monitoring.toml",
        '"complication"',
        '"prom_failure"',
        '"prom_failure" is no outcome that is followed over time.',
        "",
    ),
    "a group": (
        "vocabularies.toml",
        'label = "TLIF", group = "fusion"',
        'label = "TLIF", group = "fusions"',
        'vocabularies.toml, procedure.tlif: "fusions" is no group.',
        "fusion",
    ),
    "the largest procedure": (
        "vocabularies.toml",
        '"revision_fusion", "tlif"',
        '"revision_fusion", "tlf"',
        'vocabularies.toml, largest_first: "tlf" is no procedure.',
        "tlif",
    ),
}
"""The file, what stands there, what is written instead; how it is refused, and the word that was perhaps meant."""


@pytest.mark.parametrize(("file", "old", "new", "said", "meant"), REFUSED.values(), ids=REFUSED)
def test_what_nothing_knows_is_refused(tmp_path: Path, file: str, old: str, new: str, said: str, meant: str) -> None:
    path = Path(shutil.copytree(FOLDER, tmp_path / "definitions")) / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionsWrong) as refused:
        load(path.parents[len(Path(file).parts) - 1])
    assert said in refused.value.message
    assert not meant or f'did you mean "{meant}"?' in refused.value.message


def copied(folder: Path) -> Path:
    """The shipped definitions, to be changed."""
    nothing_else = shutil.ignore_patterns("*.py", "__pycache__")
    return Path(shutil.copytree(FOLDER, folder / "definitions", ignore=nothing_else))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (
            "vocabularies.toml",
            "[sex.terms]",
            '[reason.terms.x]\nlabel = "X"\n\n[sex.terms]',
            '"reason" is no vocabulary',
        ),
        (
            "outcomes/fbss.toml",
            "[[events]]",
            "[landmark]\nvisit = 12\n\n[[events]]",
            "a time outcome rests on [[events]]",
        ),
        ("factors/sex.toml", 'name = "sex"', 'name = "surgeon"', ""),
        ("factors/diabetes.toml", 'name = "no"', 'name = "not recorded"', '"not recorded" is in every factor already'),
    ],
)
def test_what_would_count_wrong_in_silence_is_refused(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = Path(
        shutil.copytree(FOLDER, tmp_path / "definitions", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionsWrong) as refused:
        load(folder)
    assert said in refused.value.message


def test_a_factor_that_operations_are_chosen_by_cannot_be_taken_out(tmp_path: Path) -> None:
    folder = Path(
        shutil.copytree(FOLDER, tmp_path / "definitions", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    )
    (folder / "factors" / "levels.toml").unlink()
    with pytest.raises(DefinitionsWrong, match=r"factors/levels\.toml is not there"):
        load(folder)
