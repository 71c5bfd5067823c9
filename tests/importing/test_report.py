"""The report of an import: truthful counts, bounded lists, and a page that holds nothing but words."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dashboard.importing import report
from dashboard.importing.result import (
    MOST_KEPT,
    MOST_KEPT_IN_ALL,
    ImportRefused,
    ImportResult,
    Issue,
    Issues,
    RuleCount,
    TableCount,
    refused,
)
from tests.importing.written import take, write

VOID = {"meta", "link", "img", "br"}


class Page(HTMLParser):
    """What a page is made of: its elements with their attributes, its text, and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text, self._open = "", list[str]()
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def note(line: int, value: str = "x", rule: str = "odd", severity: str = "note", column: str = "odi") -> Issue:
    """An issue as the checks word it."""
    message = f'a.csv, column {column}, row {line}: "{value}": is odd. Correct it.'
    return Issue(severity, rule, "a.csv", message, line, column, value)


def result_of(issues: Issues, generation: int | None = 1) -> ImportResult:
    return ImportResult(
        generation, {"operations": TableCount(12_000, 11_990, 10)}, issues, issues.counts, "tables: CSV"
    )


def test_issues_of_one_kind_are_kept_up_to_a_bound_and_all_counted() -> None:
    issues = Issues()
    issues += (note(line) for line in range(MOST_KEPT + 500))
    issues.append(note(1, column="gpe"))
    issues.beyond("note", "odd", "a.csv", "odi", 1_000_000)
    assert len(issues) == MOST_KEPT + 1
    assert issues.total == MOST_KEPT + 500 + 1 + 1_000_000
    assert [(count.column, count.broken) for count in issues.counts] == [
        ("odi", 1_000_000 + MOST_KEPT + 500),
        ("gpe", 1),
    ]


def test_all_issues_together_are_bounded_but_what_refuses_the_whole_is_kept() -> None:
    issues = Issues(note(line, rule=f"rule_{line % 50}") for line in range(2 * MOST_KEPT_IN_ALL))
    issues.append(Issue("stop", "gone", "operations", "Half is gone."))
    assert len(issues) == MOST_KEPT_IN_ALL + 1
    assert issues.total == 2 * MOST_KEPT_IN_ALL + 1
    assert sum(rule.broken for rule in report.summary(result_of(issues))) == issues.total


def test_a_kind_beyond_every_bound_is_summed_without_an_example() -> None:
    issues = Issues(note(line, rule=f"rule_{line % 50}") for line in range(MOST_KEPT_IN_ALL))
    issues.append(note(7, rule="unlisted"))
    (rule,) = (rule for rule in report.summary(result_of(issues)) if rule.rule == "unlisted")
    assert (rule.broken, rule.examples) == (1, ())
    assert "Unlisted: 1" in Page(report.html(result_of(issues), "Import")).text


def test_a_summary_gives_rows_broken_of_rows_judged_and_the_first_five() -> None:
    issues = Issues()
    issues.judged("note", "odd", "a.csv", "odi", 4_000)
    issues += [note(line) for line in range(2, 9)]
    (rule,) = report.summary(result_of(issues))
    assert (rule.title, rule.broken, rule.judged) == ("Odd", 7, 4_000)
    assert [one.line for one in rule.examples] == [2, 3, 4, 5, 6]
    assert rule.what_to_do == "is odd. Correct it."


def test_a_rule_that_says_nothing_else_was_tried_on_every_row_of_its_file() -> None:
    issues = Issues([note(2)])
    issues.read("a.csv", 250)
    assert report.summary(result_of(issues))[0].judged == 250


def test_what_refuses_comes_first_then_rows_then_notes_each_by_number() -> None:
    issues = Issues([note(2), note(3), note(2, rule="rare"), note(2, severity="row", rule="left_out")])
    issues.append(Issue("stop", "gone", "operations", "Half is gone."))
    assert [rule.rule for rule in report.summary(result_of(issues))] == ["gone", "left_out", "odd", "rare"]


def test_a_result_without_counts_is_summed_from_what_it_lists() -> None:
    plain = ImportResult(None, {}, [note(2), note(3)])
    assert [(rule.broken, rule.judged) for rule in report.summary(plain)] == [(2, None)]


def test_counts_come_through_the_child_as_they_went_in() -> None:
    issues = Issues([note(2)])
    issues.judged("note", "odd", "a.csv", "odi", 9)
    result = result_of(issues)
    back = ImportResult.from_json(json.loads(json.dumps(result.as_json())))
    assert back.counts == [RuleCount("note", "odd", "a.csv", "odi", 1, 9)]
    assert report.summary(back) == report.summary(result)


def test_a_refusal_keeps_the_counts() -> None:
    issues = Issues(note(line) for line in range(2_000))
    issues.append(Issue("stop", "gone", "operations", "Half is gone."))
    refusal = refused(issues)
    assert refusal.message == "Nothing was imported. Half is gone."
    assert [rule.broken for rule in report.summary(refusal.result)] == [1, 2_000]


def test_the_json_is_a_document_with_tables_rules_and_examples() -> None:
    issues = Issues([note(2)])
    issues.judged("row", "never", "a.csv", "odi", 30)
    said = json.loads(report.json_text(result_of(issues)))
    assert said["tables"]["operations"] == {"read": 12_000, "accepted": 11_990, "left_out": 10}
    assert [(rule["rule"], rule["broken"], rule["examples"][0]["line"]) for rule in said["rules"]] == [("odd", 1, 2)]
    assert said["kept_rules"] == [{"title": "Never", "judged": 30}]


def test_the_page_asks_for_nothing_and_runs_nothing() -> None:
    page = Page(report.html(result_of(Issues([note(2)])), "Import of records"))
    assert {tag for tag, _ in page.elements} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "table", "caption"),
        *("thead", "tbody", "tr", "th", "td", "bdi"),
    }
    assert not {name for _, attributes in page.elements for name in attributes} & {"src", "href", "onclick", "style"}
    assert "url(" not in page.text
    assert "@import" not in page.text
    policy = [meta["content"] for meta in page.of("meta") if meta.get("http-equiv")]
    assert policy == ["default-src 'none'; style-src 'unsafe-inline'"]


def test_the_page_can_be_read_aloud_in_the_dark_and_on_paper() -> None:
    page = Page(report.html(result_of(Issues([note(2)])), "Import of records", date(2026, 11, 5)))
    assert page.of("html") == [{"lang": "en"}]
    assert len(page.of("h1")) == 1
    assert len(page.of("table")) == len(page.of("caption"))
    assert all(head.get("scope") == "col" for head in page.of("th"))
    assert "prefers-color-scheme: dark" in page.text
    assert "@media print" in page.text
    for words in (
        "Import of records",
        "5 Nov 2026. Published as generation 1. Read as tables: CSV",
        "11,990",
        "Odd: 1",
    ):
        assert words in page.text


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("</td></table><img src=x onerror=alert(1)>", "</td></table><img src=x onerror=alert(1)>"),
        ("'\"&amp;", "'\"&amp;"),
        ("a\u202eb\u200bc\x07", "a\\u202eb\\u200bc\\u0007"),
        ("שלום", "שלום"),
        ("{value}%s$\\href{x}", "{value}%s$\\href{x}"),
    ],
)
def test_whatever_stands_in_a_file_is_text_on_the_page(hostile: str, shown: str) -> None:
    issue = replace(note(2, value=hostile, rule=hostile, column=hostile), file=hostile)
    page = Page(report.html(result_of(Issues([issue])), hostile))
    assert shown in page.text
    assert page.of("script") == page.of("img") == []


def test_a_page_of_a_million_issues_stays_small() -> None:
    issues = Issues(note(line) for line in range(5_000))
    issues.beyond("note", "odd", "a.csv", "odi", 995_000)
    page = report.html(result_of(issues), "Import")
    assert "The first 5 of 1,000,000" in Page(page).text
    assert len(page) < 10_000


def test_the_report_of_a_real_import_names_lines_and_what_to_do_and_nobody(tmp_path: Path) -> None:
    operations = (
        "operation_id | patient_id | surgery_date | procedure | height_cm | weight_kg | bmi\n"
        "SECRET-1 | SECRET-P | 2024-01-01 | tlif | 180 | 82 | 25\n"
        "SECRET-2 | SECRET-P | 2024-03-01 | tlif | 180 | 180 | 25.2\n"
        "SECRET-3 | SECRET-P | 31/02/2024 | tlif | | |"
    )
    patients = "patient_id | birth_year\nSECRET-P | 1960"
    result = take(write(tmp_path / "records", patients, operations), tmp_path / "store")
    html, text = report.html(result, "Import"), report.json_text(result)
    assert "SECRET" not in html + text
    page = Page(html).text
    assert "Operation bmi contradicted: 1 of 2" in page
    assert "bmi 25.2 does not match 180 cm and 180 kg (55.6). Is the weight in pounds?" in page
    assert "Not a date: 1 of 3" in page
    assert "Looked for and not found" in page


def test_a_refused_import_says_so_first(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refusal:
        take(
            write(
                tmp_path / "records",
                operations="operation_id | patient_id | surgery_date | procedure\nO | P9 | 2024-01-01 | tlif",
            ),
            tmp_path / "store",
        )
    page = Page(report.html(refusal.value.result, "Import")).text
    assert "Refused. Nothing was changed." in page
    assert page.index("No operation could be accepted") < page.index("Rows left out")
