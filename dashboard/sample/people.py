"""Patients and what is known of them before surgery."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.sample.draws import Draws, Floats, Ints
from dashboard.sample.rules import DAY_ZERO, Rules

NumberColumns = dict[str, npt.NDArray[Any]]
"""Arrays of one length, by name: a row a patient or a row an operation. -1 in whole numbers is "not recorded"."""

FEMALE, MALE, OTHER = 0, 1, 2
NEVER, FORMER, CURRENT = 0, 1, 2
FULL, PARTIAL, POOR = 0, 1, 2


def rows_of(columns: NumberColumns, rows: npt.NDArray[Any]) -> NumberColumns:
    """Some of the rows, or all in another order."""
    return {name: values[rows] for name, values in columns.items()}


def stacked(parts: list[NumberColumns]) -> NumberColumns:
    """Rows under one another; the first part says which columns."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def first_operations(rules: Rules, draws: Draws, patients: int) -> NumberColumns:
    """A row a patient: the first operation, its patient's traits, and how long the patient is followed."""
    surgeon = draws.pick(rules.each("surgeon", "volume"), patients)
    fusion = rules.courses.index("fusion")
    lean = np.where(rules.course_of == fusion, rules.each("surgeon", "fusion")[:, None], 1.0)
    operations: NumberColumns = {
        "patient": np.arange(patients),
        "attempt": np.zeros(patients, dtype=np.int64),
        "planned_stage": np.zeros(patients, dtype=np.int64),
        "surgery": rules.first_day + draws.pick(rules.day_weights, patients),
        "surgeon": surgeon,
        "procedure": draws.pick_by(lean * rules.each("procedure", "weight"), surgeon),
    }
    operations |= site(rules, draws, surgeon) | _person(rules, draws, operations)
    operations |= _traits(rules["traits"], draws, operations)
    return operations | _observed(rules, draws, operations)


def site(rules: Rules, draws: Draws, surgeon: Ints) -> NumberColumns:
    """The surgeon's usual site, or now and then the next one."""
    usual = np.array([rules.sites.index(entry["site"]) for entry in rules["surgeon"]])[surgeon]
    elsewhere = draws.happens(rules["elsewhere"]["chance"], len(surgeon))
    return {"site": np.where(elsewhere, (usual + 1) % len(rules.sites), usual)}


def _person(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    count, procedure = len(operations["patient"]), operations["procedure"]
    traits = rules["traits"]
    ages = np.array([rules["age"][entry["age"]] for entry in rules["procedure"].values()], dtype=np.float64)
    age = draws.days_by(ages, procedure)
    year = DAY_ZERO.year + operations["surgery"] // 365.25
    sex = draws.pick([traits["female"], 1 - traits["female"] - traits["other_sex"], traits["other_sex"]], count)
    tall = np.array([traits["height_female_quartiles"], traits["height_male_quartiles"]], dtype=np.float64)
    height = draws.days_by(tall, np.where(sex == FEMALE, 0, 1))
    bmi = draws.between(traits["bmi_quartiles"], count)
    weight = np.floor(bmi * height * height / 10_000 + 0.5).astype(np.int64)
    return {
        "age": age,
        "birth_year": (year - age).astype(np.int64) - draws.happens(0.5, count),
        "sex": sex,
        "height_cm": height,
        "weight_kg": weight,
        "bmi_tenths": weight * 100_000 // (height * height),
    }


def _traits(traits: Mapping[str, Any], draws: Draws, operations: NumberColumns) -> NumberColumns:
    count, age = len(operations["age"]), operations["age"]
    older = (age >= traits["asa_older_from"]) & draws.happens(1 / 3, count)
    mood, worry = draws.uniform(count), draws.uniform(count)
    worry = np.where(draws.happens(0.5, count), mood, worry)  # half of the patients: as anxious as depressed
    scores = {
        "alcohol_audit_c": draws.days(traits["alcohol_audit_c_quartiles"], count),
        "phq9": _quartile(traits["phq9_quartiles"], mood),
        "gad7": _quartile(traits["gad7_quartiles"], worry),
    }
    male = operations["sex"] == MALE
    return scores | {
        "asa": np.minimum(draws.pick(traits["asa"], count) + 1 + older, 5),
        "smoking": draws.pick(list(traits["smoking"].values()), count),
        "depression": _diagnosed(traits, draws, "depression", scores["phq9"] >= 10),
        "anxiety": _diagnosed(traits, draws, "anxiety", scores["gad7"] >= 10),
        "excessive_alcohol": _diagnosed(
            traits, draws, "excessive_alcohol", scores["alcohol_audit_c"] >= np.where(male, 4, 3)
        ),
        "diabetes": draws.happens(traits["diabetes"] * (0.3 + age / 85), count).astype(np.int64),
        "osteoporosis": draws.happens(traits["osteoporosis"] * np.where(age >= 60, 1.6, 0.3), count).astype(np.int64),
        "opioid_use": draws.happens(traits["opioid_use"], count).astype(np.int64),
        "compensation_claim": (
            draws.happens(traits["compensation_claim"], count) & (age < traits["compensation_until_age"])
        ).astype(np.int64),
        "scar_tendency": draws.happens(traits["scar_tendency"], count).astype(np.int64),
        "adjacent_degeneration": draws.happens(traits["adjacent_degeneration"], count).astype(np.int64),
        "recovery_adherence": draws.pick(list(traits["recovery_adherence"].values()), count),
        "prior_spine_operations": draws.pick(traits["prior_spine_operations"], count),
        "duration_tenths": _tenths(draws.between(traits["symptom_duration_months_quartiles"], count)),
    }


def _quartile(quartiles: list[float], place: Floats) -> Ints:
    return np.floor(np.interp(place, np.linspace(0, 1, 5), quartiles) + 0.5).astype(np.int64)


def _tenths(months: Floats) -> Ints:
    """Months in tenths; whole months from three on, as people answer."""
    return np.where(months < 3, np.floor(months * 2 + 0.5) * 5, np.floor(months + 0.5) * 10).astype(np.int64)


def _diagnosed(traits: Mapping[str, Any], draws: Draws, name: str, raised: npt.NDArray[np.bool_]) -> Ints:
    chance = np.where(raised, traits["raised_score_diagnosed"], traits[name])
    return draws.happens(chance, len(raised)).astype(np.int64)


def _observed(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """``last_contact`` and ``death`` (-1: not recorded): lost, dead, or followed to near the data date."""
    rule, count, surgery = rules["follow_up"], len(operations["age"]), operations["surgery"]
    growth = np.log(2.0) / (365.25 * rule["death_doubling_years"])
    hazard = rule["death_per_year_at_65"] / 365.25 * np.exp(growth * 365.25 * (operations["age"] - 65))
    death = surgery + np.floor(np.log1p(growth * draws.waiting(count) / hazard) / growth + 1).astype(np.int64)
    lost = surgery + np.floor(draws.waiting(count) * 365.25 / rule["lost_per_year"]).astype(np.int64)
    near = np.maximum(rules.data_day - draws.days(rule["last_contact_gap_days"], count), surgery)
    died = (death <= rules.data_day) & (death <= lost)
    last = np.where(died, death, np.minimum(lost, near))
    return {"death": np.where(died, death, -1), "last_contact": last}
