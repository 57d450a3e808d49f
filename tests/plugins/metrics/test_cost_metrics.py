import numpy as np
import pyarrow as pa
import pytest
from benchsuite_metrics.energy import Energy
from benchsuite_metrics.flops import Flops
from benchsuite_metrics.flops_to_reach import FlopsToReach
from benchsuite_metrics.money import Money
from benchsuite_metrics.money_to_reach import MoneyToReach
from benchsuite_metrics.peak_memory import PeakMemory
from benchsuite_metrics.price import Price
from benchsuite_metrics.seconds import Seconds
from benchsuite_metrics.tokens import Tokens

from benchsuite.api import Cost, Measurement, Subject

LEDGER = {
    "train": Cost(seconds=2.5, tokens=100, flops=10**15, peak_memory=7),
    "generate": Cost(seconds=0.5, tokens=30, flops=3, peak_memory=9),
}


@pytest.mark.parametrize(
    ("metric", "total", "generate", "train"),
    [
        (Tokens, 130, 30, 100),
        (Flops, 10**15 + 3, 3, 10**15),
        (Seconds, 3.0, 0.5, 2.5),
        (PeakMemory, 9, 9, 7),
    ],
)
def test_costs_by_kind_of_step(measure, human, metric, total, generate, train):
    found = measure(metric, Subject(human(), ledger=LEDGER))
    assert list(found.values()) == [
        Measurement(total, 2),
        Measurement(generate, 1, "generate"),
        Measurement(train, 1, "train"),
    ]


@pytest.mark.parametrize("metric", [Tokens, Flops, Seconds, PeakMemory])
def test_no_steps_no_cost(measure, human, metric):
    assert measure(metric, Subject(human())) == {"all": Measurement(None, 0)}


def test_only_what_no_seed_fixes_is_called_irreproducible():
    assert [m.reproducible for m in (Tokens, Flops, Seconds, PeakMemory)] == [
        True,
        True,
        False,
        False,
    ]


def test_energy_is_known_where_that_of_every_step_is(measure, human):
    known = {"train": Cost(energy=3.0), "generate": Cost(energy=1.5)}
    assert [m.value for m in measure(Energy, Subject(human(), ledger=known)).values()] == [
        4.5,
        1.5,
        3,
    ]
    partly = known | {"generate": Cost()}
    assert [m.value for m in measure(Energy, Subject(human(), ledger=partly)).values()] == [
        None,
        None,
        3.0,
    ]


@pytest.mark.parametrize(
    ("rates", "total"),
    [
        ({}, None),
        ({"per_hour": 2.0}, 2 * 1.5),
        ({"per_million_tokens": 4.0}, 4 * 0.75),
        ({"per_kilowatt_hour": 0.3}, 0.3 * 2),
        ({"per_hour": 2.0, "per_million_tokens": 4.0, "per_kilowatt_hour": 0.3}, 3 + 3 + 0.6),
        ({"per_hour": 0.0}, 0.0),
    ],
)
def test_money_by_rates(measure, human, rates, total):
    ledger = {
        "train": Cost(seconds=3600, tokens=500_000, energy=3.6e6),
        "generate": Cost(seconds=1800, tokens=250_000, energy=3.6e6),
    }
    found = measure(Money, Subject(human(), ledger=ledger), **rates)
    assert found["all"].value == (None if total is None else pytest.approx(total))


def test_energy_that_is_not_known_has_no_price(measure, human):
    found = measure(Money, Subject(human(), ledger=LEDGER), per_hour=1.0, per_kilowatt_hour=0.3)
    assert {m.value for m in found.values()} == {None}


@pytest.mark.parametrize(("target", "value"), [(3.0, 10.0**15 + 3), (2.0, None)])
def test_operations_to_reach_a_loss(measure, human, byte_model, target, value):
    """A row of 7 bytes and its end at log 2 · 20 / 8 nats each: 20 / 7 = 2.86 bits a byte."""
    subject = Subject(
        human(test=["letters"]), lambda: byte_model(np.log(2) * 20 / 8), lineage=LEDGER
    )
    (found,) = measure(FlopsToReach, subject, bits_per_byte=target).values()
    assert (found.value, found.n) == (value, 1)


def mix(*rows):
    ids, origins, tokens = zip(*rows, strict=True)
    return pa.table({"id": ids, "origin": origins, "tokens": tokens})


def priced(measure, human, byte_model, metric=MoneyToReach, **parameters):
    subject = Subject(
        human(test=["letters"]),
        lambda: byte_model(np.log(2) * 20 / 8),  # 2.86 bits a byte
        ledger={"train": Cost(flops=2 * 10**18)},
        lineage={"train": Cost(flops=5 * 10**18), "generate": Cost(flops=10**18)},
        training=mix(("a", "human", 400_000), ("a", "human", 400_000), ("s", "synthetic", 9)),
        drawn=mix(("a", "human", 400_000), ("b", "human", 600_000)),
    )
    return measure(metric, subject, **parameters)


def test_money_to_reach_a_loss_counts_human_rows_once(measure, human, byte_model):
    rates = {"per_exaflop": 3.0, "per_million_human_tokens": 10.0}
    found = priced(measure, human, byte_model, bits_per_byte=3.0, **rates)
    assert found["all"] == Measurement(6 * 3 + 1.0 * 10, 1)
    assert found["own"] == Measurement(2 * 3 + 0.4 * 10, 1, "own")
    free = priced(measure, human, byte_model, bits_per_byte=3.0)
    assert (free["all"].value, free["own"].value) == (6.0, 2.0)


def test_money_is_not_told_of_a_model_that_is_worse(measure, human, byte_model):
    found = priced(measure, human, byte_model, bits_per_byte=2.0)
    assert [each.value for each in found.values()] == [None, None]


def test_a_price_is_told_of_every_model(measure, human, byte_model):
    found = priced(measure, human, byte_model, Price, per_exaflop=3.0, per_million_human_tokens=10)
    assert found["all"] == Measurement(6 * 3 + 1.0 * 10, 2)
    assert found["own"] == Measurement(2 * 3 + 0.4 * 10, 1, "own")


def test_human_text_alone_has_nothing_behind_it(measure, human):
    """A part of the budget is not charged for the rest of what its seed drew."""
    subject = Subject(
        human(),
        ledger={"train": Cost(flops=10**18)},
        lineage={"train": Cost(flops=10**18)},
        training=mix(("a", "human", 400_000)),
        drawn=mix(("a", "human", 400_000), ("b", "human", 600_000)),
    )
    found = measure(Price, subject, per_million_human_tokens=10.0)
    assert found["all"].value == found["own"].value == 1 + 4
    assert {m.value for m in measure(Price, Subject(human())).values()} == {None}
