"""A regime in words: every knob in a sentence, and what each generation's mix consists of."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from benchsuite.lm.decoding import Decoding
from benchsuite.suites.grading import ComponentChoice, Grading, Keep
from benchsuite.suites.mixture import Share, Source
from benchsuite.suites.regime import Prompts, RealPrompts, Regime

SOURCES: dict[Source, str] = {
    "human-fixed": "human text",
    "human-fresh": "human text that no generation has seen",
    "synthetic-last": "text of the generation before",
    "synthetic-all": "text of all generations before",
    "synthetic-shared": "text that the models of all seeds wrote in the generation before",
}
_INITS = {
    "scratch": "new weights in every generation",
    "base": "the learner's base checkpoint in every generation",
    "previous": "the weights of the generation before; the first generation starts from the "
    "learner's base checkpoint, where it has one, else from new weights",
}
_POOLS = {
    "equal-training": "each mix holds everything there is, and training goes through as many "
    "tokens as elsewhere: the larger the mix, the less often it reads a row",
    "growing": "each mix holds everything there is, and training reads each row as often as "
    "elsewhere: on more and more tokens",
}
_DIVISIONS = {
    "closed": "trained on no more than the others are",
    "open": "free to train on more than the others do, or on less",
}

Kind = Literal["human", "repeated", "fresh", "last", "all"]


@dataclass(frozen=True)
class Piece:
    """A part of one generation's mix; `size` is in budgets."""

    kind: Kind
    words: str
    size: float


def pieces(regime: Regime, generation: int) -> list[Piece]:
    """Return what a generation's mix consists of, in order; of a pool, in the mean."""
    if generation == 0:
        return [Piece("human", "human text", 1.0)]
    found = [piece for part in regime.mixture for piece in _pieces(part, generation)]
    held = sum(piece.size for piece in found)
    drawn = held if regime.keeps_pool else regime.budget_share
    return [Piece(piece.kind, piece.words, piece.size * drawn / held) for piece in found]


def _pieces(part: Share, generation: int) -> list[Piece]:
    """Return the pieces of one part; of a pool, how much there is."""
    size = 1.0 if isinstance(part.share, str) else part.share
    choice = "chosen " if part.chosen else ""
    if part.source == "human-fresh":
        return [Piece("fresh", f"{choice}new human text", size)]
    unique = part.unique or size
    again = [Piece("repeated", "the same again", size - unique)] if unique < size else []
    if part.source == "human-fixed":
        return [Piece("human", f"{choice}human text", unique), *again]
    if part.source == "synthetic-shared":
        return [Piece("last", f"text of generation {generation - 1}, all seeds", unique), *again]
    if part.source == "synthetic-last" or generation == 1:
        return [Piece("last", f"text of generation {generation - 1}", unique), *again]
    whole = size * generation if part.share == "everything" else unique
    return [Piece("all", f"text of generations 0 to {generation - 1}", whole), *again]


def knobs(regime: Regime) -> dict[str, str]:
    """Return each knob of a regime in words."""
    return {
        "division": f"{regime.division}: {_DIVISIONS[regime.division]}",
        "control": regime.control or "the suite's",
        "starts from": _INITS[regime.init],
        "learns from": ", ".join(map(part, regime.mixture)),
        **_choosing(regime),
        "budget": _budget(regime),
        **(_writing(regime) if regime.synthetic else {}),
        "generations": (
            f"{regime.generations}, or the suite's where they are fewer"
            if regime.generations
            else "the suite's"
        ),
    }


def _budget(regime: Regime) -> str:
    if isinstance(regime.budget, str) and regime.keeps_pool:
        return _POOLS[regime.budget]
    part = f"{percent(regime.budget_share)} of " if regime.budget_share < 1 else ""
    return f"each mix is drawn to {part}the suite's budget"


def part(share: Share) -> str:
    """Return a part of a mixture in words."""
    words = ("chosen " if share.chosen else "") + SOURCES[share.source]
    if share.share == "everything":
        return f"all {words.removeprefix('text of all ')}"
    if share.unique is not None:
        words += f" ({percent(share.unique)} of the budget, repeated)"
    return f"{percent(share.share)} {words}"


def _choosing(regime: Regime) -> dict[str, str]:
    """How human text is chosen, where it is not chance that does."""
    by = {SOURCES[part.source]: _graded(part.chosen) for part in regime.mixture if part.chosen}
    if not by:
        return {}
    if len(set(by.values())) == 1:
        return {"chosen by": next(iter(by.values()))}
    return {"chosen by": "; ".join(f"{source}: {graded}" for source, graded in by.items())}


def _writing(regime: Regime) -> dict[str, str]:
    """How the rows to be learned from are written."""
    assert regime.generator is not None, "checked when the regime was read"
    return {
        "written by": _component(regime.generator),
        "prompted with": _prompts(regime.prompts),
        "drawn at": decoding(regime.decoding),
        "graded by": _graded(regime.graders) or "nobody: all of it is learned from",
    }


def _graded(gradings: list[Grading]) -> str:
    return "; then ".join(f"{_component(g.grader)} keeps {kept(g.keep)}" for g in gradings)


def _prompts(prompts: Prompts) -> str:
    if isinstance(prompts, str):
        return "nothing"
    apart = "; what follows them is learned from, they are not"
    if isinstance(prompts, RealPrompts):
        return f"the first {prompts.real} tokens of human training rows{apart}"
    whose = (
        "the word that most sets each human training row apart"
        if isinstance(prompts.topics, str)
        else f"each of {len(prompts.topics)} topics"
    )
    return f"{json.dumps(prompts.template)} with {whose}{apart}"


def _component(choice: ComponentChoice) -> str:
    given = ", ".join(f"{key} {value}" for key, value in choice.parameters.items())
    return f"{choice.name} ({given})" if given else choice.name


def kept(keep: Keep) -> str:
    """Return a grader's rule in words."""
    if keep.best is not None:
        return f"the best {percent(keep.best)}"
    if keep.threshold is None:
        return _drawn(keep)
    assert keep.expected is not None, "it comes with a threshold"
    return f"grades of {keep.threshold:g} on, counting on {percent(keep.expected)} of them or more"


def _drawn(keep: Keep) -> str:
    by = "grade" if keep.power is None else f"grade to the power of {keep.power:g}"
    again = f", each at most {keep.at_most} times" if keep.at_most else ""
    how = f"again and again{again}" if keep.resample else "none twice"
    return f"{percent(keep.share)}, drawn by {by}, {how}"


def decoding(knobs: Decoding) -> str:
    """Return how tokens are drawn in words."""
    words = [f"temperature {knobs.temperature:g}"]
    words += ["the likeliest token always"] if knobs.temperature == 0 else []
    words += [f"top-k {knobs.top_k}"] if knobs.top_k else []
    words += [f"top-p {knobs.top_p:g}"] if knobs.top_p < 1 else []
    return ", ".join(words)


def percent(share: float) -> str:
    """Return a share in per cent, with a space that does not break."""
    return f"{100 * share:.3g}\u00a0%"
