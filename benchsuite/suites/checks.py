"""What the parts of a suite ask of each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from benchsuite.errors import UserError, nearest
from benchsuite.plugins.kinds import Grader
from benchsuite.plugins.loading import load
from benchsuite.suites.documents import Document

if TYPE_CHECKING:
    from benchsuite.suites.resolve import ResolvedRegime, ResolvedSuite


def check(suite: ResolvedSuite, document: Document, regimes: Sequence[Document]) -> None:
    """Raise `UserError` where parts of a suite do not fit; `regimes` in the suite's order."""
    names = [metric.name for metric in suite.metrics]
    for i, name in enumerate(names):
        if name in names[:i]:
            raise UserError(f"{document.where(('metrics', i))}: {name} stands there twice.")
    for axis, headline in suite.suite.headline.items():
        _check_headline(axis, headline.metric, suite, document)
    if len({regime.name for regime in suite.regimes}) < len(suite.regimes):
        raise UserError(f"{document.name}: two of the regimes have the same name.")
    if suite.control.regime.synthetic:
        raise UserError(
            f"{document.where(('control',))}: the control {suite.control.name} learns from "
            "synthetic rows; a control learns from human rows alone."
        )
    for regime, written in zip(suite.regimes, regimes, strict=True):
        _check_control(regime, suite, written)
        _check_learner(regime, suite, written)


def check_choosers(regime: ResolvedRegime, document: Document) -> None:
    """Raise `UserError` where a grader is to choose human rows that cannot."""
    for i, part in enumerate(regime.regime.mixture):
        for j, (grader, _) in enumerate(regime.choosers.get(part.source, ())):
            kind = load(grader.registered)
            assert issubclass(kind, Grader), "found among graders"
            if kind.reads_model:
                why = "goes by the model, which changes, while human rows stay as they are"
            elif kind.learns_synthetic:
                why = "learns from the rows that it grades what synthetic text is"
            else:
                continue
            raise UserError(
                f"{document.where(('mixture', i, 'chosen', j, 'grader'))}: {grader.name} {why}; "
                "choose human rows by a grader that reads the rows alone."
            )


def _check_headline(axis: str, metric: str, suite: ResolvedSuite, document: Document) -> None:
    at, key = document.where(("headline", axis, "metric")), f"headline.{axis}.metric"
    axes = {m.name: load(m.registered).axis for m in suite.metrics}  # type: ignore[attr-defined]
    if metric not in axes:
        raise UserError(
            f"{at}: {key} is {metric}, which the suite does not measure{nearest(metric, axes)}"
        )
    if axes[metric] != axis:
        raise UserError(f"{at}: {key} is {metric}, a metric of {axes[metric]}, not of {axis}.")


def _check_control(regime: ResolvedRegime, suite: ResolvedSuite, document: Document) -> None:
    """See that a regime is compared with a human-data control that starts as it does."""
    at, name = document.where(("control",)), regime.regime.control or suite.control.name
    control = next((each for each in suite.regimes if each.name == name), None)
    if control is None:
        raise UserError(
            f"{at}: {regime.name} is compared with {name}, which is not among the suite's regimes; "
            f"add it to them (--regime {name})."
        )
    if control.regime.synthetic:
        raise UserError(
            f"{at}: {regime.name} is compared with {name}, which learns from synthetic rows; a "
            "control learns from human rows alone."
        )
    further = control.regime.control or suite.control.name
    if further != name:
        raise UserError(
            f"{at}: {regime.name} is compared with {name}, which is itself compared with "
            f"{further}; a control names itself as control."
        )
    if control.regime.init != regime.regime.init:
        raise UserError(
            f"{document.where(('init',))}: {regime.name} starts from {regime.regime.init} and its "
            f"control {name} from {control.regime.init}; name as control: a regime of human rows "
            "that starts as it does."
        )
    if suite.last_generation(control) < suite.last_generation(regime):
        raise UserError(
            f"{at}: the control {name} of {regime.name} ends with generation "
            f"{suite.last_generation(control)}; it must reach as far as "
            f"{suite.last_generation(regime)}."
        )


def _check_learner(regime: ResolvedRegime, suite: ResolvedSuite, document: Document) -> None:
    """See that the suite's learner can do what a regime asks of it."""
    learner, init = suite.learner.make(), regime.regime.init
    if init not in learner.inits:
        able = " or ".join(sorted(learner.inits))
        lacks = "has no base checkpoint here" if init == "base" else "cannot go on from a model"
        raise UserError(
            f"{document.where(('init',))}: {regime.name} starts from {init}, and the suite's "
            f"learner {suite.learner.name} {lacks}; it starts from {able}."
        )
    if regime.regime.prompts != "none" and not learner.tokenizes:
        raise UserError(
            f"{document.where(('prompts',))}: {regime.name} prompts with tokens of human rows, "
            f"and the suite's learner {suite.learner.name} has no tokens; take prompts: none."
        )
