"""Operations that components tell they spent, in place of those that are counted by formula."""

import pytest
from made_up_components import Large, Near, Self
from made_up_suite import Watcher, numbers_plan

from benchsuite.engine.executor import execute
from benchsuite.engine.store import Store


@pytest.fixture
def plan():
    return numbers_plan(("[replace.yaml, half.yaml, pool.yaml, graded.yaml]", "[graded.yaml]"))


def telling(monkeypatch, kind, method, *told):
    """Have a component tell operations, and then do what it does."""
    does = getattr(kind, method)

    def tells(self, *given):
        for flops in told:
            given[-1].spend(flops)
        return does(self, *given)

    monkeypatch.setattr(kind, method, tells)


def spent(plan, folder):
    """Operations a token of all steps that write and grade, by component."""
    store = Store(str(folder))
    assert not execute(plan, store, Watcher(), workers=1).failures
    found: dict[str, set[float]] = {}
    for identity, step in plan.steps.items():
        if step.kind in ("generate", "grade"):
            cost = store.manifest(identity).cost
            found.setdefault(step.component.name, set()).add((cost.tokens, cost.flops))
    return found


def test_what_is_not_told_is_counted_by_formula(plan, tmp_path):
    for costs in spent(plan, tmp_path).values():
        assert all(flops == 3 * tokens for tokens, flops in costs)


def test_what_is_told_is_added_up_and_stands_alone(plan, tmp_path, monkeypatch):
    telling(monkeypatch, Self, "generate", 4)
    telling(monkeypatch, Near, "grade", 5, 6)
    telling(monkeypatch, Large, "grade", 0)
    found = spent(plan, tmp_path)
    assert {name: {flops for _, flops in costs} for name, costs in found.items()} == {
        "made-up/self": {4},
        "made-up/near": {11},
        "made-up/large": {0},
    }
