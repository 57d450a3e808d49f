"""Where the learner `transformers` starts: what it takes, and what it refuses."""

import json
import shutil

import pytest
from benchsuite_learners import transformers_base
from benchsuite_learners.transformers_learner import Transformers, TransformersParameters
from made_up_bases import CONTEXT, job, learner, table

from benchsuite.api import UserError
from benchsuite.lm.tokenizer import TextTokenizer


def test_a_base_that_is_nowhere_is_said_with_the_way_to_go_without_the_hub(tmp_path):
    with pytest.raises(UserError, match=r"owner/nothing is no folder.*give a local folder with"):
        learner("owner/nothing").fingerprint()
    with pytest.raises(UserError, match=r"at revision v1\.0: .*; to go without the hub"):
        learner("owner/nothing", revision="v1.0").fingerprint()
    for path in (tmp_path / "nothing", "./nothing", "a/b/c"):
        with pytest.raises(UserError, match=r"nothing|a/b/c is no folder; give a local folder"):
            learner(path).fingerprint()


def test_a_revision_of_a_local_folder_means_nothing(gpt2):
    with pytest.raises(UserError, match=r"learner\.revision is for the hub"):
        learner(gpt2, revision="main").fingerprint()


def test_a_base_from_the_hub_is_its_snapshot(gpt2, tmp_path, monkeypatch):
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot = shutil.copytree(gpt2, tmp_path / commit)
    asked = []

    def download(name, revision, allow_patterns, local_files_only):
        asked.append((name, revision, local_files_only))
        assert not any("bin" in pattern or pattern == "*" for pattern in allow_patterns)
        return str(snapshot)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    made = learner("owner/model", revision="v2")
    assert made.fingerprint() == commit
    made.fit_tokenizer(table([]), tmp_path, CONTEXT)
    assert asked == [("owner/model", "v2", False), ("owner/model", "v2", True)]
    assert TextTokenizer.load(tmp_path).boundary == TextTokenizer.load(gpt2).boundary


def test_what_the_cache_lacks_is_fetched(gpt2, monkeypatch):
    from huggingface_hub.errors import LocalEntryNotFoundError

    def download(name, local_files_only, **_):
        if local_files_only:
            raise LocalEntryNotFoundError("not there")
        return str(gpt2)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    assert transformers_base.find("owner/model", None).folder == gpt2


def test_the_fingerprint_follows_weights_tokenizer_and_configuration(gpt2, broken):
    first = learner(gpt2).fingerprint()
    assert learner(broken).fingerprint() == first
    (broken / "README.md").write_text("not part of it")
    assert learner(broken, epochs=3).fingerprint() == first
    seen = {first}
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"):
        with (broken / name).open("ab") as file:
            file.write(b" ")
        seen.add(learner(broken).fingerprint())
    assert len(seen) == 5


def test_pickled_weights_are_refused_unread(broken):
    weights = broken / "model.safetensors"
    weights.rename(broken / "pytorch_model.bin")
    for ask in (learner(broken).fingerprint, lambda: learner(broken).training_flops(1)):
        with pytest.raises(UserError, match=r"no weights in \*\.safetensors, and pickled ones"):
            ask()


def test_a_folder_without_configuration_is_no_checkpoint(broken):
    (broken / "config.json").unlink()
    with pytest.raises(UserError, match=r"broken has no config\.json; give a local folder with"):
        learner(broken).fingerprint()


def test_damaged_weights_are_said(broken, tmp_path):
    given = job(broken, tmp_path / "x")
    weights = broken / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(UserError, match=r"cannot open the model in .*broken: .+; give"):
        learner(broken).train(given, CONTEXT)


def test_weights_that_are_missing_are_said(gpt2, broken, tmp_path):
    deeper = json.loads((broken / "config.json").read_text()) | {"n_layer": 3}
    (broken / "config.json").write_text(json.dumps(deeper))
    with pytest.raises(UserError, match=r"lacks 12 of the weights of a GPT2LMHeadModel, such as t"):
        learner(broken).train(job(broken, tmp_path / "x"), CONTEXT)


def test_code_that_a_checkpoint_brings_is_not_run(broken, tmp_path):
    trap = tmp_path / "sprung"
    (broken / "trap.py").write_text(f"open({str(trap)!r}, 'w')\n")
    config = {"model_type": "trap", "auto_map": {"AutoConfig": "trap.C", "AutoModel": "trap.M"}}
    (broken / "config.json").write_text(json.dumps(config))
    with pytest.raises(UserError, match=r"cannot open the configuration in .*; give a causal"):
        learner(broken).training_flops(1)
    assert not trap.exists()


def test_a_tokenizer_must_be_there_end_texts_and_fit_the_model(broken, tmp_path):
    config = json.loads((broken / "config.json").read_text())
    (broken / "config.json").write_text(json.dumps(config | {"vocab_size": 200}))
    with pytest.raises(UserError, match=r"has 2\d\d tokens, and its model knows 200"):
        learner(broken).fit_tokenizer(table([]), tmp_path, CONTEXT)
    (broken / "config.json").write_text(json.dumps(config))
    settings = {"tokenizer_class": "PreTrainedTokenizerFast"}
    (broken / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(UserError, match=r"has no token that ends a text; name one as eos_token"):
        learner(broken).fit_tokenizer(table([]), tmp_path, CONTEXT)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (broken / name).unlink()
    with pytest.raises(UserError, match=r"there is no tokenizer in .*broken; add its files"):
        learner(broken).fit_tokenizer(table([]), tmp_path, CONTEXT)


def test_a_context_longer_than_the_base_was_made_for_is_refused(base):
    made = Transformers(TransformersParameters(base=str(base), length=33))
    with pytest.raises(
        UserError, match=r"learner\.length 33 exceeds the 32 positions of .*most 32"
    ):
        made.training_flops(1)
