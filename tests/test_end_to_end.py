"""A really tiny suite through the command line, from nothing to its record."""

import json
import re
import shutil
import signal
import time
from collections import defaultdict
from itertools import product
from pathlib import Path

import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from command_line import CommandLine

from benchsuite.records.record import Record

FILES = ["cards", "measurements.parquet", "record.json", "report.html", "samples.parquet"]
MODELS = 2 * (1 + 2 * 4)  # seeds x (generation 0 + generations x regimes)


def record_of(folder: Path) -> Record:
    return Record.model_validate_json((folder / "record.json").read_bytes())


def reproducible(folder: Path) -> list[dict]:
    """Return the measurements that two runs must agree on, to the last bit."""
    skipped = [m.name for m in record_of(folder).metrics if not m.reproducible]
    rows = pq.read_table(folder / "measurements.parquet").to_pylist()
    return [row for row in rows if row["metric"] not in skipped]


def of_metric(table: pa.Table, metric: str, slice_: str) -> pa.Table:
    return table.filter(
        pc.and_(pc.equal(table["metric"], metric), pc.equal(table["slice"], slice_))
    )


def steps_missing(line: CommandLine, *arguments: str) -> list[dict]:
    """Return the steps that a run with these arguments would still compute."""
    steps = json.loads(line("plan", *arguments, "--json").stdout)["steps"]
    return [step for step in steps if not step["in_store"]]


@pytest.fixture(scope="session")
def finished(tmp_path_factory, tiny_suite) -> Path:
    """A folder in which the tiny suite was run: `out` and `store`."""
    folder = tmp_path_factory.mktemp("finished")
    line = CommandLine(folder)
    done = line("run", str(tiny_suite), "--out", "out", "--store", "store", "--workers", "2")
    (folder / "stdout").write_text(done.stdout)
    (folder / "stderr").write_text(done.stderr)
    return folder


@pytest.fixture
def copy(finished, tmp_path) -> CommandLine:
    """The command line in a copy of that folder."""
    shutil.copytree(finished, tmp_path / "copy")
    return CommandLine(tmp_path / "copy")


def test_a_run_leaves_its_four_files_and_nothing_else(finished):
    assert sorted(path.name for path in (finished / "out").iterdir()) == FILES
    assert not list((finished / "store" / "unfinished").iterdir())


def test_measurements_are_complete(finished):
    table = pq.read_table(finished / "out" / "measurements.parquet")
    assert table.column_names == [
        *("regime", "generation", "seed", "axis", "metric", "slice", "value", "lower", "upper"),
        *("n", "chance", "informative", "unit", "higher_is_better", "contaminated", "drift"),
    ]
    bits = of_metric(table, "metrics/bits-per-byte", "in-domain")
    cells = {(r["regime"], r["generation"], r["seed"]) for r in bits.to_pylist()}
    regimes = ("real", "replace", "hybrid-50", "self-graded")
    assert cells == {(r, g, s) for r in regimes for g in range(3) for s in range(2)}
    assert bits["value"].null_count == 0
    first = (
        bits.filter(pc.equal(bits["generation"], 0))
        .group_by("seed")
        .aggregate([("value", "count_distinct")])
    )
    assert first["value_count_distinct"].to_pylist() == [1, 1]  # trained once for all regimes


def test_every_generation_is_trained_on_the_same_number_of_tokens(finished):
    table = pq.read_table(finished / "out" / "measurements.parquet")
    trained = of_metric(table, "metrics/tokens", "train")
    assert set(trained["value"].to_pylist()) == {4096.0}


def test_the_record_says_what_was_run(finished):
    record = record_of(finished / "out")
    assert record.suite.document["learner"]["learning_rate"] == 0.004  # a default, spelled out
    assert [regime.name for regime in record.regimes] == [
        "real",
        "replace",
        "hybrid-50",
        "self-graded",
    ]
    assert [regime.control for regime in record.regimes] == [True, False, False, False]
    assert {c.name for c in record.components} >= {"corpora/files", "learners/llama"}
    assert not record.failures
    assert next(cost for cost in record.costs if cost.kind == "train").steps == MODELS
    assert {c.split for c in record.corpus.splits} == {
        "train",
        "validation",
        "test",
        "out-of-domain",
    }


def test_samples_carry_their_provenance(finished):
    samples = pq.read_table(finished / "out" / "samples.parquet").to_pylist()
    graded = [s for s in samples if s["regime"] == "self-graded" and s["use"] == "training"]
    assert {s["generation"] for s in graded} == {0, 1}
    assert {grade["grader"] for s in graded for grade in s["grades"]} == {"graders/self-likelihood"}
    scores = defaultdict(list)
    for sample in graded:
        where = (sample["generation"], sample["seed"], sample["kept"])
        scores[where].append(sample["grades"][0]["score"])
    for generation, seed in product((0, 1), (0, 1)):
        assert min(scores[generation, seed, True]) >= max(scores[generation, seed, False])
    assert all(s["generator"] == "generators/self" and s["text"] for s in samples)


def test_the_closing_table_names_axes_and_regimes(finished):
    printed = (finished / "stdout").read_text()
    for word in ("generalization", "creativity", "replace", "self-graded", "out/report.html"):
        assert word in printed
    assert re.search(r"replace +[+-]\d", printed)


def test_progress_is_plain_lines_where_there_is_no_terminal(finished):
    lines = (finished / "stderr").read_text().splitlines()
    assert re.fullmatch(r"tiny: \d+ steps, 0 of them already in the store", lines[0])
    assert re.fullmatch(r"\[ *\d+/\d+\] \d+:\d\d left, .*", lines[-1])
    assert "\x1b" not in "".join(lines)


def test_checkpoints_in_the_store_open_with_transformers(finished):
    transformers = pytest.importorskip("transformers")
    folder = next((finished / "store").glob("steps/*/*/model.safetensors")).parent
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    assert model.config.vocab_size == len(tokenizer)


def test_the_same_command_again_computes_nothing(copy, tiny_suite):
    before = json.loads((copy.folder / "out" / "record.json").read_text())
    copy("run", str(tiny_suite), "--out", "out", "--store", "store", "--workers", "2")
    after = json.loads((copy.folder / "out" / "record.json").read_text())
    assert after["times"]["computed"] == 0
    for record in (before, after):
        del record["times"]
    assert before == after


def test_an_empty_store_and_one_worker_give_the_same_numbers(finished, command_line, tiny_suite):
    command_line("run", str(tiny_suite), "--out", "out", "--store", "store", "--workers", "1")
    ours, theirs = command_line.folder / "out", finished / "out"
    assert reproducible(ours) == reproducible(theirs)
    assert (ours / "samples.parquet").read_bytes() == (theirs / "samples.parquet").read_bytes()


def test_a_killed_run_goes_on(finished, command_line, tiny_suite):
    arguments = ("run", str(tiny_suite), "--out", "out", "--store", "store", "--workers", "2")
    process = command_line.start(*arguments)
    steps = command_line.folder / "store" / "steps"
    while len(list(steps.glob("*/*"))) < 20:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    workers = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    psutil.wait_procs(workers, timeout=30)
    assert not [worker for worker in workers if worker.is_running()]
    assert not (command_line.folder / "out" / "record.json").exists()

    command_line(*arguments)
    record = record_of(command_line.folder / "out")
    assert record.times.reused >= 20
    assert record.times.computed > 0
    assert reproducible(command_line.folder / "out") == reproducible(finished / "out")


@pytest.mark.usefixtures("interruptible")
def test_an_interrupted_run_says_so_in_one_line(command_line, tiny_suite):
    process = command_line.start("run", str(tiny_suite), "--store", "store", "--workers", "2")
    steps = command_line.folder / "store" / "steps"
    while not list(steps.glob("*/*")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    main = psutil.Process(process.pid)
    for each in [*main.children(), main]:  # as a terminal does; the last one ends the others
        each.send_signal(signal.SIGINT)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert err.splitlines()[-1] == "Interrupted; the same command goes on from here."
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["model.safetensors", "rows.parquet", "manifest.json"])
def test_a_damaged_file_is_set_aside_and_made_again(copy, tiny_suite, name):
    arguments = (str(tiny_suite), "--store", "store")
    before = reproducible(copy.folder / "out")
    path = sorted((copy.folder / "store").glob(f"steps/*/*/{name}"))[3]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    done = copy("run", *arguments, "--out", "out", "--workers", "1")
    assert "damaged" in done.stderr
    assert record_of(copy.folder / "out").times.computed == 1
    assert reproducible(copy.folder / "out") == before
    assert len(list((copy.folder / "store" / "damaged").iterdir())) == 1


def test_a_changed_regime_reruns_only_itself(copy, tiny_suite):
    changed = copy.folder / "hybrid.yaml"
    changed.write_text(
        "regime: hybrid-50\nversion: 2\nsummary: A quarter human.\ngenerator: self\nmixture:\n"
        "  - {source: human-fixed, share: 0.25}\n  - {source: synthetic-last, share: 0.75}\n"
    )
    regimes = [f"--regime={name}" for name in ("replace", "hybrid.yaml", "self-graded")]
    missing = steps_missing(copy, str(tiny_suite), "--store", "store", *regimes)
    assert missing
    assert {re.search(r"(\S+), generation", step["label"])[1] for step in missing} == {"hybrid-50"}


def test_a_changed_metric_parameter_reruns_only_that_metric(copy, tiny_suite):
    arguments = (str(tiny_suite), "--store", "store", "--set", "metrics.5={name: novelty, n: 3}")
    missing = steps_missing(copy, *arguments)
    assert len(missing) == MODELS
    assert all(step["label"].startswith("measure novelty of") for step in missing)


def test_a_loss_that_is_not_a_number_names_the_step(command_line, tiny_suite):
    done = command_line(
        *("run", str(tiny_suite), "--store", "store", "--set", "learner.learning_rate=1e30"),
        *("--workers", "1", "--generations", "1", "--seeds", "1"),
        exit_code=2,
    )
    assert "train real, generation 0, seed 0" in done.stderr
    assert "lower learner.learning_rate" in done.stderr
    record = record_of(command_line.folder / "runs" / "tiny")
    assert any(f.step == "train real, generation 0, seed 0" for f in record.failures)
    assert "Traceback" not in done.stderr
