"""A bundle reckons its figure again: in a clean Python, and in R where that is installed, to 1e-9 of the app."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.access import Viewer
from dashboard.analyses.compare import compare
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.onset import onset
from dashboard.analyses.trend import counts_by_period, trend
from dashboard.charts.dot_interval import dot_interval
from dashboard.charts.points import points_of
from dashboard.charts.shaded_table import shaded_table
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.disclosure import MODES
from dashboard.errors import NotAllowed
from dashboard.exports import figures
from dashboard.exports.leaving import made
from dashboard.exports.offers import PATIENTS, PictureOffer
from dashboard.records import Records
from tests.analyses.conftest import sample as sample
from tests.text_tables import records

CLOSE = 1e-9
RSCRIPT = shutil.which("Rscript")
AT_VISIT = next(one.name for one in load().failures.values() if one.kind == "landmark")
FUSIONS = Cohort(chosen={"family": ("fusion",)})
ROWS = pd.DataFrame(
    {"group": ["a"], "label": ["A"], "operations": [9], "failed": [2], "share": [0.2], "lower": [0.1], "upper": [0.4]}
)


def shares(records: Records, outcome: str, by: str, days: int = 730) -> dict[str, Any]:
    timed = load().outcomes[outcome].kind == "time"
    rows = failure_rate(records, outcome, by, days)
    return figures.of_shares(rows, days, (lambda: failure_curve(records, outcome, by)) if timed else None)


def periods(records: Records, outcome: str, period: str | None) -> dict[str, Any]:
    answer = trend(records, outcome, 730, period)
    return figures.of_periods(answer.periods, lambda: counts_by_period(records, outcome, 730, answer.period))


def units(records: Records) -> dict[str, Any]:
    answer = compare(records, "fbss")
    return figures.of_units(answer.units, "ratio", widened=answer.ratios is not None and answer.ratios.widened)


FIGURES: dict[str, Callable[[Records], dict[str, Any]]] = {
    "the curve of all": lambda records: figures.of_curves(failure_curve(records, "fbss"), 730),
    "the curve of each procedure": lambda records: figures.of_curves(failure_curve(records, "fbss", "procedure"), 730),
    "shares by family": lambda records: shares(records, "fbss", "family"),
    "shares by procedure at 5 years": lambda records: shares(records, "reoperation", "procedure", 1826),
    "shares at a visit": lambda records: shares(records, AT_VISIT, "procedure"),
    "the funnel": units,
    "the funnel of shares": lambda records: figures.of_units(
        compare(records.of(FUSIONS), "fbss").units, "share", widened=False
    ),
    "the control chart": lambda records: periods(records, "fbss", None),
    "the control chart of a visit": lambda records: periods(records, AT_VISIT, "year"),
    "onset": lambda records: figures.of_onset(onset(records, "fbss", "family", 1826).categories),
}


def bundle(records: Records, leaves: dict[str, Any], mode: str = "none") -> dict[str, bytes]:
    offer = PictureOffer("Families", dot_interval(ROWS), "Families. A: 20 %.", **leaves)
    with zipfile.ZipFile(io.BytesIO(made(records, offer, "zip", MODES[mode]))) as book:
        return {name: book.read(name) for name in book.namelist()}


def laid_out(files: dict[str, bytes], folder: Path) -> Path:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def hold(printed: str, files: dict[str, bytes], *, least: int = 1) -> None:
    """Every figure of the app beside that which was printed, each to 1e-9."""
    found = {(row["group"], row.get("day", "").strip()): row for row in csv.DictReader(io.StringIO(printed))}
    said = list(csv.DictReader(io.StringIO(files["figures.csv"].decode())))
    compared = 0
    for row in said:
        own = found[row["group"], row.get("day", "")]
        for name, value in row.items():
            if value and name not in ("group", "day"):
                assert float(own[name]) == pytest.approx(float(value), abs=CLOSE), (row["group"], name)
                compared += 1
    assert compared >= least


@pytest.mark.parametrize("name", FIGURES)
def test_the_script_reckons_the_figures_of_the_app_in_a_clean_process(
    sample: Records, tmp_path: Path, name: str
) -> None:
    files = bundle(sample, FIGURES[name](sample))
    folder = laid_out(files, tmp_path)
    command = [sys.executable, "-I", "-S", str(folder / "redraw.py")]
    ran = subprocess.run(command, capture_output=True, text=True, cwd="/", env={}, check=False)
    assert ran.returncode == 0, ran.stderr
    hold(ran.stdout, files, least=6)
    assert (folder / "redrawn.svg").read_text(encoding="utf-8").startswith("<svg")


@pytest.mark.skipif(
    RSCRIPT is None, reason="Rscript is not installed: install R (r-base-core) to try the bundle in R too"
)
@pytest.mark.parametrize("name", FIGURES)
def test_the_r_script_reckons_the_same(sample: Records, tmp_path: Path, name: str) -> None:
    files = bundle(sample, FIGURES[name](sample))
    folder = laid_out(files, tmp_path)
    ran = subprocess.run(
        [str(RSCRIPT), "--vanilla", str(folder / "redraw.R")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    hold(ran.stdout, files, least=6)


def test_the_r_script_asks_for_nothing_that_the_python_script_does_not() -> None:
    """Where R is not installed this much is held: the same recipes, and brackets that close."""
    folder = Path(figures.__file__).parent
    python, r = ((folder / name).read_text(encoding="utf-8") for name in ("redraw.py", "redraw.R"))
    recipes = set(re.findall(r'"(\w+)": \w+', python.partition("RECIPES = {")[2].partition("}")[0]))
    assert recipes == set(re.findall(r"^  (\w+) = function\(\)", r, re.MULTILINE)) != set()
    assert all(r.count(opening) == r.count(closing) for opening, closing in ("()", "{}", "[]"))
    assert "library(" not in r


def test_a_figure_that_was_changed_is_found(sample: Records, tmp_path: Path) -> None:
    files = bundle(sample, FIGURES["shares by family"](sample))
    folder = laid_out(files, tmp_path)
    figures_csv = folder / "figures.csv"
    lines = figures_csv.read_text(encoding="utf-8").splitlines()
    group, share, *rest = lines[1].split(",")
    changed = [lines[0], ",".join([group, str(float(share) + 1e-6), *rest]), *lines[2:]]
    figures_csv.write_text("\n".join(changed), encoding="utf-8")
    ran = subprocess.run([sys.executable, str(folder / "redraw.py")], capture_output=True, check=False)
    assert ran.returncode == 1


NOBODY_FAILED = "operation | state | day\n" + "\n".join(f"{n} | left | {400 + n}" for n in range(12))
EVERYBODY_FAILED = "operation | state | day\n" + "\n".join(f"{n} | failed | {n}" for n in range(1, 13))


@pytest.mark.parametrize("text", [NOBODY_FAILED, EVERYBODY_FAILED, "operation | state | day\n1 | died | 5"])
@pytest.mark.parametrize("what", ["curve", "shares"])
def test_none_all_and_one_are_reckoned_too(tmp_path: Path, text: str, what: str) -> None:
    few = records(tmp_path / "store", text)
    leaves = figures.of_curves(failure_curve(few, "fbss"), 365) if what == "curve" else shares(few, "fbss", "site", 365)
    files = bundle(few, leaves)
    folder = laid_out(files, tmp_path / "bundle")
    ran = subprocess.run([sys.executable, str(folder / "redraw.py")], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    hold(ran.stdout, files, least=0)


def test_each_file_has_its_sum_and_the_versions_say_what_was_read(sample: Records) -> None:
    files = bundle(sample, FIGURES["the curve of all"](sample))
    sums: dict[str, str] = json.loads(files["manifest.json"])["sha256"]
    assert set(sums) == set(files) - {"manifest.json"}
    assert all(hashlib.sha256(files[name]).hexdigest() == code for name, code in sums.items())
    versions = json.loads(files["versions.json"])
    assert (versions["Generation"], versions["Data to"]) == (1, "2026-09-30")
    assert versions["Definitions version"] == load().version
    assert versions["Filter"]["Period"] == "the whole recorded period"
    assert "definitions/outcomes/fbss.toml" in files
    assert files["picture.svg"].startswith(b"<svg")


def test_the_same_figure_is_the_same_bundle(sample: Records) -> None:
    offer = PictureOffer("Families", dot_interval(ROWS), "", **FIGURES["onset"](sample))
    assert made(sample, offer, "zip") == made(sample, offer, "zip")


def test_a_shared_bundle_has_protected_counts_and_says_that_nothing_can_be_reckoned_from_them(sample: Records) -> None:
    files = bundle(sample, FIGURES["shares by procedure at 5 years"](sample), "nhs")
    assert {"redraw.py", "redraw.R", "figures.csv", "asked.csv"}.isdisjoint(files)
    counts = pd.read_csv(io.BytesIO(files["counts.csv"]))
    assert "fewer than 8" in set(counts["failed_words"])
    assert not set(counts["failed"].dropna()) & set(range(1, 8))
    assert "cannot be reckoned" in files["README.txt"].decode()
    assert "20 %" not in files["README.txt"].decode()


def test_a_picture_without_a_recipe_leaves_with_its_points(sample: Records) -> None:
    files = bundle(sample, {})
    assert pd.read_csv(io.BytesIO(files["counts.csv"]))["x"].notna().any()
    assert "no script" in files["README.txt"].decode()
    field = shaded_table(pd.DataFrame({"A": [1, 4]}), lambda *_: "", dark=False)
    assert points_of(field)["value"].dropna().tolist() == [0.5, 1.0]


@pytest.mark.parametrize("name", ["the curve of all", "shares by family", "shares at a visit"])
def test_of_counts_that_were_moved_the_picture_leaves_and_no_script_that_would_draw_narrower_intervals(
    sample: Records, name: str
) -> None:
    told = replace(sample, viewer=Viewer("Manager", "manager", protected=True))
    files = bundle(told, FIGURES[name](told))
    assert {"redraw.py", "redraw.R", "figures.csv", "asked.csv"}.isdisjoint(files)
    assert "no script" in files["README.txt"].decode()
    points = pd.read_csv(io.BytesIO(files["counts.csv"]))
    assert points["x"].notna().any()


def test_nothing_of_a_single_patient_is_in_a_bundle(sample: Records) -> None:
    offer = PictureOffer("Course", dot_interval(ROWS), "", holds=PATIENTS)
    with pytest.raises(NotAllowed, match="without a bundle"):
        made(sample, offer, "zip")
    assert made(sample, offer, "svg")
