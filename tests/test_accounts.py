"""Who may sign in: read from one file of its owner's alone, and nobody where it does not say it as it should."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dashboard import accounts
from dashboard.access import Viewer
from dashboard.accounts import accounts_in
from dashboard.audit import Audit, lines_of, verify

TENANT, OBJECT = "72f988bf-86f1-41af-91ab-2d7cd011db47", "0b1f2c3d-0000-4000-8000-00000000000a"
ISSUER = "https://login.clinic.example/realms/clinic"
SURGEON = f"""
[[person]]
name = "Anna Berg"
role = "surgeon"
surgeon = "S03"
iss = "{ISSUER}"
sub = "anna"
"""
MANAGER = f"""
[[person]]
name = "Max Moor"
role = "manager"
iss = "{ISSUER}"
sub = "max"
"""
ENTRA = f"""
[[person]]
name = "Eva Ernst"
role = "steward"
sites = ["North"]
tid = "{TENANT}"
oid = "{OBJECT}"
"""
ANNA = {"iss": ISSUER, "sub": "anna"}
MAX = {"iss": ISSUER, "sub": "max"}
EVA = {"iss": f"https://login.microsoftonline.com/{TENANT}/v2.0", "sub": "any", "tid": TENANT, "oid": OBJECT}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store in which three people have accounts."""
    (tmp_path / accounts.FILE).touch(mode=0o600)
    (tmp_path / accounts.FILE).write_text(SURGEON + MANAGER + ENTRA)
    return tmp_path


def test_each_comes_in_with_the_role_and_scope_of_the_entry(store: Path) -> None:
    read = accounts.read(store)
    assert read.complaint == ""
    assert read.viewer(ANNA) == Viewer("Anna Berg", "surgeon", surgeon="S03")
    assert read.viewer(MAX) == Viewer("Max Moor", "manager")
    assert read.viewer(EVA) == Viewer("Eva Ernst", "steward", sites=("North",))


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"iss": ISSUER},
        {"sub": "anna"},
        {"iss": ISSUER, "sub": "Anna"},
        {"iss": "https://login.elsewhere.example", "sub": "anna"},
        {**EVA, "tid": "another"},
        {**EVA, "oid": "another"},
        {**EVA, "iss": ISSUER},
        {"iss": EVA["iss"], "sub": OBJECT},
        {**ANNA, "sub": ""},
    ],
)
def test_whoever_lacks_a_part_of_the_identity_is_nobody(store: Path, claims: dict[str, str]) -> None:
    assert accounts.read(store).viewer(claims) is None


def test_one_person_under_two_entries_is_nobody() -> None:
    by_sub = f'[[person]]\nname = "Eva again"\nrole = "operator"\niss = "{EVA["iss"]}"\nsub = "any"\n'
    assert accounts_in(ENTRA + by_sub).viewer(EVA) is None
    assert accounts_in(ENTRA).viewer(EVA) is not None


def test_a_role_that_is_taken_away_is_gone_at_the_next_look(store: Path) -> None:
    assert accounts.read(store).viewer(ANNA) is not None
    (store / accounts.FILE).write_text(MANAGER + ENTRA)
    assert accounts.read(store).viewer(ANNA) is None
    assert accounts.read(store).viewer(MAX) is not None


@pytest.mark.parametrize(
    ("said", "protected", "masked"),
    [
        ("", False, False),
        ('managers = "exact"\nsurgeons = "named"', False, False),
        ('managers = "protected"', True, False),
        ('surgeons = "masked"', False, True),
    ],
)
def test_what_the_practice_has_decided_is_of_managers_alone(said: str, protected: bool, masked: bool) -> None:
    read = accounts_in(f"[practice]\n{said}\n{SURGEON}{MANAGER}{ENTRA}")
    assert read.complaint == ""
    manager, surgeon, steward = read.viewer(MAX), read.viewer(ANNA), read.viewer(EVA)
    assert manager is not None
    assert (manager.protected, manager.masked) == (protected, masked)
    for other in (surgeon, steward):
        assert other is not None
        assert (other.protected, other.masked) == (False, False)


def lets_nobody_in(read: accounts.Accounts) -> bool:
    """Whether none of them comes in, and why is said."""
    return read.complaint.startswith("Nobody can sign in") and not any(map(read.viewer, (ANNA, MAX, EVA, {})))


def test_no_file_lets_nobody_in_and_says_how_to_make_it(tmp_path: Path) -> None:
    read = accounts.read(tmp_path)
    assert lets_nobody_in(read)
    assert "outcomes people add" in read.complaint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rights", [0o640, 0o604, 0o620, 0o602, 0o610, 0o601])
def test_a_file_open_to_others_lets_nobody_in_and_says_what_mends_it(store: Path, rights: int) -> None:
    (store / accounts.FILE).chmod(rights)
    read = accounts.read(store)
    assert lets_nobody_in(read)
    assert f"chmod 600 {store / accounts.FILE}" in read.complaint
    (store / accounts.FILE).chmod(0o600)
    assert accounts.read(store).viewer(ANNA) is not None


def test_a_link_in_its_place_lets_nobody_in(store: Path) -> None:
    (store / accounts.FILE).rename(store / "elsewhere.toml")
    (store / accounts.FILE).symlink_to(store / "elsewhere.toml")
    read = accounts.read(store)
    assert lets_nobody_in(read)
    assert "It is a link" in read.complaint


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_a_file_of_another_user_lets_nobody_in(store: Path) -> None:
    os.chown(store / accounts.FILE, 12345, -1)
    read = accounts.read(store)
    assert lets_nobody_in(read)
    assert "chown 0" in read.complaint


def test_a_folder_or_a_pipe_in_its_place_lets_nobody_in(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    (tmp_path / "one" / accounts.FILE).mkdir()
    os.mkfifo(tmp_path / "two" / accounts.FILE, 0o600)
    assert lets_nobody_in(accounts.read(tmp_path / "one"))
    assert lets_nobody_in(accounts.read(tmp_path / "two"))


def test_what_is_no_text_lets_nobody_in(store: Path) -> None:
    (store / accounts.FILE).write_bytes(b"\xff\xfe" + SURGEON.encode("utf-16-le"))
    assert lets_nobody_in(accounts.read(store))


ONE = "people.toml, line 2, Anna Berg"
WRONG = {
    "[[person]\n": "people.toml cannot be read",
    "[persons]\n": 'people.toml, key "persons": no such key. Known keys: practice, person; did you mean "person"?',
    "[person]\nname = 'x'\n": "people.toml: each person begins with a line [[person]]",
    "person = 'x'\n": "people.toml: each person begins with a line [[person]]",
    "person = ['x']\n": "people.toml, person 1: 'x' is no part with keys of its own",
    "practice = 1\n": "people.toml, [practice]: 1 is no part with keys of its own",
    '[practice]\nmanager = "exact"\n': 'people.toml, [practice], key "manager": no such key',
    '[practice]\nmanagers = "some"\n': 'people.toml, [practice], key "managers": "some" is no word',
    '[practice]\nsurgeons = "hidden"\n': 'people.toml, [practice], key "surgeons": "hidden" is no word',
    SURGEON.replace("surgeon =", "surgeons ="): f'{ONE}, key "surgeons": no such key. Known keys: name, role',
    SURGEON.replace('"surgeon"', '"chief"'): f'{ONE}, key "role": "chief" is no role. Known: surgeon, manager',
    SURGEON.replace('role = "surgeon"\n', ""): f'{ONE}: an entry is incomplete, it does not say "role".',
    SURGEON.replace('"Anna Berg"', "7"): "people.toml, line 2, 7, key \"name\": 7 is no text.",
    SURGEON.replace('"Anna Berg"', '" "'): 'key "name": write the name by which',
    SURGEON.replace('"Anna Berg"', '"Anna\\nBerg"'): 'key "name": write the name by which',
    SURGEON.replace('surgeon = "S03"\n', ""): f'{ONE}, key "surgeon": write the surgeon\'s key in the records.',
    SURGEON.replace('"surgeon"', '"manager"'): f'{ONE}, key "surgeon": only the role surgeon has one.',
    SURGEON + "sites = []\n": f'{ONE}, key "sites": name each site once; for every site leave it out.',
    SURGEON + 'sites = ["North", "North"]\n': f'{ONE}, key "sites": name each site once',
    SURGEON + 'sites = "North"\n': f'{ONE}, key "sites": \'North\' is no list.',
    MANAGER.replace("manager", "auditor") + 'sites = ["North"]': 'key "sites": the role auditor is of the whole',
    SURGEON.replace("sub", "email"): f'{ONE}, key "email": nobody is known by a mail address or user name',
    SURGEON.replace('"anna"', '"anna@clinic.example"'): f'{ONE}, key "sub": this is a mail address',
    SURGEON.replace('sub = "anna"', ""): f"{ONE}: who this is to the provider is not said. Write iss and sub",
    SURGEON.replace("iss =", "tid ="): f"{ONE}: who this is to the provider is not said.",
    SURGEON + f'oid = "{OBJECT}"\n': f"{ONE}: who this is to the provider is not said.",
    SURGEON.replace("https", "http"): f'{ONE}, key "iss": "http://login.clinic.example/realms/clinic" is no https',
    SURGEON.replace(ISSUER, "clinic"): f'{ONE}, key "iss": "clinic" is no https address',
    SURGEON.replace(ISSUER, "https://[clinic"): f'{ONE}, key "iss": "https://[clinic" is no https address',
    SURGEON.replace(ISSUER, "https://clinic:x"): f'{ONE}, key "iss": "https://clinic:x" is no https address',
    ENTRA + f'iss = "{ISSUER}"\n': f'Eva Ernst: the issuer "{ISSUER}" is not of the tenant "{TENANT}".',
    SURGEON + MANAGER.replace("Max Moor", "anna berg"): 'people.toml: "anna berg" stands there twice',
    SURGEON + MANAGER.replace('"max"', '"anna"'): "people.toml: Anna Berg and Max Moor are one identity.",
}  # fmt: skip


@pytest.mark.parametrize("text", WRONG)
def test_a_mistake_anywhere_lets_nobody_in_and_is_told_where_it_stands(text: str) -> None:
    read = accounts_in(text)
    assert lets_nobody_in(read)
    assert WRONG[text] in read.complaint


def test_a_provider_on_this_machine_needs_no_certificate() -> None:
    for host in ("127.0.0.1:9400", "localhost:9400", "[::1]:9400"):
        assert accounts_in(SURGEON.replace(ISSUER, f"http://{host}")).complaint == ""


def test_who_is_not_in_the_records_now_is_told_and_closes_nobody_out(store: Path) -> None:
    read = accounts.read(store)
    assert accounts.unknown(read, {"S03"}, {"North"}) == []
    assert accounts.unknown(read, {"S01"}, {"South"}) == [
        'Anna Berg: no surgeon "S03" is in the records now, so nothing of it is shown.',
        'Eva Ernst: no site "North" is in the records now, so nothing of it is shown.',
    ]


def test_who_is_turned_away_has_one_number_and_stands_in_the_audit(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit")
    stranger = {"iss": ISSUER, "sub": "stranger", "email": "stranger@clinic.example", "name": "A. Stranger"}
    first, again = accounts.turned_away(audit, stranger), accounts.turned_away(audit, stranger)
    other = accounts.turned_away(audit, {**stranger, "sub": "another"})
    assert first == again != other
    assert first.isdecimal()
    assert len(first) == 6
    assert verify(tmp_path / "audit") == []
    assert "A. Stranger" not in str(lines_of(tmp_path / "audit"))
    assert "stranger@" not in str(lines_of(tmp_path / "audit"))
    lately = accounts.lately_turned_away(tmp_path / "audit")
    assert [line["quoted"] for line in lately] == [other, first]
    assert lately[1]["claims"] == {"iss": ISSUER, "sub": "stranger"}
    assert lately[1]["what"] == "refusal"


def test_the_number_of_who_is_turned_away_cannot_be_worked_out_without_the_store(tmp_path: Path) -> None:
    claims = {"iss": ISSUER, "sub": "stranger"}
    numbers = {accounts.turned_away(Audit(tmp_path / store / "audit"), claims) for store in "abc"}
    assert len(numbers) == 3


def test_a_line_that_somebody_wrote_into_the_log_by_hand_turns_nobody_up(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit")
    for claims in (None, "x", ["iss"], {"iss": ["a"]}):
        audit.refused({"question": accounts.SIGN_IN, "quoted": "471123", "claims": claims})
    audit.refused({"question": accounts.SIGN_IN})
    assert accounts.lately_turned_away(tmp_path / "audit") == []


def test_two_names_that_look_alike_are_one_and_so_are_those_of_whoever_has_no_account() -> None:
    for names, why in (
        (("J\u00f6rg  Au", "Jo\u0308rg au"), "stands there twice"),
        (("Operator of  this machine",), "calls somebody else so"),
    ):
        text = "".join(
            f'[[person]]\nname = "{name}"\nrole = "auditor"\niss = "https://a.example"\nsub = "{place}"\n'
            for place, name in enumerate(names)
        )
        assert why in accounts_in(text).complaint
