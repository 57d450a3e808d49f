"""Tasks of lm-eval: found, loaded and told apart by what they ask."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch

import datasets
import huggingface_hub
import lm_eval.api.task
import lm_eval.utils
from lm_eval.tasks import TaskManager

from benchsuite.api import UserError

OURS = Path(__file__).with_name("tasks")
"""Tasks that read the catalogue's sets, also for `lm_eval --include_path`."""


@dataclass(frozen=True)
class Tasks:
    """Loaded tasks and groups by name; of each task the first `limit` documents are asked."""

    tasks: dict[str, Any]
    groups: dict[str, Any]
    limit: int | None

    @property
    def for_lm_eval(self) -> dict[str, Any]:
        """The dictionary that lm-eval's `evaluate` takes."""
        children = {name: group.child_names for name, group in self.groups.items()}
        return {"tasks": self.tasks, "groups": self.groups, "group_map": children}

    def digest(self) -> str:
        """Return the SHA-256 of all that decides the requests.

        These are each task's definition with the source of its functions, the documents that are
        asked, and those that examples are drawn from. Data sets of a hub have no version that
        lm-eval holds to, and a file of the same name may change.
        """
        digest = hashlib.sha256()
        for name, task in sorted(self.tasks.items()):
            config = task.dump_config()
            digest.update(f"{name}\0{json.dumps(config, sort_keys=True, default=str)}\n".encode())
            for document in islice(task.eval_docs, self.limit):
                digest.update(json.dumps(document, sort_keys=True, default=str).encode() + b"\n")
            if task.config.num_fewshot:
                for document in task.fewshot_docs():
                    digest.update(json.dumps(document, sort_keys=True, default=str).encode())
        return digest.hexdigest()


def load(
    names: Sequence[str],
    include: Sequence[str],
    num_fewshot: int | None,
    limit: int | None,
    *,
    download: bool,
) -> Tasks:
    """Load tasks by name or path. Raises `UserError`."""
    folders = [OURS, *map(Path, include)]
    with quiet(), _hub(reachable=download):
        manager = _manager(names, folders)
        loaded = [_loaded(name, manager, download=download) for name in names]
    tasks = {name: task for each in loaded for name, task in each["tasks"].items()}
    groups = {name: group for each in loaded for name, group in each["groups"].items()}
    for name, task in tasks.items():
        _check(name, task)
        _set_examples(task, num_fewshot)
    return Tasks(tasks, groups, limit)


@contextmanager
def quiet() -> Iterator[None]:
    """Keep lm-eval and datasets from writing progress and warnings of their own.

    And have lm-eval compile a template once, not once for each document: that took longer than
    a small model's answers.
    """
    logger, bars = logging.getLogger("lm_eval"), datasets.are_progress_bars_disabled()
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    datasets.disable_progress_bars()
    compiled = lru_cache(lm_eval.utils.env.from_string)
    with (
        patch.object(lm_eval.api.task, "tqdm", lambda rows, **_: rows),
        patch.object(lm_eval.utils.env, "from_string", compiled),
    ):
        try:
            yield
        finally:
            logger.setLevel(level)
            if not bars:
                datasets.enable_progress_bars()


@contextmanager
def _hub(*, reachable: bool) -> Iterator[None]:
    """Keep data sets from being fetched, unless that is wanted; those fetched before are read."""
    if reachable:
        yield
        return
    with ExitStack() as stack:
        stack.enter_context(patch.object(huggingface_hub.constants, "HF_HUB_OFFLINE", new=True))
        stack.enter_context(patch.object(datasets.config, "HF_HUB_OFFLINE", new=True))
        yield


def _manager(names: Sequence[str], folders: Sequence[Path]) -> TaskManager:
    """Return what finds the tasks: those of folders, and lm-eval's own if need be."""
    manager = TaskManager(include_path=folders, include_defaults=False)
    known = manager.task_index
    wanted = [name for name in names if Path(name).suffix not in {".yaml", ".yml"}]
    if not set(wanted) <= set(known):
        for name, entry in _catalogue().items():
            known.setdefault(name, entry)
    for name in wanted:
        if name not in known:
            raise UserError(
                f"lm-eval has no task {name}; name one that `lm-eval ls "
                "tasks` lists, one of a folder given as include, or the path of a YAML file."
            )
    return manager


@cache
def _catalogue() -> dict[str, Any]:
    """Return lm-eval's own 14,000 tasks, which takes seconds."""
    index: dict[str, Any] = TaskManager().task_index
    return index


def _loaded(name: str, manager: TaskManager, *, download: bool) -> Any:
    try:
        return manager.load([name])
    except UserError:
        raise
    except (ConnectionError, datasets.exceptions.DatasetNotFoundError) as failure:
        way = "the hub could not give it" if download else "downloads are off (download: false)"
        raise UserError(
            f"the lm-eval task {name} needs a data set that is not on this machine, and {way}; "
            f"fetch it once with download: true, or name a task with local data, such as "
            f"benchsuite_arc_easy ({_reason(failure)})."
        ) from failure
    except Exception as failure:
        raise UserError(
            f"the lm-eval task {name} cannot be loaded: {_reason(failure)}; mend its YAML file, or "
            "the files it names."
        ) from failure


def _check(name: str, task: Any) -> None:
    """Refuse what cannot be served."""
    if getattr(task, "UNSAFE_CODE", False):
        raise UserError(f"the lm-eval task {name} runs code that models write; leave it out.")
    if getattr(task, "MULTIMODAL", False):
        raise UserError(f"the lm-eval task {name} shows images or sound; leave it out.")


def _set_examples(task: Any, num_fewshot: int | None) -> None:
    """Set the number of examples as lm-eval does: a task's own zero stays zero."""
    own = task.get_config("num_fewshot")
    if own is None or (num_fewshot is not None and own != 0):
        task.set_config(key="num_fewshot", value=num_fewshot or 0)


def _reason(failure: Exception) -> str:
    """Return the first line of what was said, or the kind of failure where nothing was."""
    said = str(failure).strip().partition("\n")[0].rstrip(".")
    return said or type(failure).__name__
