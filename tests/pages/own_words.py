"""Finds what a page shows as Markdown without knowing whose words they are.

A screen reads Markdown, so a name in the data or a word in an address could load a picture or plant a link. What is
shown is therefore made of our own words alone: literals, numbers in our own format, the definitions (which ship with
the app), and ``said(...)``, which escapes all else. A name is ours when everything that it was given is; a function is
when it is annotated to return a number or a definition, or when all that it returns is ours.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

SINKS: Mapping[str, tuple[int | str, ...]] = {
    **dict.fromkeys(
        ("error", "warning", "info", "success", "markdown", "caption", "title", "header", "subheader", "write", "toast",
         "note", "expander", "popover", "form_submit_button", "button", "download_button", "checkbox", "toggle",
         "text_input", "text_area", "number_input", "date_input", "file_uploader", "slider", "spinner", "link_button"),
        (0, "help"),
    ),
    **dict.fromkeys(("radio", "pills", "segmented_control"), (0, "help", "format_func", "options?")),
    **dict.fromkeys(("selectbox", "multiselect"), (0, "help")),
    "metric": (0, 1, 2, "label", "value", "delta", "help"),
    "progress": ("text",),
    "status": (0,),
    "tabs": (0,),
    "html": (0,),
    "head": (1,),
    "method": tuple(range(12)),
    "table": (0,),
}  # fmt: skip
"""By the function that draws, which of its arguments are read as Markdown."""
OF_FURNITURE = frozenset({"note", "method", "head"})
"""Our own furniture that takes Markdown; all other furniture escapes what it is given."""
ESCAPES = frozenset({"said", "told", "signed", "for_html", "body"})
"""What escapes words; the last two for HTML, one of them every word of a document."""
NUMBERS = frozenset({"int", "float", "len", "round", "sum", "abs", "date", "bool", "range", "enumerate"})
TYPES = frozenset((
    "int", "float", "date", "bool", "Outcome", "Landmark", "Factor", "Band", "Visit", "Measure", "Programme",
    "Definitions", "Benchmark", "Term", "Listed", "Threshold", "Combination", "Monitoring", "OnsetCategory", "Filter"
))  # fmt: skip
"""What is annotated as one of these is a number, or comes out of the definitions."""
OF_NUMBERS = frozenset((
    "percent", "interval", "span", "published_words", "share_words", "counts_behind", "out_of", "points",
    "points_interval", "ratio_interval", "p_words", "of_all", "of_answered", "of_known", "day_words", "count_words",
    "interval_words", "rate_words", "share_of", "interval_of", "apart_of", "known_of_due", "best_to_worst"
))  # fmt: skip
"""Functions that make words of numbers alone."""
KEEPING = frozenset((
    "join", "lower", "upper", "capitalize", "strip", "rstrip", "lstrip", "removeprefix", "removesuffix", "replace",
    "split", "format", "items", "keys", "values", "get", "title", "at_the_start", "within_sentence", "joined",
    "from_to", "count", "sorted", "list", "tuple", "dict", "reversed", "zip", "map", "filter", "min", "max", "str",
    "next", "iter", "enumerate", "fromkeys"
))  # fmt: skip
"""What gives back nothing but what it was given."""
MADE_OF: Mapping[type[ast.expr], tuple[str, ...]] = {
    **dict.fromkeys((ast.JoinedStr, ast.BoolOp), ("values",)),
    **dict.fromkeys((ast.Tuple, ast.List, ast.Set), ("elts",)),
    **dict.fromkeys((ast.FormattedValue, ast.Attribute, ast.Subscript, ast.Starred, ast.NamedExpr), ("value",)),
    **dict.fromkeys((ast.ListComp, ast.GeneratorExp, ast.SetComp), ("elt",)),
    ast.Lambda: ("body",),
    ast.BinOp: ("left", "right"),
    ast.IfExp: ("body", "orelse"),
    ast.Dict: ("keys", "values"),
    ast.DictComp: ("key", "value"),
}
"""What an expression is ours by: all these parts of it."""
MODULES = frozenset({"load", "wording", "definitions", "dict"})


class Stranger(NamedTuple):
    """One argument that is not known to be ours: the file, the line and the expression."""

    file: str
    line: int
    words: str


@dataclass(frozen=True)
class Module:
    """One file: its functions by name, and what stands in it outside of them."""

    path: Path
    tree: ast.Module

    @cached_property
    def functions(self) -> dict[str, ast.FunctionDef]:
        return {node.name: node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)}


@dataclass
class Scope:
    """A function and what its names were given."""

    module: Module
    function: ast.AST
    given: dict[str, list[ast.expr]] = field(default_factory=dict)
    ours: set[str] = field(default_factory=set)
    not_ours: set[str] = field(default_factory=set)
    outer: Scope | None = None


class Reader:
    """Reads the modules of a package and says which words are ours."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.modules = {module.path.stem: module for module in modules}
        self._returns: dict[tuple[str, str], bool] = {}

    def strangers(self) -> Iterator[Stranger]:
        """Every argument of a drawing function that is not known to be ours."""
        for module in self.modules.values():
            yield from self._of(module, module.tree, Scope(module, module.tree, _given(module.tree)))

    def _of(self, module: Module, node: ast.AST, scope: Scope) -> Iterator[Stranger]:
        for child in ast.iter_child_nodes(node):
            inner = scope
            if isinstance(child, ast.FunctionDef | ast.Lambda):
                inner = _scope(module, child, scope)
            if isinstance(child, ast.Call):
                for argument in _shown(child):
                    if not self.is_ours(argument, scope, ()):
                        yield Stranger(module.path.name, argument.lineno, ast.unparse(argument))
            yield from self._of(module, child, inner)

    def is_ours(self, node: ast.expr, scope: Scope, asking: tuple[str, ...]) -> bool:
        """Whether an expression holds nothing but our own words and numbers."""
        match node:
            case ast.Constant() | ast.UnaryOp() | ast.Compare():
                return True
            case ast.FormattedValue() if _is_number_format(node.format_spec):
                return True
            case ast.Attribute(value=ast.Name(), attr=name) if name.isupper():
                return True
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                scope = _comprehending(scope, node.generators)
            case ast.Lambda():
                scope = _scope(scope.module, node, scope)
            case ast.Name():
                return self._is_name_ours(node.id, scope, asking)
            case ast.Call():
                return self._is_call_ours(node, scope, asking)
        return type(node) in MADE_OF and all(self.is_ours(part, scope, asking) for part in _parts(node))

    def _is_name_ours(self, name: str, scope: Scope, asking: tuple[str, ...]) -> bool:
        if name.isupper() or (name.startswith("_") and name[1:].isupper()):
            return True
        here = f"{id(scope.function)} {name}"
        if here in asking:
            return True
        if name in scope.not_ours:
            return False
        if name in scope.ours:
            return True
        if name in scope.given:
            return all(self.is_ours(value, scope, (*asking, here)) for value in scope.given[name])
        return self._is_name_ours(name, scope.outer, asking) if scope.outer else name in MODULES

    def _is_call_ours(self, node: ast.Call, scope: Scope, asking: tuple[str, ...]) -> bool:
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        if name in ESCAPES | NUMBERS | OF_NUMBERS or name == "load":
            return True
        given = [*node.args, *(each.value for each in node.keywords)]
        if name == "map":
            return self.is_ours(ast.Call(node.args[0], node.args[1:], []), scope, asking)
        if name in KEEPING and self._all_kept(called, given, scope, asking):
            return True
        module = scope.module
        if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id in self.modules:
            module = self.modules[called.value.id]
        elif isinstance(called, ast.Attribute):
            return False
        return name in module.functions and self._gives_ours(module, module.functions[name], asking)

    def _all_kept(self, called: ast.expr, given: list[ast.expr], scope: Scope, asking: tuple[str, ...]) -> bool:
        own = [called.value] if isinstance(called, ast.Attribute) and ast.unparse(called.value) != "wording" else []
        return all(isinstance(one, ast.Lambda) or self.is_ours(one, scope, asking) for one in [*own, *given])

    def _gives_ours(self, module: Module, function: ast.FunctionDef, asking: tuple[str, ...]) -> bool:
        key = (module.path.stem, function.name)
        if function.returns is not None and ast.unparse(function.returns) in TYPES:
            return True
        if key not in self._returns:
            self._returns[key] = True  # what a function calls itself with is judged by its other returns
            scope = _scope(module, function, Scope(module, module.tree, _given(module.tree)))
            values = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value]
            self._returns[key] = bool(values) and all(self.is_ours(value, scope, asking) for value in values)
        return self._returns[key]


def read(paths: Iterable[Path]) -> Reader:
    """The modules in these files."""
    return Reader([Module(path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths])


def _shown(call: ast.Call) -> Iterator[ast.expr]:
    """The arguments of a call that a screen reads as Markdown."""
    called = call.func
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    of = ast.unparse(called.value) if isinstance(called, ast.Attribute) else ""
    if (
        name not in SINKS
        or (name in OF_FURNITURE and of not in ("parts", "furniture", ""))
        or of in ("records", "course", "report")
    ):
        return
    keywords = {each.arg: each.value for each in call.keywords if each.arg}
    for place in SINKS[name]:
        if isinstance(place, int) and place < len(call.args):
            yield call.args[place]
        elif isinstance(place, str) and place in keywords:
            yield keywords[place]
    if name in ("radio", "pills", "segmented_control"):
        # Without a function of their own, the options are what is shown.
        yield from [] if "format_func" in keywords else call.args[1:2]


def _scope(module: Module, function: ast.FunctionDef | ast.Lambda, outer: Scope) -> Scope:
    scope = Scope(module, function, {} if isinstance(function, ast.Lambda) else _given(function), outer=outer)
    arguments = function.args
    for one in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]:
        if one is not None:
            kind = ast.unparse(one.annotation) if one.annotation else ""
            ours = kind.removesuffix(" | None") in TYPES or getattr(function, "name", "") in OF_FURNITURE
            (scope.ours if ours else scope.not_ours).add(one.arg)
    return scope


def _given(function: ast.AST) -> dict[str, list[ast.expr]]:
    """What each name of a function was given, without what stands in the functions within."""
    given: dict[str, list[ast.expr]] = {}
    stack = list(ast.iter_child_nodes(function))
    while stack:
        node = stack.pop()
        if isinstance(
            node, ast.FunctionDef | ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp | ast.SetComp
        ):
            continue
        stack += ast.iter_child_nodes(node)
        for target, value in _bindings(node):
            _bind(given, target, value)
    return given


def _bindings(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each target that a statement binds, and what to."""
    match node:
        case ast.Assign():
            yield from ((target, node.value) for target in node.targets)
        case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr() if node.value is not None:
            yield node.target, node.value
        case ast.For():
            yield node.target, node.iter
        case ast.With():
            yield from ((one.optional_vars, one.context_expr) for one in node.items if one.optional_vars is not None)
        case ast.ExceptHandler() if node.name:
            yield ast.Name(node.name, ast.Store()), ast.Name("a_stranger", ast.Load())


def _bind(given: dict[str, list[ast.expr]], target: ast.expr, value: ast.expr) -> None:
    pairs = isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts)
    if pairs:
        for one, its in zip(target.elts, value.elts, strict=True):  # type: ignore[attr-defined]
            _bind(given, one, its)
        return
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            given.setdefault(node.id, []).append(value)


def _comprehending(scope: Scope, generators: list[ast.comprehension]) -> Scope:
    given: dict[str, list[ast.expr]] = {}
    for one in generators:
        _bind(given, one.target, one.iter)
    return Scope(scope.module, generators[0], given, outer=scope)


def _parts(node: ast.expr) -> list[ast.expr]:
    found = [getattr(node, name) for name in MADE_OF[type(node)]]
    return [part for one in found for part in (one if isinstance(one, list) else [one]) if part is not None]


def _is_number_format(spec: ast.expr | None) -> bool:
    """Whether what stands there can be nothing but a number: ``,`` or ``.1f``; text has no such format."""
    return spec is not None and ast.unparse(spec)[:-1].endswith((",", "f", "d", "g", "%"))
