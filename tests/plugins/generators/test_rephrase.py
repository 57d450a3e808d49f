"""Human rows written anew: by the current model, or by a checkpoint of its own."""

import logging
import shutil
from collections import Counter

import pytest
from benchsuite_generators.rephrase import Rephrase, RephraseParameters
from pydantic import ValidationError
from spoken_model import Says, human, request

from benchsuite.api import Context, Decoding, UserError, make_part
from benchsuite.lm.device import Device

TEXTS = ["the old cat sleeps", "a bird", "rain fell on the sea", "the end"]
HUMAN = human(TEXTS)
DEVICE = Device("cpu", "fp32")


def made(current, amount=10, unit="rows", seed=0, rows=HUMAN, decoding=None, **parameters):
    generator = Rephrase(RephraseParameters(**parameters))
    return generator.generate(request(current, rows, amount, unit, decoding), Context(seed, DEVICE))


def test_a_row_is_what_follows_a_human_row_and_the_style():
    rows = made(Says("a cat", "a rat"), 16, template="In {style}: {text}.", style="{text} prose")
    for prompt, (parent,) in zip(
        rows["prompt"].to_pylist(), rows["parents"].to_pylist(), strict=True
    ):
        source = TEXTS[int(parent[1:])]
        assert prompt == f"In {{text}} prose: {source}.".replace("{text}", source)
    assert set(rows["text"].to_pylist()) == {"a cat", "a rat"}
    assert set(rows["yield"].to_pylist()) == {1.0}


def test_human_text_is_never_taken_for_the_template():
    (prompt,) = set(made(Says("a"), 3, rows=human(["{style}"]), style="x")["prompt"].to_pylist())
    assert prompt.startswith("{style}\n")


def test_no_human_row_is_used_twice_until_all_have_been():
    orders = []
    for seed in (0, 1):
        rows = made(Says("a"), 32, seed=seed)
        parents = [parent for (parent,) in rows["parents"].to_pylist()]
        for start in range(0, 32, 4):
            assert set(parents[start : start + 4]) == {"h0", "h1", "h2", "h3"}
        orders.append(parents)
    assert orders[0] != orders[1]
    assert len({tuple(orders[0][i : i + 4]) for i in range(0, 32, 4)}) > 1


def test_a_row_that_stays_empty_takes_its_turn():
    model = Says("a", "")
    rows = made(model, 100)
    assert set(rows["text"].to_pylist()) == {"a"}
    assert max(Counter(model.asked).values()) - min(Counter(model.asked).values()) <= 1


@pytest.mark.parametrize("decoding", [Decoding(), Decoding(temperature=0)])
def test_the_seed_decides(decoding):
    model = Says("a", "b", "c")
    first, again, other = (made(model, 40, seed=seed, decoding=decoding) for seed in (1, 1, 2))
    assert first.equals(again)
    assert not first.equals(other)


def test_human_rows_are_cut_to_the_excerpt_and_to_half_of_the_room():
    (prompt,) = set(made(Says("a"), 4, excerpt=3, template="{text}|")["prompt"].to_pylist()[:1])
    assert len(prompt) == 4
    model = Says("a")
    model.length = 11
    prompts = set(made(model, 4, template="{text}|")["prompt"].to_pylist())
    assert prompts == {"the o|", "a bir|", "rain |", "the e|"}
    model.length = 2
    with pytest.raises(UserError, match=r"template and style are 1 tokens, and the model sees 2;"):
        made(model, 4, template="{text}|")


def test_a_character_that_is_cut_is_left_out(gpt2):
    model = opened(gpt2)
    rows = made(model, 4, rows=human(["é" * 40]), excerpt=3, template="{text}|")
    (prompt,) = set(rows["prompt"].to_pylist())
    assert set(prompt) == {"é", "|"}


def test_rows_are_kept_by_the_share_of_their_words_that_the_source_has(caplog):
    model = Says("The END!", "the end is near", "zebra", "12")
    with caplog.at_level(logging.INFO):
        rows = made(model, 60, rows=human(["the end"]), overlap=[0.4, 0.9], tries=50)
    assert set(rows["text"].to_pylist()) == {"the end is near"}
    (share,) = set(rows["yield"].to_pylist())
    assert share == pytest.approx(0.25, abs=0.12)
    (told,) = caplog.messages
    assert told.startswith("generators/rephrase: ")
    assert set(made(model, 60, rows=human(["the end"]), overlap=[1, 1])["text"].to_pylist()) == {
        "The END!"
    }
    with pytest.raises(RuntimeError, match="0 of 60 rows are there after 20 times"):
        made(Says("zebra"), 60, overlap=[0.1, 0.9])


def test_tokens_are_asked_for_with_the_ends_of_rows():
    texts = made(Says("a rare cat", "rare"), 3000, "tokens")["text"].to_pylist()
    sizes = [len(text) + 1 for text in texts]
    assert sum(sizes[:-1]) < 3000 <= sum(sizes)


def test_no_human_rows_are_told():
    with pytest.raises(RuntimeError, match="no human training rows to rephrase"):
        made(Says("a"), rows=human([]))


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"template": "again"}, "a template has {text} in it"),
        ({"overlap": [0.9, 0.1]}, "the smaller share first"),
        ({"overlap": [0.9, 1.1]}, "less than or equal to 1"),
        ({"model": {"name": "learners/llama"}}, "learners/llama has no checkpoint to open; name"),
        ({"model": {"base": "x", "lengths": 3}}, "has no parameter 'lengths'"),
        ({"style": ""}, "at least 1 character"),
    ],
)
def test_wrong_parameters_are_refused(parameters, reason):
    with pytest.raises(ValidationError, match=reason):
        RephraseParameters(**parameters)


# -- another model --------------------------------------------------------------------------


def opened(folder):
    document = {"name": "learners/transformers", "base": str(folder), "length": 16}
    return make_part("learner", document).open_base(DEVICE)


@pytest.mark.parametrize("name", ["learners/transformers", "learners/llama"])
def test_another_model_writes_in_place_of_the_current_one(gpt2, name):
    chosen = {"name": name, "base": str(gpt2), "length": 16}
    asked = {"template": "{text}|", "excerpt": 4}
    rows = made(Says("unasked"), 20, model=chosen, **asked)
    same = made(opened(gpt2), 20, **asked)
    assert rows["prompt"].to_pylist() == same["prompt"].to_pylist()
    assert "unasked" not in rows["text"].to_pylist()
    if name == "learners/transformers":
        assert rows["text"].to_pylist() == same["text"].to_pylist()
    assert rows.equals(made(Says("unasked"), 20, model=chosen, **asked))


def test_the_operations_of_the_other_model_are_told(gpt2):
    chosen = {"name": "learners/transformers", "base": str(gpt2), "length": 16}
    told = []
    parameters = RephraseParameters(model=chosen, template="{text}|", excerpt=4)
    asked = request(Says("unasked"), HUMAN, 3)
    rows = Rephrase(parameters).generate(asked, Context(0, DEVICE, spend=told.append))
    a_token = opened(gpt2).flops(1)
    read = [len(ids) for ids in opened(gpt2).encode(rows["prompt"].to_pylist())]
    assert a_token > 0
    assert sum(told) % a_token == 0
    assert sum(told) > a_token * sum(read)  # what follows is counted, too


def test_the_operations_of_the_current_model_are_those_of_all_it_reads_and_writes():
    told, current = [], Says("unasked")
    current.flops = lambda tokens: tokens
    generator = Rephrase(RephraseParameters(template="{text}|"))
    generator.generate(request(current, HUMAN, 1), Context(0, DEVICE, spend=told.append))
    ends = 2  # the boundary before a prompt, and that after the row
    assert sum(told) == sum(len(prompt + "unasked") + ends for prompt in current.asked)


def test_a_folder_is_enough_of_a_model_and_its_files_are_in_the_fingerprint(gpt2, tmp_path):
    copy = shutil.copytree(gpt2, tmp_path / "copy")
    generator = Rephrase(RephraseParameters(model=str(copy)))
    assert generator.parameters.model["name"] == "learners/transformers"
    first = generator.fingerprint()
    assert generator.fingerprint() == first
    config = copy / "config.json"
    config.write_text(config.read_text() + " ")
    assert generator.fingerprint() != first
    longer = Rephrase(RephraseParameters(model={"base": str(copy), "length": 17}))
    assert longer.fingerprint() != generator.fingerprint()
    assert Rephrase(RephraseParameters()).fingerprint() == ""


def test_a_model_that_is_not_there_is_told(tmp_path, gpt2):
    missing = Rephrase(RephraseParameters(model=str(tmp_path / "none")))
    with pytest.raises(UserError, match=r"^generators/rephrase, in its parameter model: learner"):
        missing.fingerprint()
    with pytest.raises(UserError, match="length 999 exceeds the 32 positions"):
        made(Says("a"), model={"base": str(gpt2), "length": 999})
