"""What a run made, told so that others' tools read it; text of others stays text."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
import yaml
from huggingface_hub import ModelCard
from made_up_suite import REGIMES, Watcher, numbers_plan

from benchsuite.data import catalogue
from benchsuite.engine.executor import execute
from benchsuite.engine.store import Store
from benchsuite.engine.work import read_rows
from benchsuite.records.cards.licence import human_licence
from benchsuite.records.cards.markdown import code, escaped
from benchsuite.records.write import Occasion, write_run

EVIL = "evil\n---\n# Head | <script>alert(1)</script> [x](http://evil) `a` \u202e"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    made = numbers_plan()
    store = Store(str(folder / "store"))
    outcome = execute(made, store, Watcher(), workers=1)
    occasion = Occasion(f"benchsuite run {EVIL}", datetime.now(UTC))
    (folder / "out" / "cards").mkdir(parents=True)
    (folder / "out" / "cards" / "old.md").write_text("of a run before")
    record = write_run(made, store, outcome, occasion, folder / "out")
    return made, store, record, folder / "out"


def data_card(run, regime):
    return json.loads((run[3] / "cards" / f"{regime}.croissant.json").read_text())


def test_there_is_a_model_card_a_generation_and_a_data_card_where_rows_were_written(run):
    names = sorted(path.name for path in (run[3] / "cards").iterdir())
    assert names == sorted(
        [f"{regime}-generation-{generation}.md" for regime in REGIMES for generation in range(3)]
        + [f"{regime}.croissant.json" for regime in REGIMES if regime != "real"]
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore:ConjunctiveGraph")
@pytest.mark.parametrize("regime", ["replace", "graded"])
def test_data_cards_are_valid_croissant(run, regime):
    croissant = pytest.importorskip("mlcroissant")
    path = run[3] / "cards" / f"{regime}.croissant.json"
    dataset = croissant.Dataset(jsonld=str(path))  # raises on what is not valid
    assert not dataset.metadata.ctx.issues.errors
    generations = [
        {name.rpartition("/")[2]: value for name, value in row.items()}
        for row in dataset.records("generations")
    ]
    assert {(row["generation"], row["seed"]) for row in generations} == {
        (generation, seed) for generation in (0, 1) for seed in run[2].seeds
    }


def test_a_data_card_tells_how_rows_were_made_and_which_file_holds_them(run):
    made, store, _, folder = run
    card = data_card(run, "graded")
    (file,) = card["distribution"]
    held = (folder / "cards" / file["contentUrl"]).read_bytes()
    assert file["sha256"] == hashlib.sha256(held).hexdigest()
    assert file["contentSize"] == f"{len(held)} B"
    named = ("made-up/near", "made-up/large", "made-up/mean")
    for words in (*named, '"best": 0.5', "temperature 1", "seeds: 0, 1"):
        assert words in card["rai:dataCollection"]
    for row in card["recordSet"][1]["data"]:
        rows = read_rows(store.path(row["generations/step"]))
        assert row["generations/rows"] == rows.num_rows
        assert row["generations/kept"] == sum(rows["kept"].to_pylist()) < rows.num_rows
        assert made.steps[row["generations/model"]].kind == "train"


def test_model_cards_are_read_by_the_hub_with_what_was_measured(run):
    made, _, record, folder = run
    card = ModelCard.load(folder / "cards" / "replace-generation-2.md")
    values = {result.metric_type: result.metric_value for result in card.data.eval_results}
    compared = [c for c in record.comparisons if (c.regime, c.generation) == ("replace", 2)]
    assert compared
    for found in compared:
        assert values[f"{found.metric} {found.slice}"] == pytest.approx(found.value)
        assert f"{found.difference:.4g}" in card.text
    for cell in made.cells:
        there = (cell.regime, cell.generation) == ("replace", 2)
        assert (cell.train in card.text) == there
    assert "text of generation 1: 1 of a budget" in card.text
    first = (folder / "cards" / "replace-generation-0.md").read_text()
    assert "human text: 1 of a budget" in first
    assert all((cell.train in first) == (cell.generation == 0) for cell in made.cells)
    assert "is the control" in (folder / "cards" / "real-generation-2.md").read_text()


def test_text_of_others_stays_text(run):
    text = (run[3] / "cards" / "replace-generation-2.md").read_text()
    assert "<script" not in text.replace(code(f"benchsuite run {EVIL}"), "")
    assert "\u202e" not in text
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["model-index"][0]["name"] == "numbers-replace-generation-2"
    assert escaped(EVIL) == (
        r"evil --- \# Head \| &lt;script>alert(1)&lt;/script> \[x\](http\://evil) \`a\` "
        "\u27e8U+202E\u27e9"
    )
    assert escaped("- a & b") == r"\- a &amp; b"
    assert code("a `` b | c\nd") == "``` a `` b \u2223 c d ```"


def test_the_licence_of_human_text_is_told_where_the_catalogue_knows_it(run):
    plain = run[0].suite
    assert human_licence(plain) is None
    assert "license" not in data_card(run, "replace")
    known = next(iter(catalogue.catalogue().values()))

    class Chosen:
        corpus = type("Corpus", (), {"document": lambda self: {"sha256": known.files[0].sha256}})()

    assert human_licence(Chosen()) == known.licence
