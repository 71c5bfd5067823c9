"""`outcomes people`: who may sign in is listed, checked, added and taken out; by the number of who was not let in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard import accounts
from dashboard.access import Viewer
from dashboard.audit import Audit, lines_of, verify
from dashboard.cli import main
from dashboard.engines.notebook import Notebook
from tests.importing.written import take, write
from tests.test_accounts import ANNA, ENTRA, EVA, ISSUER, MANAGER, MAX, SURGEON

Said = pytest.CaptureFixture[str]
DECIDED = '# ours\n[practice]\nmanagers = "protected"  # so we decided\n'
BY_HAND = f"{DECIDED}{SURGEON}# he looks after the wards\n{MANAGER}{ENTRA}"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with nothing in it yet."""
    (tmp_path / "store").mkdir(mode=0o700)
    return tmp_path / "store"


@pytest.fixture
def by_hand(store: Path) -> Path:
    """A store with a file that somebody wrote by hand."""
    (store / accounts.FILE).touch(mode=0o600)
    (store / accounts.FILE).write_text(BY_HAND)
    return store


def people(store: Path, *words: str) -> int:
    return main(["people", *words, "--store", str(store)])


def text(store: Path) -> str:
    return (store / accounts.FILE).read_text()


def changes(store: Path) -> list[dict[str, object]]:
    assert verify(store / "audit") == []
    kept = ("change", "step", "added", "removed", "as", "was", "surgeon", "sites")
    return [{key: line[key] for key in kept if key in line} for line in lines_of(store / "audit")]


def test_the_first_person_makes_the_file_its_owners_alone(store: Path, capsys: Said) -> None:
    said = ["--name", "Anna Berg", "--role", "surgeon", "--surgeon", "S03", "--iss", ISSUER, "--sub", "anna"]
    assert people(store, "add", *said) == 0
    assert capsys.readouterr().out == "Anna Berg may sign in: surgeon of S03.\n"
    assert (store / accounts.FILE).stat().st_mode & 0o777 == 0o600
    assert accounts.read(store).viewer(ANNA) == Viewer("Anna Berg", "surgeon", surgeon="S03")
    assert changes(store) == [
        {"change": "people", "step": step, "added": "Anna Berg", "as": "surgeon", "surgeon": "S03"}
        for step in ("begun", "done")
    ]


def test_who_was_turned_away_is_added_by_the_number_alone(store: Path, capsys: Said) -> None:
    audit = Audit(store / "audit")
    number = accounts.turned_away(audit, EVA)
    accounts.turned_away(audit, MAX)
    assert people(store, "refused") == 0
    shown = capsys.readouterr()
    assert [line.split()[0] for line in shown.out.splitlines()][1] == number
    assert "Hear the number from the person" in shown.err
    said = ["--number", f"{number[:3]} {number[3:]}", "--name", "Eva Ernst", "--role", "steward", "--site", "North"]
    assert people(store, "add", *said) == 0
    assert accounts.read(store).viewer(EVA) == Viewer("Eva Ernst", "steward", sites=("North",))
    assert "tid" in text(store)
    assert "iss" not in text(store).partition("[[person]]")[2]
    capsys.readouterr()
    assert people(store, "refused", "--json") == 0
    assert [line["sub"] for line in json.loads(capsys.readouterr().out)] == ["max"]


def test_a_number_that_nobody_was_told_adds_nobody(store: Path, capsys: Said) -> None:
    assert people(store, "add", "--number", "471100", "--name", "Eva Ernst", "--role", "steward") == 1
    assert '"471100" was told to nobody here.' in capsys.readouterr().err
    assert not (store / accounts.FILE).exists()
    assert people(store, "refused") == 0
    assert "Nobody was turned away." in capsys.readouterr().err


def test_what_was_written_by_hand_stays_to_the_letter(by_hand: Path) -> None:
    assert people(by_hand, "add", "--name", "Olaf Ott", "--role", "auditor", "--iss", ISSUER, "--sub", "olaf") == 0
    assert text(by_hand).startswith(BY_HAND)
    assert people(by_hand, "remove", "--name", "Olaf Ott") == 0
    assert text(by_hand).rstrip() == BY_HAND.rstrip()
    assert people(by_hand, "remove", "--name", "Anna Berg") == 0
    assert text(by_hand).startswith(DECIDED)
    assert "# he looks after the wards\n" in text(by_hand)
    assert [each.name for each in accounts.read(by_hand).people] == ["Max Moor", "Eva Ernst"]
    assert accounts.read(by_hand).practice.managers == "protected"
    assert changes(by_hand)[-1] == {"change": "people", "step": "done", "removed": "Anna Berg", "was": "surgeon"}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["add", "--name", "X", "--iss", ISSUER, "--sub", "x"], 2, "--name NAME --role ROLE"),
        (["add", "--name", "X", "--role", "manager"], 2, "--number NUMBER"),
        (["add", "--name", "X", "--role", "manager", "--number", "1", "--sub", "x"], 2, "--number NUMBER"),
        (["add", "--name", "X", "--role", "chief", "--number", "1"], 2, "invalid choice"),
        (["add", "--name", "X", "--role", "surgeon", "--iss", ISSUER, "--sub", "x"], 1, "write the surgeon's key"),
        (["add", "--name", "Max Moor", "--role", "manager", "--iss", ISSUER, "--sub", "x"], 1, "stands there twice"),
        (["add", "--name", "X", "--role", "manager", "--iss", ISSUER, "--sub", "max"], 1, "are one identity"),
        (["add", "--name", "X", "--role", "manager", "--iss", ISSUER, "--sub", "x@y.example"], 1, "mail address"),
        (["add", "--name", 'X"\nrole = "operator', "--role", "manager", "--iss", ISSUER, "--sub", "x"], 1, "name"),
        (["add", "--name", "X", "--role", "manager", "--iss", ISSUER], 1, "is not said"),
        (["remove"], 2, "--name NAME"),
        (["remove", "--name", "Nobody"], 1, 'No "Nobody" may sign in.'),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    by_hand: Path, capsys: Said, words: list[str], status: int, said: str
) -> None:
    assert people(by_hand, *words) == status
    assert said in capsys.readouterr().err
    assert text(by_hand) == BY_HAND
    assert not (by_hand / "audit" / "audit.jsonl").exists()


@pytest.mark.parametrize("words", [["add", "--name", "X", "--role", "manager", "--iss", ISSUER, "--sub", "x"],
                                   ["remove", "--name", "Anna Berg"]])  # fmt: skip
def test_a_file_that_is_not_believed_is_not_written_to(by_hand: Path, capsys: Said, words: list[str]) -> None:
    (by_hand / accounts.FILE).chmod(0o644)
    assert people(by_hand, *words) == 1
    assert "chmod 600" in capsys.readouterr().err
    assert text(by_hand) == BY_HAND


def test_an_entry_that_cannot_be_told_from_the_others_is_taken_out_by_hand(store: Path, capsys: Said) -> None:
    (store / accounts.FILE).touch(mode=0o600)
    (store / accounts.FILE).write_text(
        f'person = [{{name = "Max Moor", role = "manager", iss = "{ISSUER}", sub = "max"}}]\n'
    )
    assert people(store, "remove", "--name", "Max Moor") == 1
    assert "by hand" in capsys.readouterr().err
    assert accounts.read(store).viewer(MAX) is not None


def test_who_may_sign_in_is_listed_with_role_and_scope(by_hand: Path, capsys: Said) -> None:
    assert people(by_hand, "list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "Anna Berg: surgeon of S03", "Max Moor: manager", "Eva Ernst: steward at North",
    ]  # fmt: skip
    assert people(by_hand, "list", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["practice"] == {"managers": "protected", "surgeons": "named"}
    assert said["people"][0]["sub"] == "anna"


def test_check_tells_what_is_wrong_and_who_is_not_in_the_records(by_hand: Path, tmp_path: Path, capsys: Said) -> None:
    assert people(by_hand, "check") == 0
    assert capsys.readouterr().out == "people.toml is as it should be: 3 people may sign in.\n"
    take(write(tmp_path / "records"), by_hand)
    assert people(by_hand, "check", "--json") == 0
    assert json.loads(capsys.readouterr().out)["notes"] == [
        'Anna Berg: no surgeon "S03" is in the records now, so nothing of it is shown.',
        'Eva Ernst: no site "North" is in the records now, so nothing of it is shown.',
    ]
    (by_hand / accounts.FILE).write_text(BY_HAND.replace("role", "roll"))
    for action in ("check", "list"):
        assert people(by_hand, action) == 1
        assert 'line 5, Anna Berg, key "roll": no such key' in capsys.readouterr().err


def test_one_person_who_may_stand_there_in_two_ways_is_told_of_and_so_is_who_was_turned_away_for_it(
    store: Path, capsys: Said
) -> None:
    """No file says that a sub and an oid are of one person: only the token of that person does."""
    add = ["add", "--role", "steward", "--name"]
    assert people(store, *add, "Eva Ernst", "--tid", EVA["tid"], "--oid", EVA["oid"]) == 0
    assert people(store, *add, "E. Ernst", "--iss", EVA["iss"], "--sub", EVA["sub"]) == 0
    capsys.readouterr()
    assert people(store, "check", "--json") == 0
    (said,) = json.loads(capsys.readouterr().out)["notes"]
    assert said.startswith(f"At {EVA['iss']} some are known by sub (E. Ernst) and some by tid and oid (Eva Ernst): ")
    read = accounts.read(store)
    assert read.viewer(EVA) is None
    accounts.turned_away(Audit(store / "audit"), EVA, read.why_not(EVA))
    assert people(store, "refused") == 0
    told = capsys.readouterr().err
    assert told.strip() == accounts.TWICE.format(names="Eva Ernst and E. Ernst")


def signed_in(store: Path, name: str, claims: dict[str, str]) -> None:
    Audit(store / "audit").changed({"viewer": name, "role": "manager", "change": "sign-in", "claims": claims})


def wrote(store: Path, name: str) -> None:
    Notebook(store).write("view", "view/one", "One", who=name)


OLAF = ["--role", "auditor", "--iss", ISSUER, "--sub", "olaf"]


@pytest.mark.parametrize("left", ["signed in", "wrote"])
def test_the_name_of_somebody_who_left_is_given_to_nobody_else(by_hand: Path, capsys: Said, left: str) -> None:
    signed_in(by_hand, "Olaf Ott", {"iss": ISSUER, "sub": "his father"}) if left == "signed in" else wrote(
        by_hand, "Olaf Ott"
    )
    assert people(by_hand, "add", "--name", "olaf ott ", *OLAF) == 1
    assert "is known here as somebody else" in capsys.readouterr().err
    assert text(by_hand) == BY_HAND
    (by_hand / accounts.FILE).write_text(
        f'{BY_HAND}[[person]]\nname = "Olaf Ott"\nrole = "auditor"\niss = "{ISSUER}"\nsub = "olaf"\n'
    )
    assert people(by_hand, "check") == 0
    assert "Olaf Ott: somebody else had this name here" in capsys.readouterr().err
    assert people(by_hand, "remove", "--name", "Olaf Ott") == 0
    assert people(by_hand, "add", "--name", "Olaf Ott", *OLAF, "--same-person") == 0
    capsys.readouterr()
    assert people(by_hand, "check") == 0
    assert capsys.readouterr().err == ""
    signed_in(by_hand, "Olaf Ott", {"iss": ISSUER, "sub": "olaf"})
    assert people(by_hand, "remove", "--name", "Olaf Ott") == 0
    assert people(by_hand, "add", "--name", "Olaf Ott", *[word.replace("olaf", "his son") for word in OLAF]) == 1


def test_who_comes_back_as_the_same_at_the_provider_has_the_name_again(by_hand: Path, capsys: Said) -> None:
    signed_in(by_hand, "Olaf Ott", {"iss": ISSUER, "sub": "olaf"})
    wrote(by_hand, "Olaf Ott")
    assert people(by_hand, "add", "--name", "Olaf Ott", *OLAF) == 0
    capsys.readouterr()
    assert people(by_hand, "check") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("line", [{"claims": 7}, {"claims": {"sub": 7}}, {"viewer": None, "claims": {}}, {}])
def test_a_line_that_somebody_wrote_into_the_log_keeps_nobody_from_looking(
    by_hand: Path, line: dict[str, object]
) -> None:
    Audit(by_hand / "audit").changed({"change": "sign-in", "viewer": "Max Moor"} | line)
    assert people(by_hand, "check") == 0


@pytest.mark.parametrize("name", ["Operator of this machine", "visitor", "not known"])
def test_nobody_has_a_name_by_which_the_log_calls_others(by_hand: Path, capsys: Said, name: str) -> None:
    assert people(by_hand, "add", "--name", name, *OLAF) == 1
    assert "Write another name" in capsys.readouterr().err


def test_without_a_file_nobody_may_and_it_is_said_how_to_begin(store: Path, capsys: Said) -> None:
    assert people(store, "list") == 1
    assert "outcomes people add" in capsys.readouterr().err
    assert people(store.parent / "none", "list") == 1
    assert "There is no store" in capsys.readouterr().err
