"""From a suite document to all it means: components found, parameters checked, defaults filled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from benchsuite.errors import UserError
from benchsuite.identity import digest
from benchsuite.plugins.descriptors import Kind
from benchsuite.plugins.kinds import Parameters
from benchsuite.plugins.loading import load
from benchsuite.plugins.registry import Registered, Registry
from benchsuite.suites.checks import check, check_choosers
from benchsuite.suites.claims import check_claims
from benchsuite.suites.documents import Document, Key, validate
from benchsuite.suites.equal_quality import check_equal_quality
from benchsuite.suites.grading import ComponentChoice, Grading, Keep
from benchsuite.suites.mixture import Source
from benchsuite.suites.regime import Regime
from benchsuite.suites.shipped import find
from benchsuite.suites.suite import Suite


@dataclass(frozen=True)
class Chosen:
    """A component with its checked parameters."""

    registered: Registered
    parameters: Parameters

    @property
    def name(self) -> str:
        """Full name, `package/name`."""
        return self.registered.component.name

    def make(self) -> Any:
        """Return the component."""
        return load(self.registered)(self.parameters)

    def document(self) -> dict[str, Any]:
        """Name and every parameter, as it stands in a resolved document."""
        return {"name": self.name, **self.parameters.model_dump(mode="json")}


Gradings = tuple[tuple[Chosen, Keep], ...]
"""Graders in order, each with its rule."""


def _documents(gradings: Gradings) -> list[dict[str, Any]]:
    return [{"grader": g.document(), "keep": keep.model_dump(mode="json")} for g, keep in gradings]


@dataclass(frozen=True)
class ResolvedRegime:
    """A regime with its components. `digest` of the explicit document is its identity.

    `choosers` are the graders that human rows of a part of its mixture are chosen by.
    """

    regime: Regime
    generator: Chosen | None
    graders: Gradings
    choosers: Mapping[Source, Gradings] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The regime's name."""
        return self.regime.regime

    def document(self) -> dict[str, Any]:
        """Return the regime with every knob explicit."""
        document = self.regime.model_dump(mode="json")
        document["generator"] = self.generator and self.generator.document()
        document["graders"] = _documents(self.graders)
        for part in document["mixture"]:
            if part["source"] in self.choosers:
                part["chosen"] = _documents(self.choosers[part["source"]])
        return document

    @property
    def digest(self) -> str:
        """SHA-256 of the resolved document."""
        return digest(self.document())


@dataclass(frozen=True)
class ResolvedSuite:
    """A suite with its components and regimes; the control comes first."""

    suite: Suite
    corpus: Chosen
    learner: Chosen
    sampler: Chosen
    metrics: tuple[Chosen, ...]
    regimes: tuple[ResolvedRegime, ...]

    @property
    def control(self) -> ResolvedRegime:
        """The regime that the others are compared with."""
        return self.regimes[0]

    def last_generation(self, regime: ResolvedRegime) -> int:
        """Return the last generation of a regime, which may end before the suite's."""
        return min(regime.regime.generations or self.suite.generations, self.suite.generations)

    def control_of(self, regime: ResolvedRegime) -> ResolvedRegime:
        """Return the regime that one is compared with; a control's is itself."""
        name = regime.regime.control or self.control.name
        return next(each for each in self.regimes if each.name == name)

    def document(self) -> dict[str, Any]:
        """Return the suite with every value explicit."""
        document = self.suite.model_dump(mode="json")
        document["corpus"] = self.corpus.document()
        document["learner"] = self.learner.document()
        document["samples"]["generator"] = self.sampler.document()
        document["metrics"] = [metric.document() for metric in self.metrics]
        document["regimes"] = [regime.name for regime in self.regimes]
        return document

    @property
    def digest(self) -> str:
        """SHA-256 of the resolved document and of its regimes."""
        return digest([self.document(), [regime.digest for regime in self.regimes]])


@dataclass(frozen=True)
class Changes:
    """What a command line changes in a suite document."""

    regimes: Sequence[str] = ()
    seeds: int | None = None
    generations: int | None = None
    settings: Mapping[str, str] | None = None


def resolve(name: str, registry: Registry, changes: Changes = Changes()) -> ResolvedSuite:
    """Read, change and check a suite. Raises `UserError` for whatever is wrong with it."""
    document = find("suite", name)
    beside = Path(document.name).parent
    for key, text in (changes.settings or {}).items():
        _set(document, key, text, registry)
    for key in ("seeds", "generations"):
        if (value := getattr(changes, key)) is not None:
            _put(document, (key,), value, f"--{key}")
    suite = validate(Suite, document)
    if changes.regimes:
        suite = suite.model_copy(update={"regimes": list(changes.regimes)})
        beside = Path()
        document.sources |= {("regimes", i): f"--regime {r}" for i, r in enumerate(suite.regimes)}
    resolver = _Resolver(registry, document)
    places = {suite.control: document.where(("control",))}
    places |= {r: document.where(("regimes", i)) for i, r in enumerate(suite.regimes)}
    regimes = [_regime(regime, registry, beside, place) for regime, place in places.items()]
    resolved = ResolvedSuite(
        suite=suite,
        corpus=resolver.choose("corpus", suite.corpus, ("corpus",)),
        learner=resolver.choose("learner", suite.learner, ("learner",)),
        sampler=resolver.choose("generator", suite.samples.generator, ("samples", "generator")),
        metrics=tuple(
            resolver.choose("metric", metric, ("metrics", i))
            for i, metric in enumerate(suite.metrics)
        ),
        regimes=tuple(regime for regime, _ in regimes),
    )
    check(resolved, document, [written for _, written in regimes])
    resolved = _with_claims(resolved, document, chosen=bool(changes.regimes))
    return _with_equal_quality(resolved, document, chosen=bool(changes.regimes))


def _with_claims(resolved: ResolvedSuite, document: Document, *, chosen: bool) -> ResolvedSuite:
    """Check the claims; where regimes were `chosen` instead, leave out those about others."""
    suite, names = resolved.suite, [regime.name for regime in resolved.regimes]
    check_claims(
        suite.claims,
        document,
        metrics=[metric.name for metric in resolved.metrics],
        regimes=None if chosen else names,
        generations=suite.generations,
    )
    claims = [claim for claim in suite.claims if claim.regimes() <= set(names)]
    return replace(resolved, suite=suite.model_copy(update={"claims": claims}))


def _with_equal_quality(
    resolved: ResolvedSuite, document: Document, *, chosen: bool
) -> ResolvedSuite:
    """Check what is compared at equal quality; leave it out where `chosen` regimes lack a rung."""
    asked = resolved.suite.equal_quality
    if asked and chosen and not set(asked.curve) <= {regime.name for regime in resolved.regimes}:
        return replace(resolved, suite=resolved.suite.model_copy(update={"equal_quality": None}))
    check_equal_quality(resolved, document)
    return resolved


@dataclass(frozen=True)
class _Resolver:
    """Finds the components that one document names."""

    registry: Registry
    document: Document

    def choose(self, kind: Kind, choice: ComponentChoice, at: Key) -> Chosen:
        """Return the component of a choice that stands at a key path."""
        try:
            registered = self.registry.find(kind, choice.name)
        except UserError as failure:
            raise UserError(f"{self.document.where((*at, 'name'))}: {failure}") from failure
        model = load(registered).parameters_type
        if (*at, choice.name) in self.document.lines:  # written `name: {parameters}`
            at = (*at, choice.name)
        parameters = validate(model, self.document, at, choice.parameters)
        return Chosen(registered, parameters)

    def gradings(self, gradings: Sequence[Grading], at: Key) -> Gradings:
        """Return the graders of a list that stands at a key path, with their rules."""
        return tuple(
            (self.choose("grader", grading.grader, (*at, i, "grader")), grading.keep)
            for i, grading in enumerate(gradings)
        )


def resolve_regime(name: str, registry: Registry) -> ResolvedRegime:
    """Read and check a regime without a suite. Raises `UserError`."""
    return _regime(name, registry, Path())[0]


def _regime(
    name: str, registry: Registry, beside: Path, place: str = ""
) -> tuple[ResolvedRegime, Document]:
    """Return a regime with its components, and the document it came from."""
    try:
        document = find("regime", name, beside)
    except UserError as failure:
        raise UserError(f"{place}: {failure}" if place else str(failure)) from failure
    regime = validate(Regime, document)
    resolver = _Resolver(registry, document)
    generator = regime.generator and resolver.choose("generator", regime.generator, ("generator",))
    graders = resolver.gradings(regime.graders, ("graders",))
    choosers = {
        part.source: resolver.gradings(part.chosen, ("mixture", i, "chosen"))
        for i, part in enumerate(regime.mixture)
        if part.chosen
    }
    resolved = ResolvedRegime(regime, generator or None, graders, choosers)
    check_choosers(resolved, document)
    return resolved, document


def _set(document: Document, key: str, text: str, registry: Registry) -> None:
    """Apply `--set key=value`; the value is read as YAML."""
    source = f"--set {key}={text}"
    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, RecursionError) as failure:
        raise UserError(f"{source}: the value is not YAML.") from failure
    path: Key = tuple(int(part) if part.isdecimal() else part for part in key.split("."))
    if path[0] == "corpus" and path[1:] not in ((), ("name",)):
        _switch_corpus(document, str(path[1]), registry)
    _put(document, path, value, source)


def _switch_corpus(document: Document, parameter: str, registry: Registry) -> None:
    """Take the corpus that has a parameter, where the suite's own has not and one other has.

    `--set corpus.path=FILE` is then enough to run a suite on one's own text.
    """
    named = document.data.get("corpus")
    name = named.get("name") if isinstance(named, dict) else named
    if not isinstance(name, str) or _has(registry.find("corpus", name), parameter):
        return
    able = [r for r in registry.components("corpus") if _has(r, parameter)]
    if len(able) == 1:
        document.data["corpus"] = {"name": able[0].component.name}


def _has(registered: Registered, parameter: str) -> bool:
    return parameter in load(registered).parameters_type.model_fields


def _put(document: Document, path: Key, value: Any, source: str) -> None:
    """Put a value at a key path, which then stands in `source` instead of in the file."""
    current = document.data
    for i, part in enumerate(path[:-1]):
        following = _get(current, part)
        if isinstance(following, str):  # a component given by its name alone
            following = {"name": following}
            current[part] = following
        elif following is None and isinstance(current, dict):  # left to its defaults so far
            following = current[part] = {}
        if not isinstance(following, dict | list):
            raise UserError(f"{source}: there is no key {'.'.join(map(str, path[: i + 1]))}.")
        current = following
    last = path[-1]
    if isinstance(current, list) and not (isinstance(last, int) and last < len(current)):
        raise UserError(f"{source}: {last} is not the number of an item of the list.")
    current[last] = value
    document.lines = {k: line for k, line in document.lines.items() if k[: len(path)] != path}
    document.sources[path] = source


def _get(data: Any, part: str | int) -> Any:
    if isinstance(data, list):
        return data[part] if isinstance(part, int) and part < len(data) else None
    return data.get(part)
