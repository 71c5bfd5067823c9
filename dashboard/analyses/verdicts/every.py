"""Every conclusion by name, for the command: the same that the pages say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pandas as pd

from dashboard.analyses.asked import Asked
from dashboard.analyses.causes import LATE_DAYS, check_window
from dashboard.analyses.verdicts.acceptable import acceptable_verdict
from dashboard.analyses.verdicts.answered import answered_verdict
from dashboard.analyses.verdicts.care import revisions_verdict
from dashboard.analyses.verdicts.causes import preventable_verdict
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.analyses.verdicts.claim import COLUMNS, Verdict
from dashboard.analyses.verdicts.delay import delay_verdict
from dashboard.analyses.verdicts.exposure import exposure_verdict
from dashboard.analyses.verdicts.factors import factors_verdict
from dashboard.analyses.verdicts.flags import flags_verdict
from dashboard.analyses.verdicts.groups import groups_verdict
from dashboard.analyses.verdicts.late import late_verdict
from dashboard.analyses.verdicts.onset import onset_verdict
from dashboard.analyses.verdicts.overall import overall_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.analyses.verdicts.patient import asked_of_patient
from dashboard.analyses.verdicts.reported import reported_verdict
from dashboard.analyses.verdicts.signals import signals_verdict
from dashboard.analyses.verdicts.since import since_verdict
from dashboard.analyses.verdicts.symptoms import resolved_verdict, symptoms_verdict
from dashboard.analyses.verdicts.units import units_verdict
from dashboard.errors import OutcomesError, WrongUsage
from dashboard.records import Records

Concluded = Callable[[Records, Asked], Verdict]


def _late(records: Records, asked: Asked) -> Verdict:
    after = LATE_DAYS if asked.after is None else asked.after
    check_window(asked.days, after)
    return late_verdict(records, asked.outcome, asked.days, after)


VERDICTS: Mapping[str, Concluded] = MappingProxyType(
    {
        "overview": lambda records, asked: overview_verdict(records, asked.outcome, asked.days),
        "overall": lambda records, asked: overall_verdict(records, asked.outcome, asked.days),
        "procedures": lambda records, asked: groups_verdict(records, asked.outcome, "procedure", asked.days),
        "families": lambda records, asked: groups_verdict(records, asked.outcome, "family", asked.days),
        "surgeons": lambda records, asked: units_verdict(records, asked.outcome, "surgeon", asked.days),
        "sites": lambda records, asked: units_verdict(records, asked.outcome, "site", asked.days),
        "follow_up": lambda records, asked: answered_verdict(records),
        "change": lambda records, asked: change_verdict(records, asked.outcome, asked.days, asked.since),
        "reported": lambda records, asked: reported_verdict(records),
        "acceptable": lambda records, asked: acceptable_verdict(records),
        "patient": asked_of_patient,
        "preventable": lambda records, asked: preventable_verdict(records, asked.outcome, asked.days),
        "late_causes": _late,
        "onset": lambda records, asked: onset_verdict(records, asked.outcome),
        "symptoms": lambda records, asked: symptoms_verdict(records),
        "resolved": lambda records, asked: resolved_verdict(records),
        "delay": lambda records, asked: delay_verdict(records),
        "revisions": lambda records, asked: revisions_verdict(records),
        "factors": lambda records, asked: factors_verdict(records, asked.outcome, asked.days),
        "exposure": lambda records, asked: exposure_verdict(records, asked.outcome, asked.exposure, asked.days),
        "signals": lambda records, asked: signals_verdict(records),
        "red_flags": lambda records, asked: flags_verdict(records),
        "last_import": lambda records, asked: since_verdict(records, asked.outcome, asked.days),
    }
)
"""By name what is concluded, in the order of the pages."""


ASKED_WITH: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"change": ("since",), "patient": ("profile", "procedure"), "late_causes": ("after",), "exposure": ("exposure",)}
)
"""What else a verdict can be asked with; all together are asked with any of it, and each takes its own."""


def verdicts(records: Records, asked: Asked) -> pd.DataFrame:
    """A row for each claim: ``about`` which question, the ``sentence`` that is said of them, and the claim's COLUMNS.

    A conclusion that nothing speaks of, or that cannot be asked so, has one row whose sentence says why.
    """
    if asked.about is not None and asked.about not in VERDICTS:
        raise WrongUsage(f'"{asked.about}" is no verdict. Choose one of {", ".join(VERDICTS)}.')
    if asked.about is not None:
        _check(asked.about, asked)
    rows = []
    for name, conclude in VERDICTS.items():
        if asked.about in (None, name):
            try:
                found = conclude(records, asked)
            except OutcomesError as problem:
                found = Verdict(problem.message)
            frame = found.frame() if found.claims else pd.DataFrame([{}], columns=COLUMNS)
            rows.append(frame.assign(about=name, sentence=found.sentence))
    return pd.concat(rows, ignore_index=True)[["about", "sentence", *COLUMNS]]


def _check(about: str, asked: Asked) -> None:
    """Raises WrongUsage where one verdict is asked with what only others take."""
    others = [word for words in ASKED_WITH.values() for word in words]
    surplus = [word for word in others if word not in ASKED_WITH.get(about, ()) and getattr(asked, word)]
    if surplus:
        raise WrongUsage(f"The verdict {about} is not asked with --{surplus[0]}: leave it out.")
