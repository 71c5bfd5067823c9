"""What an import found, by rule: as sums to show, as JSON, and as one page of HTML to print or to send on."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from html import escape
from typing import Any

from dashboard.harmless import one_line
from dashboard.importing.result import SEVERITIES, Case, ImportResult, Issue, RuleCount

EXAMPLES = 5
TOO_MANY = "There are too many to list. Correct the others first, and import again."
WHAT_HAPPENED = {
    "stop": ("Refused", "Nothing was imported because of these."),
    "row": ("Rows left out", "These rows were not imported. Correct them where they come from, and import again."),
    "cell": (
        "Cells left out",
        "These cells were left empty and count as not readable; the rest of their rows was imported. Correct them "
        "where they come from, and import again.",
    ),
    "note": ("Notes", "These rows were imported, except repeats of another row. Look whether they are right."),
}
ONE_OF = {"stop": "Refused", "row": "Left out", "cell": "Cell left out", "note": "Note"}
"""What happened to what breaks a rule, before the rule's name in a line."""
STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --line: #8a8a8a; --quiet: #4a4a4a; }
@media (prefers-color-scheme: dark) { :root { --ink: #f2f2f2; --paper: #16181d; --line: #8a8a8a; --quiet: #c9c9c9; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 60rem;
  margin: 0 auto; padding: 1.5rem; overflow-wrap: break-word; }
h1, h2, h3 { line-height: 1.25; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0 1.5rem; }
caption { text-align: left; color: var(--quiet); }
th, td { border-bottom: 1px solid var(--line); padding: 0.25rem 0.75rem 0.25rem 0; text-align: left;
  vertical-align: top; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
th.number { white-space: nowrap; }
td:nth-child(2):not(.number) { min-width: 6.5rem; }
td + td { overflow-wrap: anywhere; }
tr { break-inside: avoid; }
@media print { :root { --ink: #000; --paper: #fff; --quiet: #333; } body { max-width: none; padding: 0; } }
"""


@dataclass(frozen=True)
class RuleSummary:
    """One rule that was broken in one column of one file.

    broken, judged: the rows that break it, of those that it had something to judge in (None: not known).
    what_to_do: the message of the first example, without its place; examples: the first few, in the file's order.
    """

    severity: str
    rule: str
    title: str
    file: str
    column: str | None
    broken: int
    judged: int | None
    what_to_do: str
    examples: tuple[Issue, ...]


def summary(result: ImportResult) -> list[RuleSummary]:
    """Every rule that was broken, what refuses the whole first, then by how often."""
    listed: dict[Case, list[Issue]] = {}
    for issue in result.issues:
        listed.setdefault(issue.case, []).append(issue)
    counted = {count.case: count for count in result.counts}
    # Of what lies beyond the bound of all that is kept there is a count, and no example.
    unlisted: dict[Case, list[Issue]] = {case: [] for case, count in counted.items() if count.broken}
    found = [_summed(case, issues, counted.get(case)) for case, issues in (unlisted | listed).items()]
    return sorted(found, key=lambda rule: (SEVERITIES.index(rule.severity), -rule.broken, rule.rule, rule.file))


def kept_rules(result: ImportResult) -> list[tuple[str, int]]:
    """The titles of the rules that no row breaks, and in how many rows each had something to judge."""
    judged: Counter[str] = Counter()
    for count in result.counts:
        judged[count.rule] += count.judged or 0
    broken = {count.rule for count in result.counts if count.broken}
    return sorted((_title(rule), rows) for rule, rows in judged.items() if rule not in broken and rows)


def as_json(result: ImportResult) -> dict[str, Any]:
    """The report for a program: counts by table, then every broken rule with its examples."""
    return {
        "generation": result.generation,
        "read_as": result.read_as,
        "tables": {name: asdict(count) for name, count in result.tables.items()},
        "rules": [asdict(rule) for rule in summary(result)],
        "kept_rules": [{"title": title, "judged": rows} for title, rows in kept_rules(result)],
    }


def json_text(result: ImportResult) -> str:
    """The same as a file to save."""
    return json.dumps(as_json(result), indent=2, ensure_ascii=False) + "\n"


def rule_lines(result: ImportResult, *severities: str) -> list[str]:
    """Each rule that was broken, the gravest first: how often, of how many rows, and the first cases, a line each.

    severities: of these alone, where any are named.
    """
    lines = []
    for rule in summary(result):
        if not rule.broken or rule.severity not in (severities or ONE_OF):
            continue
        of = f" of {rule.judged:,}" if rule.judged else ""
        lines.append(f"{ONE_OF[rule.severity]}, {rule.title.lower()}: {rule.broken:,}{of}")
        lines += [f"    {issue.message}" for issue in rule.examples]
    return lines


def table_lines(result: ImportResult) -> list[str]:
    """How many rows of each table were read, accepted and left out, a line each."""
    return [
        f"{name}: {count.read} read, {count.accepted} accepted, {count.left_out} left out"
        for name, count in result.tables.items()
    ]


def text(result: ImportResult, about: str, on: date) -> str:
    """The report as plain lines, of which none steers a terminal, and none that is quoted begins another.

    about: what it is of, in words; on: the day that it is of.
    """
    read_as = [f"Read as {result.read_as}"] if result.read_as else []
    lines = [f"{on.day} {on:%b %Y}. {about}", *read_as, "", *table_lines(result), "", *rule_lines(result)]
    return "".join(f"{one_line(line)}\n" for line in lines)


def html(result: ImportResult, about: str, on: date | None = None) -> str:
    """One page that needs nothing else: no script, no request, light or dark as the reader's screen, fit to print.

    about: its heading, in words ("Import of records"); on: the day that it is of, where it should say so.
    """
    rules = summary(result)
    sections = "".join(
        _section(severity, [rule for rule in rules if rule.severity == severity]) for severity in SEVERITIES
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_words(about)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{_words(about)}</h1>\n"
        f"{_opening(result, rules, on)}{_tables(result)}{sections}{_kept(result)}</main>\n</body>\n</html>\n"
    )


def _summed(case: Case, issues: Sequence[Issue], count: RuleCount | None) -> RuleSummary:
    severity, rule, file, column = case
    return RuleSummary(
        severity=severity,
        rule=rule,
        title=_title(rule),
        file=file,
        column=column,
        broken=count.broken if count else len(issues),
        judged=count.judged if count else None,
        what_to_do=reason(issues[0]) if issues else TOO_MANY,
        examples=tuple(issues[:EXAMPLES]),
    )


def reason(issue: Issue) -> str:
    """What an issue says, without the place and the value that stand before it."""
    place = ", ".join(
        part
        for part in (issue.file, issue.column and f"column {issue.column}", issue.line and f"row {issue.line}")
        if part
    )
    words = issue.message.removeprefix(f"{place}: ")
    if issue.value is not None:
        words = words.removeprefix(f'"{issue.value}": ')
    return words


def _title(rule: str) -> str:
    return rule.replace("_", " ").capitalize()


def _opening(result: ImportResult, rules: Sequence[RuleSummary], on: date | None) -> str:
    """What came of it in a sentence or two."""
    if any(rule.severity == "stop" for rule in rules):
        outcome = "Refused. Nothing was changed."
    elif result.generation is None:
        outcome = "Checked. Nothing was published."
    else:
        outcome = f"Published as generation {result.generation}."
    day = f"{on.day} {on:%b %Y}. " if on else ""
    read_as = f" Read as {result.read_as}" if result.read_as else ""
    return f"<p>{_words(day + outcome + read_as)}</p>\n"


def _tables(result: ImportResult) -> str:
    if not result.tables:
        return ""
    rows = [
        (name.replace("_", " "), f"{count.read:,}", f"{count.accepted:,}", f"{count.left_out:,}")
        for name, count in result.tables.items()
    ]
    caption = "Rows of each table"
    return f"<h2>Tables</h2>\n{_table(caption, ('Table', 'Read', 'Accepted', 'Left out'), rows, numbers={1, 2, 3})}"


def _section(severity: str, rules: Sequence[RuleSummary]) -> str:
    heading, meaning = WHAT_HAPPENED[severity]
    if not rules:
        return "" if severity == "stop" else f"<h2>{heading}</h2>\n<p>None.</p>\n"
    return f"<h2>{heading}</h2>\n<p>{meaning}</p>\n{''.join(map(_rule, rules))}"


def _rule(rule: RuleSummary) -> str:
    of = f" of {rule.judged:,}" if rule.judged else ""
    where = ", ".join(part for part in (rule.file, rule.column and f"column {rule.column}") if part)
    head = f"<h3>{_words(rule.title)}: {rule.broken:,}{of}</h3>\n"
    if not rule.examples:
        return f"{head}<p>{_words(f'{where}: {rule.what_to_do}' if where else rule.what_to_do)}</p>\n"
    rows = [("" if one.line is None else str(one.line), one.value or "", reason(one)) for one in rule.examples]
    first = f"The first {len(rows)} of {rule.broken:,}" if rule.broken > len(rows) else "Where"
    caption = f"{first} in {where}" if where else first
    return head + _table(caption, ("Row", "Value", "What is wrong, and what to do"), rows, numbers={0})


def _kept(result: ImportResult) -> str:
    """The rules that hold, so that a reader sees what was looked for."""
    kept = kept_rules(result)
    if not kept:
        return ""
    rows = [(title, f"{rows:,}") for title, rows in kept]
    return f"<h2>Looked for and not found</h2>\n{_table('Rules', ('Rule', 'Rows judged'), rows, numbers={1})}"


def _table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], numbers: set[int]) -> str:
    kind = dict.fromkeys(numbers, ' class="number"')
    heads = "".join(f'<th scope="col"{kind.get(place, "")}>{_words(cell)}</th>' for place, cell in enumerate(header))
    lines = "".join(f"<tr>{_cells(row, kind)}</tr>\n" for row in rows)
    head = f"<caption>{_words(caption)}</caption>\n<thead><tr>{heads}</tr></thead>"
    return f"<table>\n{head}\n<tbody>\n{lines}</tbody>\n</table>\n"


def _cells(row: Sequence[str], kind: Mapping[int, str]) -> str:
    return "".join(f"<td{kind.get(place, '')}><bdi>{_words(cell)}</bdi></td>" for place, cell in enumerate(row))


def _words(text: str) -> str:
    """Text as text: nothing in it is markup, and what would be invisible or turn the line round is spelled out."""
    seen = "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text)
    return escape(seen)
