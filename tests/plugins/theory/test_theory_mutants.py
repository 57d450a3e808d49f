"""Runners that do other than the regime says: the theory suites must find every one of them."""

import dataclasses

import numpy as np
import pytest
from benchsuite_graders.verifier import Verifier
from theory_runs import differing, run_case

from benchsuite.api import Decoding
from benchsuite.engine.operations import generate, grade, mix


def mixing(change):
    """A mixer that is handed other arguments or inputs."""
    correct = mix.run

    def mutant(patch):
        patch.setattr(mix, "run", lambda work: correct(change(work)))

    return mutant


def written(change):
    """A mixer that reads other generations' rows."""

    def changed(work):
        rows = work.inputs["written"]
        return dataclasses.replace(work, inputs={**work.inputs, "written": change(rows)})

    return mixing(changed)


def arguments(**changes):
    """A mixer with other arguments, each a function of them all."""

    def changed(work):
        given = work.arguments
        other = {key: change(given, work) for key, change in changes.items()}
        return dataclasses.replace(work, arguments={**given, **other})

    return mixing(changed)


def shares_off_by_three_per_cent(patch):
    correct = mix.amounts

    def amounts(parts, amount):
        first, *others = correct(parts, amount)
        moved = round(0.03 * amount) if others else 0
        return [first + moved, *others[:-1], others[-1] - moved] if others else [first]

    patch.setattr(mix, "amounts", amounts)


def drawn_with_replacement(patch):
    def draw(rows, amount, unit, generator):
        return rows.take(generator.integers(rows.num_rows, size=amount))

    patch.setattr(mix, "draw", draw)


def decoded_at(temperature):
    correct = generate._asked

    def mutant(patch):
        def asked(work):
            found, decoding = correct(work), Decoding(temperature=temperature)
            return found._replace(request=dataclasses.replace(found.request, decoding=decoding))

        patch.setattr(generate, "_asked", asked)

    return mutant


def rates_swapped(patch):
    correct = Verifier._correct
    patch.setattr(Verifier, "_correct", lambda self, rows: ~correct(self, rows))


def nothing_dropped(patch):
    patch.setattr(grade, "chosen", lambda scores, *rest: np.ones(len(scores), int))


def other_people(given, work):
    return int(work.identity[:8], 16)


MUTANTS = {
    "the oldest generation dropped": ("mean", "accumulate", written(lambda rows: rows[1:] or rows)),
    "the last generation alone": ("normal", "accumulate", written(lambda rows: rows[-1:])),
    "one generation twice": ("mean", "accumulate", written(lambda rows: (*rows[1:], *rows[-1:]))),
    "labels of the oldest dropped": (
        "linear",
        "accumulate",
        written(lambda rows: rows[1:] or rows),
    ),
    "the oldest missing in the pool": (
        "pool",
        "accumulate-subsample",
        written(lambda rows: rows[1:] or rows),
    ),
    "shares off": ("mean", "hybrid-50", shares_off_by_three_per_cent),
    "half the budget": (
        "mean",
        "replace",
        arguments(amount=lambda given, work: given["amount"] // 2),
    ),
    "fixed people drawn anew": ("mean", "hybrid-50", arguments(human_seed=other_people)),
    "fixed people drawn anew, types": ("types", "hybrid-50", arguments(human_seed=other_people)),
    "new people always the same": (
        "mean",
        "fresh-real",
        arguments(generation=lambda given, work: min(1, given["generation"])),
    ),
    "drawn with replacement": ("mean", "replace", drawn_with_replacement),
    "drawn with replacement, types": ("types", "replace", drawn_with_replacement),
    "greedy": ("sharpening", "replace-sharpened", decoded_at(0.0)),
    "greedy normal": ("normal", "replace", decoded_at(0.0)),
    "temperature ignored": ("sharpening", "cold-quarter", decoded_at(1.0)),
    "temperature squared": ("unbiased", "replace-sharpened", decoded_at(0.64)),
    "rates swapped": ("verifier", "verified-well", rates_swapped),
    "all accepted": ("verifier", "verified-badly", nothing_dropped),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_runner_is_found_out(name, tmp_path, monkeypatch):
    case, regime, mutate = MUTANTS[name]
    mutate(monkeypatch)
    few = {"pool": ["seeds=8", "corpus.replicates=300"]}
    result, record = run_case(tmp_path, case, *few.get(case, []), regime=regime)
    assert result.exit_code == 1
    found = [agreement for agreement in differing(record) if agreement.regime == regime]
    assert found
    assert not [agreement for agreement in differing(record) if agreement.regime == "real"] or (
        case == "mean" and regime == "replace"  # half the budget is half the control's too
    )
    assert f"{regime}: {found[0].metric.partition('/')[2]}" in result.output
    assert "differs" in result.output


def test_the_right_runner_is_not(tmp_path):
    result, record = run_case(tmp_path, "mean")
    assert result.exit_code == 0, result.output
    assert not differing(record)
    assert record.agreements
