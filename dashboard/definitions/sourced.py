"""What is wrong with published figures and thresholds: each kind has its own numbers, and each word is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboard.definitions.canonical import ANSWERS
from dashboard.definitions.terms import ESTIMATE, HIGHER, LOWER, PUBLISHED_KINDS, RANGE, UPPER_BOUND
from dashboard.errors import DefinitionsWrong
from dashboard.strict import check_words

if TYPE_CHECKING:
    from dashboard.definitions.catalogue import Definitions
    from dashboard.definitions.terms import Benchmark, Figure

SAYS = {
    ESTIMATE: 'an estimate says "value", and both "low" and "high" or neither, around it',
    RANGE: 'a range says "low" and "high", the lower first, and no "value"',
    UPPER_BOUND: 'an upper bound says "high" alone',
}


def check_published(definitions: Definitions) -> None:
    """Raises DefinitionsWrong, naming the entry, for a figure that would be drawn or placed wrongly."""
    for benchmark in definitions.benchmarks.values():
        _check_benchmark(benchmark, definitions)
    sets = [one.name for one in definitions.patient_reported.sets]
    check_words("proms.toml, [[sets]]", sets, sets, "set")
    for measure in definitions.patient_reported.measures:
        for name in sets:
            check_words(f"proms.toml, {measure.name}, thresholds", [name], measure.thresholds, "set of this measure")
        check_words(f"proms.toml, {measure.name}, thresholds", measure.thresholds, sets, "set")
        check_words(f"proms.toml, {measure.name}, score", [measure.score], ANSWERS, "column of a visit")
        check_words(f"proms.toml, {measure.name}, better", [measure.better], (HIGHER, LOWER), "end of a score")


def _check_benchmark(benchmark: Benchmark, definitions: Definitions) -> None:
    where = f"benchmarks.toml, [{benchmark.name}]"
    check_words(f"{where}, kind", [benchmark.kind], PUBLISHED_KINDS, "kind of published figure")
    check_words(f"{where}, families", benchmark.families, definitions.families, "procedure family")
    check_words(f"{where}, procedures", benchmark.procedures, definitions.vocabularies["procedure"], "procedure")
    check_words(f"{where}, indications", benchmark.indications, definitions.vocabularies["indication"], "indication")
    if benchmark.outcome is not None:
        check_words(f"{where}, outcome", [benchmark.outcome], definitions.outcomes, "outcome")
    bands: list[str] = []
    if benchmark.factor is not None:
        check_words(f"{where}, factor", [benchmark.factor], definitions.factors, "factor")
        bands = [band.name for band in definitions.factors[benchmark.factor].bands]
    if not benchmark.figures:
        raise DefinitionsWrong(f"{where}: there is no figure in it.")
    for figure in benchmark.figures:
        if not _is_of_kind(figure, benchmark.kind):
            raise DefinitionsWrong(f"{where}, figures: {SAYS[benchmark.kind]}; shares are 0 to 1.")
        if (figure.band is None) != (benchmark.factor is None):
            raise DefinitionsWrong(f'{where}, figures: with "factor" each figure has its "band", and without it none.')
        if figure.band is not None:
            check_words(f"{where}, figures, band", [figure.band], bands, "band")


def _is_of_kind(figure: Figure, kind: str) -> bool:
    value, low, high = figure.value, figure.low, figure.high
    numbers = [number for number in (low, value, high) if number is not None]
    if numbers != sorted(numbers) or not all(0 <= number <= 1 for number in numbers):
        return False
    if kind == ESTIMATE:
        return value is not None and (low is None) == (high is None)
    if kind == RANGE:
        return value is None and low is not None and high is not None and low < high
    return value is None and low is None and high is not None
