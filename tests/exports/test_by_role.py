"""Which role takes what as a file: what it sees, as exactly as it is told; the rest refused in words and on record."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import ROLES, Viewer
from dashboard.disclosure import MODES
from dashboard.errors import NotAllowed
from dashboard.exports.leaving import made
from dashboard.exports.offers import COUNTS, PATIENTS, WORDS, TableOffer
from dashboard.pages import exporting
from dashboard.protecting import AS_SEEN, SENTENCE
from dashboard.records import Records
from tests import roles
from tests.exports.test_tables import FOUR
from tests.patience import SECONDS
from tests.text_tables import records

VIEWERS = {
    **roles.VIEWERS,
    "protected": Viewer("Manager of rounded counts", "manager", protected=True),
    "of a site": Viewer("Manager of North", "manager", sites=("North",)),
}
TAKES_LISTS = {"operator", "surgeon", "steward"}
TABLE = pd.DataFrame({"n": [1]})


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return records(tmp_path_factory.mktemp("four"), FOUR)


def last_export(of: Records) -> dict[str, Any]:
    """The last line on record that speaks of a file."""
    lines = map(json.loads, reversed(of.audit.path.read_text(encoding="utf-8").splitlines()))
    return next(line for line in lines if line.get("question") == "export")


def chosen(offers: object) -> None:
    from dashboard.pages import exporting

    exporting.choice(offers)  # type: ignore[arg-type]


def test_every_role_is_tried() -> None:
    assert {viewer.role for viewer in VIEWERS.values()} == set(ROLES)


@pytest.mark.parametrize("holds", [COUNTS, WORDS, PATIENTS])
@pytest.mark.parametrize("who", VIEWERS)
def test_a_table_is_taken_by_its_roles_and_refused_on_record_to_others(four: Records, who: str, holds: str) -> None:
    own = replace(four, viewer=VIEWERS[who])
    offer = TableOffer("Operations", TABLE, holds=holds)
    if holds != PATIENTS or who in TAKES_LISTS:
        assert made(own, offer, "csv")
        assert (last_export(own)["what"], last_export(own)["viewer"]) == ("listing", VIEWERS[who].name)
        return
    with pytest.raises(NotAllowed, match="Your role shows counts, not single operations"):
        made(own, offer, "csv")
    assert (last_export(own)["what"], last_export(own)["viewer"]) == ("refusal", VIEWERS[who].name)


@pytest.mark.parametrize("who", VIEWERS)
def test_the_choice_of_exact_counts_is_named_for_what_it_is(four: Records, who: str) -> None:
    own = replace(four, viewer=VIEWERS[who])
    offers = exporting.Offers(own, found=[TableOffer("Families", TABLE)])
    seen = AppTest.from_function(chosen, args=(offers,), default_timeout=SECONDS).run()
    first = seen.selectbox(key="export-for").options[0]
    text = made(own, TableOffer("Families", TABLE), "csv").decode("utf-8-sig")
    if who in ("protected", "of a site"):
        assert first == AS_SEEN.label
        assert SENTENCE in text
        assert "exact" not in f"{first} {text}".lower().replace("add up exactly", "")
    else:
        assert first == MODES["none"].label
        assert MODES["none"].sentence in text


def test_a_list_is_offered_to_who_corrects_rows_and_to_no_manager(four: Records) -> None:
    for who in VIEWERS:
        own = replace(four, viewer=VIEWERS[who])
        offers = exporting.Offers(own, found=[TableOffer("Visits to ask for", TABLE, holds=PATIENTS)])
        seen = AppTest.from_function(chosen, args=(offers,), default_timeout=SECONDS).run()
        assert bool(seen.selectbox) == (who in TAKES_LISTS), who
