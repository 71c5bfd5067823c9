"""What is said of the files as a whole: what was not mapped, did not come about, or was not needed, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dashboard.importing.formats.fhir.gathering import Gathering
from dashboard.importing.result import Issue

COMMONEST = 10
WORDS = {
    "Procedure": ("procedure", "a spine procedure"),
    "Condition": ("condition", "anything of ours"),
    "Observation": ("observation", "a measure of ours"),
    "QuestionnaireResponse": ("questionnaire response", "a measure of ours"),
    "MedicationRequest": ("prescription", "a treatment"),
}
Said = Iterator[tuple[str, str, str]]
"""Rule, file and message."""


def notes(gathering: Gathering, operated: int, others: int) -> list[Issue]:
    """operated: patients with an operation; others: records of those without."""
    file = next(iter(gathering.files.values()), "FHIR")
    said = [
        *_unmapped(gathering),
        *_left_out(gathering),
        *(("not_used", file, f"{what} ({_count(count, 'time')}).") for what, count in sorted(gathering.unused.items())),
        *_of_operations(gathering, operated, others, file),
        *_of_files(gathering, file),
    ]
    return [Issue("note", rule, name, message) for rule, name, message in said]


def _unmapped(gathering: Gathering) -> Said:
    by_kind: dict[str, Counter[str]] = {}
    for (kind, system, code), count in gathering.unmapped.items():
        by_kind.setdefault(kind, Counter())[f"{code[:40]} ({system[:80]})"] += count
    for kind, codes in sorted(by_kind.items()):
        name, ours = WORDS[kind]
        ranked = sorted((-count, code) for code, count in codes.items())[:COMMONEST]
        total, which = sum(codes.values()), f"{_count(len(codes), 'code')} in all"
        message = f"{_count(total, name)} with {which} {_was(total)} not mapped to {ours}: not read."
        if kind == "Procedure":
            for less, code in ranked:
                each = f"{_count(-less, name)} with the code {code} {_was(-less)} not mapped to {ours}: not read."
                yield "not_mapped", gathering.files[kind], each
        else:
            commonest = ", ".join(f"{code} {_count(-less, 'time')}" for less, code in ranked)
            message += f" The commonest: {commonest}."
        yield "not_mapped", gathering.files[kind], f"{message} To read one, name its code in a mapping, below [codes]."


def _left_out(gathering: Gathering) -> Said:
    for (kind, status), count in sorted(gathering.left_out.items()):
        name = "operation or treatment" if kind == "Procedure" else WORDS[kind][0]
        in_error = status == "entered-in-error"
        marked = f"{'is' if count == 1 else 'are'} marked '{'entered in error' if in_error else status}'"
        message = f"{_count(count, name)} {marked} and {_was(count)} left out."
        yield "entered_in_error" if in_error else "not_completed", gathering.files[kind], message


def _of_operations(gathering: Gathering, operated: int, others: int, file: str) -> Said:
    without = len({gathering.merges.of(key) for key in gathering.patients} - {""}) - operated
    if without > 0:
        records = f", nor {_count(others, 'record')} of theirs" if others else ""
        message = f"{_count(without, 'patient')} without an operation {_was(without)} not read{records}."
        yield "no_operation_of_patient", file, message
    if not operated:
        message = (
            "No procedure in these files is a spine operation that could be read. Are the procedures exported? "
            "If they have codes of your own, name them in a mapping, below [codes]."
        )
        yield "no_operation", file, message


def _of_files(gathering: Gathering, file: str) -> Said:
    if gathering.repeated:
        stand = "stands" if gathering.repeated == 1 else "stand"
        message = f"{_count(gathering.repeated, 'resource')} {stand} in the files again, word for word: read once."
        yield "repeated", file, message
    yield from (("scale_asked", file, question) for question in gathering.percentages.questions())
    if gathering.outdated:
        stand = "stands" if gathering.outdated == 1 else "stand"
        message = f"{_count(gathering.outdated, 'resource')} {stand} in the files in a newer version too, which counts."
        yield "older_version", file, message
    if gathering.fifth:
        names = ", ".join(f"{name} ({count:,})" for name, count in sorted(gathering.fifth.items()))
        yield "fhir_r5", file, f"These are records of FHIR R5, by the names in them: {names}. They were read as such."
    if gathering.not_needed:
        kinds = ", ".join(f"{kind[:40]} ({count:,})" for kind, count in gathering.not_needed.most_common(COMMONEST))
        yield "not_needed", file, f"Resources of other types were not needed: {kinds}."


def _count(count: int, name: str) -> str:
    return f"{count:,} {name}{'' if count == 1 else 's'}"


def _was(count: int) -> str:
    return "was" if count == 1 else "were"
