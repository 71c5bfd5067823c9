"""Files and variables that say what nothing reads are refused, wherever they are read, with the nearest known word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard import settings
from dashboard.definitions import codes
from dashboard.errors import DefinitionsWrong, WrongUsage
from dashboard.importing import ImportRefused, column_names
from dashboard.importing.mapping import read
from dashboard.strict import known_words
from tests.importing.written import take, write


def test_the_nearest_word_is_named_only_where_one_is_near() -> None:
    assert known_words("readmissions", ["readmission", "other"]) == 'readmission, other; did you mean "readmission"?'
    assert known_words("happiness", ["readmission", "other"]) == "readmission, other."


@pytest.mark.parametrize("name", ["OUTCOMES_STOER", "OUTCOMES_PORT"])
def test_a_misspelled_setting_is_no_silent_default(name: str) -> None:
    with pytest.raises(WrongUsage, match=rf"\${name} is no setting. Known: OUTCOMES_STORE"):
        settings.read({name: "/somewhere"})
    assert settings.read({"OUTCOMES_STORE": "/somewhere", "OUTCOMES_BROWSER": "x"}).store.name == "somewhere"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[flie]\nsheet = "x"', '"flie" is not a table'),
        ('[file]\nshet = "x"', r'\[file\]: "shet" is not understood. It may hold .*; did you mean "sheet"\?'),
        ('[columns]\nsmokin = "x"', r'"smokin" is not one of our columns. .*; did you mean "smoking"\?'),
        ('[patients.column]\nsex = "x"', r'\[patients\]: "column" is not understood. .*; did you mean "columns"\?'),
        ('[follow_up]\nday = "x"', r'\[follow_up\]: "day" is not understood. .*; did you mean "days"\?'),
        ('[visits.12]\nodii = "x"', r'\[visits.12\]: "odii" is not understood. .*; did you mean "odi"\?'),
        ('[units]\nheight_cm = "inn"', '"inn" is not a unit that is known. .*; did you mean "in"'),
        ('[codes.LOINC.measures]\n"1" = "odi"', r'"measures" is not understood. .*; did you mean "measure"\?'),
    ],
)
def test_a_key_that_no_mapping_has_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "site.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ImportRefused, match=f"Mapping site.toml: .*{said}"):
        read(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "madeup = true",
            'about.toml, key "madeup": no such key. Known keys: .*mean "made_up"',
        ),
        ('made_up = "false"', "about.toml, key \"made_up\": 'false' is no true or false"),
        ("made_up = ", "about.toml cannot be read"),
    ],
)
def test_what_records_say_of_themselves_is_taken_to_the_letter(tmp_path: Path, text: str, said: str) -> None:
    records = write(tmp_path / "records")
    (records / "about.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionsWrong, match=said):
        take(records, tmp_path / "store")
    assert not (tmp_path / "store" / "CURRENT").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[procedure]", "[procedures]", r'snomed.toml, key "procedures": no such key. .*; did you mean "procedure"\?'),
        ('= "opioid"', '= "opiod"', r'rxnorm.toml, \[treatment\], "7804": "opiod" is no treatment. .*mean "opioid"\?'),
        ("reviewed =", "# reviewed =", 'icd10cm.toml: an entry is incomplete, it does not say "reviewed"'),
    ],
)
def test_a_code_table_says_nothing_that_is_not_ours(tmp_path: Path, old: str, new: str, said: str) -> None:
    file = said.partition(".")[0] + ".toml"
    path = Path(shutil.copytree(codes.FOLDER, tmp_path / "codes")) / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionsWrong, match=said):
        codes.load(path.parent)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[measures]", "[measure]", r'key "measure": no such key. .*; did you mean "measures"\?'),
        ("\nsmoking =", "\nsmokin =", r'\[columns\], key "smokin": no such key. .*; did you mean "smoking"\?'),
        ("\nformer =", "\nformerly =", r'\[values.smoking\], key "formerly": no such key. .*mean "former"\?'),
    ],
)
def test_names_for_no_column_of_ours_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, said: str
) -> None:
    path = tmp_path / "column_names.toml"
    path.write_text(column_names.WORDS.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(column_names, "WORDS", path)
    with pytest.raises(DefinitionsWrong, match=f"column_names.toml, {said}"):
        column_names.names.__wrapped__()
