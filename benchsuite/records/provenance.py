"""Where a run's numbers come from: components, packages, source revision, hardware."""

from __future__ import annotations

import filecmp
import hashlib
import inspect
import json
import os
import platform
import subprocess
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import psutil
import pyarrow as pa

import benchsuite
from benchsuite.engine.offers import metric_class
from benchsuite.lm.native.library import kernels
from benchsuite.plugins.loading import digest
from benchsuite.records.record import (
    ComponentEntry,
    CorpusEntry,
    Environment,
    Hardware,
    MetricEntry,
    RegimeEntry,
    SplitSize,
    SuiteEntry,
)
from benchsuite.suites.resolve import Chosen, ResolvedSuite

_PACKAGES = (
    "numpy",
    "pyarrow",
    "safetensors",
    "scipy",
    "tokenizers",
    "torch",
    "transformers",
)


def suite_entry(suite: ResolvedSuite) -> SuiteEntry:
    """Return the suite as it was run."""
    return SuiteEntry(
        name=suite.suite.suite,
        version=suite.suite.version,
        digest=suite.digest,
        document=suite.document(),
    )


def regime_entries(suite: ResolvedSuite) -> list[RegimeEntry]:
    """Return the regimes as they were run, the control first."""
    return [
        RegimeEntry(
            name=regime.name,
            version=regime.regime.version,
            summary=regime.regime.summary,
            control=suite.control_of(regime) is regime,
            against=suite.control_of(regime).name,
            generations=suite.last_generation(regime),
            digest=regime.digest,
            document=regime.document(),
        )
        for regime in suite.regimes
    ]


def component_entries(suite: ResolvedSuite) -> list[ComponentEntry]:
    """Return every component that a suite and its regimes use, once."""
    used = [suite.corpus, suite.learner, suite.sampler, *suite.metrics]
    for regime in suite.regimes:
        used += [regime.generator] if regime.generator else []
        for gradings in (regime.graders, *regime.choosers.values()):
            used += [grader for grader, _ in gradings]
    entries = {chosen.registered: _component(chosen) for chosen in used}
    return sorted(entries.values(), key=lambda entry: (entry.kind, entry.name))


def _component(chosen: Chosen) -> ComponentEntry:
    component, provider = chosen.registered.component, chosen.registered.provider
    return ComponentEntry(
        kind=component.kind,
        name=component.name,
        version=component.version,
        distribution=provider.distribution,
        distribution_version=provider.version,
        source=digest(chosen.registered),
    )


def metric_entries(suite: ResolvedSuite) -> list[MetricEntry]:
    """Return what each metric's numbers mean."""
    return [_metric(metric) for metric in suite.metrics]


def _metric(metric: Chosen) -> MetricEntry:
    kind = metric_class(metric)
    return MetricEntry(
        name=metric.name,
        summary=metric.registered.component.summary,
        definition=inspect.getdoc(kind) or "",
        axis=kind.axis,
        unit=kind.unit,
        best=kind.best,
        context_slices=sorted(kind.context_slices),
        reproducible=kind.reproducible,
        chance=kind.chance,
        contaminated_above=metric.make().contaminated_above,
        tasks=kind.tasks,
    )


def corpus_entry(rows: pa.Table) -> CorpusEntry:
    """Return identity and sizes of the human rows."""
    sha256 = hashlib.sha256()
    for identity, split in zip(rows["id"].to_pylist(), rows["split"].to_pylist(), strict=True):
        sha256.update(f"{identity}\0{split}\n".encode())
    wanted = [("document", "count_distinct"), ("id", "count")]
    wanted += [("tokens", "sum")] if "tokens" in rows.column_names else []
    sizes = rows.group_by(["split", "domain"]).aggregate(wanted)
    splits = [
        SplitSize(
            split=size["split"],
            domain=size["domain"],
            documents=size["document_count_distinct"],
            rows=size["id_count"],
            tokens=size.get("tokens_sum"),
        )
        for size in sizes.sort_by([("split", "ascending"), ("domain", "ascending")]).to_pylist()
    ]
    return CorpusEntry(digest=sha256.hexdigest(), splits=splits)


def environment(device: tuple[str, str]) -> Environment:
    """Return what this process runs on."""
    revision, dirty = git_revision(checkout(Path(benchsuite.__file__).parent))
    return Environment(
        benchsuite=benchsuite.__version__,
        git_revision=revision,
        git_dirty=dirty,
        source=_own_source(Path(benchsuite.__file__).parent),
        python=platform.python_version(),
        platform=f"{platform.system()} {platform.machine()}",
        packages=dict(_versions(_PACKAGES)),
        hardware=_hardware(device[0]),
        device=device[0],
        precision=device[1],
        kernels=kernels(device[0]),
    )


def _own_source(package: Path) -> str:
    """Return the SHA-256 over the names and contents of a package's files, compiled ones apart."""
    sha256 = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and path.suffix not in {".pyc", ".so"}:
            content = hashlib.sha256(path.read_bytes()).hexdigest()
            sha256.update(f"{path.relative_to(package).as_posix()}\0{content}\n".encode())
    return sha256.hexdigest()


def _versions(names: Iterable[str]) -> Iterable[tuple[str, str]]:
    for name in names:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            continue


def checkout(package: Path) -> Path:
    """Return where a package's source is: the folder it was installed from, if it is the same.

    pip notes that folder in `direct_url.json` (PEP 610). A checkout that has changed since it
    was installed does not say what runs here, so the installed package stands for itself.
    """
    try:
        noted = distribution(package.name).read_text("direct_url.json")
    except PackageNotFoundError:
        noted = None
    path = urlsplit(json.loads(noted)["url"]).path if noted else ""
    source = Path(url2pathname(path)) / package.name
    sources = [file for file in package.rglob("*") if file.suffix in {".py", ".c", ".h"}]
    files = [str(file.relative_to(package)) for file in sources]
    same, _, _ = filecmp.cmpfiles(package, source, files, shallow=False)
    return source if path and len(same) == len(files) else package


def git_revision(folder: Path) -> tuple[str | None, bool | None]:
    """Return the commit of the checkout that a folder is tracked in, and whether it is changed.

    What changed elsewhere in the checkout, such as a board's entries, does not matter to it.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-C", str(folder), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    try:
        git("ls-files", "--error-unmatch", "__init__.py")
        return git("rev-parse", "HEAD"), bool(git("status", "--porcelain", "."))
    except (OSError, subprocess.CalledProcessError):
        return None, None


def _hardware(device: str) -> Hardware:
    accelerator = None
    if device == "cuda":
        import torch

        accelerator = torch.cuda.get_device_name()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return Hardware(
        processor=_processor(),
        cores=cores or 1,
        memory=psutil.virtual_memory().total,
        accelerator=accelerator,
    )


def _processor() -> str:
    """Return the processor's model, which `platform` does not tell on Linux."""
    try:
        info = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.processor() or platform.machine()
    models = [line.partition(":")[2].strip() for line in info.splitlines() if "model name" in line]
    return models[0] if models else platform.machine()
