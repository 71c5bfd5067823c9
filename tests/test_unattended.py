"""What is written of cron, systemd and mail holds: each command is one that there is, each unit can be read."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dashboard import settings
from dashboard.cli import _parser
from tests.manual import CRON, SETTING, commands

DOCS = Path(__file__).resolve().parents[1] / "docs"
UNITS = sorted(path for path in (DOCS / "systemd").rglob("*") if path.is_file())
TEXT = (DOCS / "unattended.md").read_text(encoding="utf-8")
SECRET = re.compile(r"(?i)password|secret|token|key")


def test_every_command_is_one_that_there_is() -> None:
    found = [*commands(TEXT), *(words for path in UNITS for words in commands(path.read_text(encoding="utf-8")))]
    assert len(found) >= 12
    assert {words[0] for words in found} == {"import", "digest", "report", "serve", "open"}
    for words in found:
        assert _parser().parse_args(words).run


def test_every_line_of_cron_has_five_times_and_a_command() -> None:
    (block,) = re.findall(r"```cron\n(.*?)```", TEXT, re.DOTALL)
    for line in filter(None, block.splitlines()):
        assert line.startswith("#") or CRON.fullmatch(line) or re.fullmatch(r"[A-Z_]+=\S+", line), line
        assert "%" not in line, "cron ends a command there"


def test_every_setting_that_is_named_is_one_that_is_read_and_those_of_mail_are_all_told() -> None:
    named = set(SETTING.findall(TEXT + "".join(path.read_text() for path in UNITS)))
    assert named - {"OUTCOMES_MAIL"} <= set(settings.VARIABLES)
    assert {name for name in settings.VARIABLES if "MAIL" in name} <= named


def sections(path: Path) -> dict[str, list[tuple[str, str]]]:
    """By section the settings of a unit, in order."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if head := re.fullmatch(r"\[(\w+)\]", line):
            found[head[1]] = []
        elif line and not line.startswith("#"):
            name, equals, value = line.partition("=")
            assert equals, f"{path.name}: {line}"
            found[list(found)[-1]].append((name, value))
    return found


def test_every_timer_has_its_service_and_every_service_a_command_and_its_own_folders_alone() -> None:
    services = {path.stem for path in UNITS if path.suffix == ".service"}
    timed = {path.stem for path in UNITS if path.suffix == ".timer"}
    assert timed == {"outcomes-import", "outcomes-digest", "outcomes-report"}
    assert services - timed == {"outcomes-serve"}, "which does not end"
    shared = dict(sections(DOCS / "systemd" / "outcomes-.service.d" / "shared.conf")["Service"])
    wanted = {"ProtectSystem": "strict", "NoNewPrivileges": "yes", "UMask": "0077", "CapabilityBoundingSet": ""}
    assert shared.items() >= wanted.items()
    for name in services:
        own = sections(DOCS / "systemd" / f"{name}.service")["Service"]
        assert [key for key, _ in own].count("ExecStart") == 1
        assert dict(own)["Type"] == ("oneshot" if name in timed else "exec")
        assert not {key for key, _ in own} & set(shared) - {"ReadWritePaths", "Environment"}, "said once for all"
    # A link that lets somebody in would be read by whoever reads the journal.
    assert ("StandardOutput", "null") in sections(DOCS / "systemd" / "outcomes-serve.service")["Service"]
    assert ("PrivateNetwork", "yes") in sections(DOCS / "systemd" / "outcomes-import.service")["Service"]


def test_no_secret_stands_in_a_unit() -> None:
    for path in UNITS:
        for settings_of in sections(path).values():
            assert not [name for name, value in settings_of if name == "Environment" and SECRET.search(value)]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", [path.name for path in UNITS if path.suffix in (".service", ".timer")])
def test_systemd_reads_each_unit_without_a_complaint(name: str, tmp_path: Path) -> None:
    for folder, broken in ((DOCS / "systemd", False), (tmp_path / "broken", True)):
        if broken:
            shutil.copytree(DOCS / "systemd", folder)
            (folder / name).write_text((folder / name).read_text() + "\nNoSuchSetting=yes\n")
        environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}
        said = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", name],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        ).stderr.splitlines()
        complaints = [line for line in said if "/usr/local/bin/outcomes is not executable" not in line]
        assert bool(complaints) == broken, complaints
