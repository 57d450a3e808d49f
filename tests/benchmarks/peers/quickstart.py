"""`benchsuite run quickstart` with other packages: what each takes, and whether they agree.

    benchsuite run quickstart --store runs/.store
    python tests/benchmarks/peers/quickstart.py --json peers.json
    python tests/benchmarks/peers/compare.py runs/quickstart/record.json peers.json

transformers' `Trainer` trains, `generate` writes, lm-eval scores; nltk, zlib, numpy and scipy do
the rest. The models, the human rows, the tokenizer, budgets and regimes are the suite's; the
work is done by one process with as many threads as there are cores. Seeds can be done side by
side, `--threads 1 --set 'seeds=[0]'` and so on; compare.py takes several files.

    python tests/benchmarks/peers/quickstart.py --check runs/.store

measures one finished model of the store, and the samples it wrote, once more with these packages.
It takes accelerate, lm_eval and nltk.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import click

from benchsuite.errors import UserError

PACKAGES = ("torch", "transformers", "accelerate", "lm_eval", "nltk", "numpy", "scipy")


def main() -> None:
    """Do what the command line says."""
    started = time.time()
    options = _parser().parse_args()
    try:
        if options.check:
            _check(options)
        else:
            _run(options, started)
    except UserError as failure:
        sys.exit(str(failure))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--json", type=Path, metavar="OUT", help="run, and write this file")
    what.add_argument("--check", metavar="STORE", help="measure a finished model of this store")
    parser.add_argument("--suite", default="quickstart")
    parser.add_argument("--store", default="runs/.store", help="has human rows and tokenizer")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--generations", type=int)
    parser.add_argument("--regimes", nargs="+", default=())
    parser.add_argument("--budget", type=int, help="tokens that a model is trained on")
    parser.add_argument("--set", nargs="+", default=(), dest="settings", metavar="KEY=VALUE")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    return parser


def _run(options: argparse.Namespace, started: float) -> None:
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    plan, store = _plan(options, options.store)
    import torch
    from peer_grid import Grid, given

    torch.set_num_threads(options.threads)
    grid = Grid(plan, given(plan, store))
    ready = time.time()
    measurements = grid.run()
    finished = time.time()
    report = {
        "suite": plan.suite.suite.suite,
        "suite_digest": plan.suite.digest,
        "command": sys.argv,
        "threads": options.threads,
        "packages": {name: version(name) for name in PACKAGES},
        "started": started,
        "finished": finished,
        "seconds": finished - started,
        "parts": {"start": ready - started, **grid.seconds},
        "measurements": measurements,
    }
    options.json.write_text(json.dumps(report, indent=1) + "\n")
    parts = ", ".join(f"{name} {seconds:.1f}" for name, seconds in report["parts"].items())
    click.echo(f"{report['seconds']:.1f} s in all: {parts}; {options.json} holds the measurements.")


def _check(options: argparse.Namespace) -> None:
    plan, store = _plan(options, options.check)
    from peer_check import check, table

    label, rows = check(plan, store)
    click.echo(
        f"{label}: values of benchsuite and of other packages, on the same model and samples\n"
    )
    click.echo(table(rows))
    if not all(row.agrees for row in rows):
        sys.exit(1)


def planned(
    suite: str,
    store: str,
    regimes: Sequence[str] = (),
    seeds: int | None = None,
    generations: int | None = None,
    settings: Sequence[str] = (),
):
    """Return the plan that `benchsuite run` would carry out, and the store."""
    from benchsuite.cli import registry
    from benchsuite.cli.options import changes, resolved_device
    from benchsuite.engine.plan import plan
    from benchsuite.engine.store import Store
    from benchsuite.suites.resolve import resolve

    resolved = resolve(suite, registry(), changes(regimes, seeds, generations, settings))
    return plan(resolved, resolved_device("cpu")), Store(store)


def _plan(options: argparse.Namespace, store: str):
    budget = [f"budget.tokens={options.budget}"] if options.budget else []
    return planned(
        options.suite,
        store,
        options.regimes,
        options.seeds,
        options.generations,
        [*options.settings, *budget],
    )


if __name__ == "__main__":
    main()
