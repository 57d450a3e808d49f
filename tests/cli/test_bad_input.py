"""Bad input: one sentence, exit code 2, nothing written."""

import os

import pytest

REGIME = "regime: mine\nversion: 1\nsummary: Mine.\n"


def refused(command_line, *arguments):
    """Run a command that must fail; return its one sentence."""
    done = command_line(*arguments, exit_code=2)
    progress = ("[", "tiny: ")
    lines = [line for line in done.stderr.splitlines() if not line.startswith(progress)]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0].removeprefix("Error: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["run", "quickstrat"],
            "there is no suite or collection quickstrat, did you mean quickstart?",
        ),
        (["run", "missing.yaml"], "there is no suite or collection file missing.yaml"),
        (["run", "quickstart", "--regime", "repalce"], "did you mean replace?"),
        (["run", "quickstart", "--set", "metrics.0=noveltie"], "did you mean metrics/novelty?"),
        (["run", "quickstart", "--set", "learner.widht=8"], "did you mean width?"),
        (["run", "quickstart", "--set", "generation=8"], "did you mean generations?"),
        (["run", "quickstart", "--set", "learner.width=wide"], "should be a valid integer"),
        (["run", "quickstart", "--set", "learner.width"], "write it as key=value"),
        (["run", "quickstart", "--set", "budget.tokens=0"], "greater than or equal to 1"),
        (["run", "quickstart", "--set", "corpus.path=nowhere.txt"], "nowhere.txt"),
        (["run", "quickstart", "--set", "corpus.out_of_domain=nolib"], "nolib"),
        (["run", "quickstart", "--set", "learner.heads=7"], "must be a multiple"),
        (["run", "quickstart", "--set", "headline.bias.metric=spread"], "headline.bias.metric"),
        (["list", "metrics"], "did you mean metric?"),
        (["show", "noveltie"], "did you mean novelty?"),
        (["lst"], "did you mean list?"),
    ],
)
def test_a_mistake_is_one_sentence(command_line, arguments, said):
    assert said in refused(command_line, *arguments)
    assert not (command_line.folder / "runs" / "quickstart").exists()


@pytest.mark.parametrize(
    ("mixture", "line", "said"),
    [
        ("mixture:\n  - {source: synthetic-last, share: 0.5}\ngenerator: self\n", 1, "up to 0.5"),
        ("mixture:\n  - {source: synthetic-last, share: two}\ngenerator: self\n", 5, "share"),
        ("mixture:\n  - {source: synthetic-next, share: 1}\ngenerator: self\n", 5, "source"),
        ("mixtur:\n  - {source: synthetic-last, share: 1}\n", 4, "did you mean mixture?"),
        ("mixture:\n  - {source: synthetic-last, share: 1}\n", 1, "needs a generator"),
    ],
)
def test_a_regime_is_checked_at_its_line(command_line, mixture, line, said):
    (command_line.folder / "mine.yaml").write_text(REGIME + mixture)
    sentence = refused(command_line, "run", "quickstart", "--regime", "mine.yaml")
    assert sentence.startswith(f"mine.yaml:{line}: ") or line == 1
    assert said in sentence


def test_a_corpus_smaller_than_the_budget(command_line, tiny_suite):
    sentence = refused(
        command_line, "run", str(tiny_suite), "--set", "budget.tokens=9000000", "--out", "out"
    )
    assert "budget.tokens asks for 9,000,000" in sentence
    assert not list((command_line.folder / "out").iterdir())


def test_an_empty_corpus(command_line, tiny_suite):
    (command_line.folder / "empty.txt").write_text("  \n")
    sentence = refused(
        *(command_line, "run", str(tiny_suite), "--set", "corpus={name: files, path: empty.txt}")
    )
    assert "empty.txt has no text" in sentence


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(command_line, tiny_suite):
    folder = command_line.folder / "locked"
    folder.mkdir(mode=0o500)
    for option in ("--out", "--store"):
        sentence = refused(command_line, "run", str(tiny_suite), option, "locked/here")
        assert "cannot be written" in sentence


def test_a_file_where_a_folder_should_be(command_line, tiny_suite):
    (command_line.folder / "file").write_text("")
    for option in ("--out", "--store"):
        sentence = refused(command_line, "run", str(tiny_suite), option, "file/below")
        assert "cannot be written" in sentence
