"""Tasks asked, and what their documents' results come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lm_eval.evaluator import evaluate as run

from benchsuite.api import Measurement
from benchsuite_lm_eval.adapter import Adapter
from benchsuite_lm_eval.estimates import Estimate, combined, estimate
from benchsuite_lm_eval.loading import Tasks, quiet

_EXAMPLES_SEED = 1234
"""lm-eval's own default, so that the examples are those of its command."""

_SHORT = 16
"""Characters of a document's hash (SHA-256) that are kept, 64 bits."""

_ACCURACIES = frozenset({"acc", "acc_norm", "acc_bytes", "acc_mutual_info"})
"""Metrics of which chance is a share of choices."""


@dataclass(frozen=True)
class Found:
    """One number of a task or group."""

    task: str
    metric: str
    filter: str
    estimate: Estimate
    chance: float | None
    higher_is_better: bool

    @property
    def measurement(self) -> Measurement:
        """The number as the measurement of a slice."""
        shown = [self.task, self.metric, *([self.filter] if self.filter != "none" else [])]
        e = self.estimate
        name = " ".join(shown)
        return Measurement(e.value, e.n, name, e.lower, e.upper, chance=self.chance, items=e.items)


def evaluate(tasks: Tasks, model: Adapter, seed: int) -> list[Found]:
    """Ask all tasks in one call. Bootstrap resamples are keyed by `seed`."""
    for task in tasks.tasks.values():
        task.set_fewshot_seed(seed=_EXAMPLES_SEED)  # each model gets the same examples
    with quiet():
        answered = run(
            model,
            tasks.for_lm_eval,
            limit=tasks.limit,
            cache_requests=False,  # its key knows nothing of the data
            bootstrap_iters=0,
            log_samples=True,
        )
    found = [
        each
        for name, samples in answered["samples"].items()
        for each in _of_task(name, tasks.tasks[name], samples, seed)
    ]
    groups = [each for group in tasks.groups.values() for each in _of_group(group, found)]
    return [*found, *groups]


def _of_task(name: str, task: Any, samples: Sequence[dict[str, Any]], seed: int) -> Iterator[Found]:
    """Yield each metric of a task, after each filter."""
    chance = _chance(task, samples)
    for filtered in dict.fromkeys(sample["filter"] for sample in samples):
        own = [sample for sample in samples if sample["filter"] == filtered]
        documents = [sample["doc_hash"][:_SHORT] for sample in own]
        for metric in own[0]["metrics"]:
            aggregate = task.aggregation()[metric]
            yield Found(
                name,
                metric,
                filtered,
                estimate([sample[metric] for sample in own], documents, aggregate, seed),
                chance if metric in _ACCURACIES else None,
                bool(task.higher_is_better().get(metric, True)),
            )


def _chance(task: Any, samples: Sequence[dict[str, Any]]) -> float | None:
    """Return the accuracy of guessing, or of the best answer that reads no question."""
    stated = (task.config.metadata or {}).get("chance")
    if stated is not None:
        return float(stated)
    if task.OUTPUT_TYPE != "multiple_choice":
        return None
    choices = [task.doc_to_choice(sample["doc"]) for sample in samples]
    right = [t if isinstance(t, list) else [t] for t in (sample["target"] for sample in samples)]
    sizes = zip(right, choices, strict=True)
    guessing = sum(len(targets) / len(options) for targets, options in sizes) / len(samples)
    if any(options != choices[0] for options in choices):
        return guessing
    ((_, commonest),) = Counter(str(t) for targets in right for t in targets).most_common(1)
    return max(guessing, commonest / len(samples))


def _of_group(group: Any, found: Sequence[Found]) -> Iterator[Found]:
    """Yield each metric that a group aggregates over its tasks, each after each filter."""
    names = {task.task_name for task in group.get_all_tasks()}
    for wanted in group.aggregate_metric_list or ():
        own = [each for each in found if each.task in names and each.metric == wanted.metric]
        for filtered in dict.fromkeys(each.filter for each in own):
            if wanted.filter_list is None or filtered in wanted.filter_list:
                parts = [each for each in own if each.filter == filtered]
                yield _combined(group.name, parts, by_size=wanted.weight_by_size)


def _combined(name: str, parts: Sequence[Found], *, by_size: bool) -> Found:
    sizes = [part.estimate.n if by_size else 1 for part in parts]
    weights = [size / sum(sizes) for size in sizes]
    chances = [part.chance for part in parts if part.chance is not None]
    chance = sum(w * c for w, c in zip(weights, chances, strict=True)) if _all(parts) else None
    first = parts[0]
    whole = combined([part.estimate for part in parts], weights)
    return Found(name, first.metric, first.filter, whole, chance, first.higher_is_better)


def _all(parts: Sequence[Found]) -> bool:
    """Whether all tasks have a chance level."""
    return all(part.chance is not None for part in parts)
