"""A checkpoint of ours behind `transformers serve`: it writes rows, and judges them."""

import importlib.util
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pyarrow as pa
import pytest
from benchsuite_endpoints.judge import Judge, JudgeParameters
from benchsuite_endpoints.writer import Writer, WriterParameters
from benchsuite_learners.llama import Llama, LlamaParameters

from benchsuite.api import Context, Decoding, GenerationRequest, HumanRows, TrainingJob
from benchsuite.lm.device import Device

CONTEXT = Context(3, Device("cpu", "fp32"))
NAMES = ("ada", "ben", "cleo", "dan")
ROWS = [f"{name} is good. Score: 5" for name in NAMES] + [f"{n} is bad. Score: 2" for n in NAMES]
TEMPLATE = "{% for message in messages %}{{ message['content'] }}{% endfor %}"
SECONDS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model that has learned who is good, and what score that is."""
    learner = Llama(LlamaParameters(vocabulary=300, width=32, layers=1, heads=2, feedforward=64,
                                    length=32, epochs=30, learning_rate=0.01))  # fmt: skip
    root = tmp_path_factory.mktemp("served")
    paths = [root / name for name in ("tokenizer", "model", "scratch")]
    for path in paths:
        path.mkdir()
    tokenizer, folder, scratch = paths
    human = pa.table({"text": ROWS * 8})
    learner.fit_tokenizer(human, tokenizer, CONTEXT)
    rows = learner.tokenize(human, tokenizer)
    amount = sum(rows["tokens"].to_pylist())
    learner.train(
        TrainingJob(rows, amount, "tokens", tokenizer, 1, folder, scratch, amount), CONTEXT
    )
    (folder / "chat_template.jinja").write_text(TEMPLATE)
    return folder


@pytest.fixture(scope="module")
def served(folder):
    """The URL of `transformers serve`, which lasts as long as the tests of this file."""
    for package in ("fastapi", "uvicorn", "openai"):
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"{package} is not installed; pip install transformers[serving]")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "transformers.cli.transformers", "serve", str(folder)]
    offline = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with (folder.parent / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"],
            env={**os.environ, **offline, "HF_HOME": str(folder.parent)},
            stdout=log,
            stderr=log,
        )
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process, folder.parent / "log")
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(url, process, log):
    until = time.monotonic() + SECONDS
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while process.poll() is None and time.monotonic() < until:
        try:
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"transformers serve is not there: {log.read_text(errors='replace')[-2000:]}")


def test_our_model_writes_and_judges_behind_an_api(folder, served, tmp_path):
    asking = {
        "url": served,
        "model": str(folder),
        "cache": str(tmp_path / "answers.sqlite"),
        "max_tokens": 12,
        "concurrency": 2,
    }
    human = HumanRows(pa.table({"text": NAMES, "id": NAMES, "split": ["train"] * 4}))
    model = Llama(LlamaParameters()).open(folder, CONTEXT.device)
    request = GenerationRequest(
        model, human, 3, "rows", Decoding(temperature=0.0), prompts=["ada is", "ben is bad."]
    )
    written = Writer(WriterParameters(**asking, api="completions", keep_cut=True)).generate(
        request, CONTEXT
    )
    assert written["prompt"].to_pylist() == ["ada is", "ben is bad.", "ada is"]
    assert written["text"][1].as_py().strip().startswith("Score: 2")
    assert all(name.startswith(str(folder)) for name in written["model"].to_pylist())
    told = {"template": "{text} is", "keep_cut": True, "most_dropped": 0.9}
    in_chat = Writer(WriterParameters(**asking, **told)).generate(request, CONTEXT)
    assert in_chat.num_rows == 3
    assert all(parents[0] in NAMES for parents in in_chat["parents"].to_pylist())
    rubric = {"rubric": "{text} Score:", "pattern": r"^\s*([1-5])"}
    for api in ("completions", "chat"):
        judge = Judge(JudgeParameters(**asking, **rubric, api=api))
        rows = pa.table({"text": ["cleo is good.", "dan is bad.", "ada is good."]})
        assert judge.grade(rows, model, human, CONTEXT).tolist() == [5, 2, 5]
