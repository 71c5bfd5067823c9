"""What the questions of a form mean, where only the form says so: an answer names its question by a number alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboard.importing.formats.fhir.files import Resource
from dashboard.importing.formats.fhir.parts import codings, objects, text
from dashboard.importing.formats.fhir.strict_json import DEEPEST
from dashboard.importing.formats.meanings import Coding


@dataclass
class Forms:
    """Codes by form and question; a form is called by its address, else by its id."""

    asked: dict[tuple[str, str], set[Coding]] = field(default_factory=lambda: defaultdict(set))

    def add(self, resource: Resource) -> None:
        """Take down what one Questionnaire asks by a code; the code of the form itself stands for the question \"\"."""
        for form in {text(resource.get("url")), f"Questionnaire/{resource.key}"} - {"", "Questionnaire/"}:
            self.asked[form, ""] |= set(codings(resource.get("code")))
            waiting = [(item, 0) for item in objects(resource.get("item"))]
            while waiting:
                item, depth = waiting.pop()
                self.asked[form, text(item.get("linkId"))] |= set(codings(item.get("code")))
                if depth < DEEPEST:
                    waiting += [(one, depth + 1) for one in objects(item.get("item"))]

    def codes(self, form: str, link: str) -> Sequence[Coding]:
        """The codes of a question, by the address of its form or by the end of it."""
        short = "/".join(form.split("/")[-2:])
        return sorted(self.asked.get((form, link), set()) or self.asked.get((short, link), set()))
