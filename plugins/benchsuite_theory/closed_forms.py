"""What a formula is called in tables: the closed form of a regime, where it has one."""

from __future__ import annotations

from benchsuite.api import Place

_REPLACE = [("synthetic-last", 1.0)]
_EVERYTHING = {"human-fixed": "everything", "synthetic-all": "everything"}


def of_error(place: Place) -> str:
    """Name the formula of the squared error."""
    kind = _kind(place)
    if place.learner["name"] == "theory/mean":
        return {
            "human": "σ²/n",
            "replace": "σ²(t+1)/n [Gerstgrasser 2024]",
            "accumulate": "σ²/n Σ 1/i², i ≤ t+1 [Gerstgrasser 2024; → π²/6]",
            "subsample": "covariances of pools [Kazdan 2024; → π²/2 - 2]",
            "fresh": "covariances of pools [He 2025; docs/theory.md]",
        }.get(kind, "covariances of pools [docs/theory.md]")
    return {
        "human": "σ²/n, of types (1-Σp²)/n",
        "replace": "σ²(1 - (1-1/n)^(t+1)) [Shumailov 2024]",
        "accumulate": "σ²(1 - Π(1 - 1/(n i²))) [Kazdan 2024]",
    }.get(kind, "covariances of pools [docs/theory.md]")


def of_spread(place: Place) -> str:
    """Name the formula of the expected spread."""
    if place.learner.get("variance") == "unbiased":
        return "n/(n-1) of the mix's variance [Alemohammad 2024]"
    discrete = place.learner["name"] == "theory/frequencies"
    source, start = ("Seddik 2024", "(1-Σp²)") if discrete else ("Shumailov 2024", "σ²")
    return {
        "human": f"{start}(1-1/n)",
        "replace": f"{start}(1-1/n)^(t+1) [{source}]",
        "accumulate": f"{start}Π(1 - 1/(n i²)), i ≤ t+1 [Kazdan 2024]",
    }.get(_kind(place), "covariances of pools [docs/theory.md]")


def _kind(place: Place) -> str:
    """Return which closed form a regime has."""
    regime = place.regime
    parts = [(part["source"], part["share"]) for part in regime["mixture"]]
    if any(source == "human-fresh" for source, _ in parts):
        return "fresh"
    if regime["decoding"]["temperature"] != 1 or place.learner.get("human_weight") is not None:
        return "other"
    if [source for source, _ in parts] == ["human-fixed"]:
        return "human" if regime["mixture"][0]["unique"] is None else "other"
    if parts == _REPLACE:
        return "replace"
    if dict(parts) == _EVERYTHING:
        return "subsample" if regime["budget"] == "equal" else "accumulate"
    return "other"
