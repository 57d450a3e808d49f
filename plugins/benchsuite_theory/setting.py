"""What the documents of a run say of the truth and of the fit."""

from __future__ import annotations

from typing import Literal

import numpy as np

from benchsuite.api import Place, Subject
from benchsuite_theory.mixes import mixes
from benchsuite_theory.moments import Fit, Moments, moments
from benchsuite_theory.normal import NormalModel
from benchsuite_theory.types import TypesModel, zipf

_VARIANCE: dict[str, Literal["known", "likelihood", "unbiased"]] = {
    "theory/mean": "known",
    "theory/frequencies": "likelihood",
}


def place_of(subject: Subject) -> Place:
    """Return where a subject stands; every metric of this package needs it."""
    assert subject.place is not None, "the metric lists `place` in its needs"
    return subject.place


def fit_of(subject: Subject) -> NormalModel | TypesModel:
    """Return the model of a subject that has a centre and a spread."""
    if not isinstance(subject.model, NormalModel | TypesModel):
        raise TypeError("it measures fits of a normal distribution or of types")
    return subject.model


def types_of(subject: Subject) -> TypesModel:
    """Return the model of a subject that knows types."""
    if not isinstance(subject.model, TypesModel):
        raise TypeError("it measures frequencies of types")
    return subject.model


def truth(place: Place) -> tuple[np.ndarray, float]:
    """Return the true mean of a row, `[d]`, and the variance (its trace) around it."""
    corpus = place.corpus
    if corpus["name"] == "theory/normal":
        return np.array([corpus["mean"]]), corpus["sigma"] ** 2
    if corpus["name"] not in ("theory/zipf", "theory/two-types"):
        raise RuntimeError(
            f"it knows the truth of no corpus but this package's, not {corpus['name']}"
        )
    return probabilities(place), 1 - float((probabilities(place) ** 2).sum())


def probabilities(place: Place) -> np.ndarray:
    """Return the true probabilities of the learner's types, `[types]`."""
    corpus, types = place.corpus, int(place.learner["types"])
    if corpus["name"] == "theory/two-types":
        known = np.array([corpus["share"], 1 - corpus["share"]])
    else:
        known = zipf(corpus["types"], corpus["exponent"])
    return np.concatenate([known, np.zeros(max(0, types - len(known)))])


def temperature(place: Place) -> float:
    """Return the temperature of rows to be learned from; NaN where other knobs are set."""
    decoding = place.regime["decoding"]
    plain = decoding["top_k"] is None and decoding["top_p"] == 1
    return float(decoding["temperature"]) if plain else float("nan")


def expected_moments(place: Place) -> tuple[Moments, bool] | None:
    """Return the moments of the fit, and whether the mix leaves them to chance.

    None where no formula holds: for graded rows, or for types that are sampled sharper.
    """
    found, heat = mixes(place), temperature(place)
    discrete = place.learner["name"] == "theory/frequencies"
    if found is None or place.regime["graders"] or np.isnan(heat) or (discrete and heat != 1):
        return None
    variance = _VARIANCE.get(place.learner["name"]) or place.learner["variance"]
    if variance == "known" and place.learner["sigma"] != place.corpus["sigma"]:
        return None
    weight = place.learner.get("human_weight")
    if weight is not None and any(mix.by_chance for mix in found):
        return None
    fit = Fit(truth(place)[1], variance, heat, weight)
    return moments(found, fit)[-1], any(mix.by_chance for mix in found)
