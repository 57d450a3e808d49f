"""What a run made, told so that others' tools read it; text of others stays text."""

import hashlib
import json
import shutil
from datetime import UTC, datetime

import pyarrow.parquet as pq
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
from benchsuite.records.cards.write import write_cards
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


def test_there_is_a_card_for_each_checkpoint_and_a_data_card_where_rows_were_written(run):
    made, _, _, folder = run
    names = {path.name for path in (folder / "cards").iterdir()}
    assert names == {
        *(f"real-seed-{seed}-generation-0.md" for seed in (0, 1)),  # one for all regimes
        *(f"{r}-seed-{s}-generation-{g}.md" for r in REGIMES for s in (0, 1) for g in (1, 2)),
        *(f"{regime}.croissant.json" for regime in REGIMES if regime != "real"),
    }
    trained = [step for step in made.steps.values() if step.kind == "train"]
    texts = [path.read_text() for path in (folder / "cards").glob("*.md")]
    assert len(texts) == len(trained)
    for step in trained:
        place = f"`steps/{step.identity[:2]}/{step.identity}`"
        assert sum(place in text for text in texts) == 1


def test_a_model_that_was_not_trained_has_no_card(run, tmp_path):
    made, _, record, folder = run
    measured = pq.read_table(folder / "measurements.parquet")
    lost = next(c.train for c in made.cells if (c.regime, c.generation) == ("half", 2))
    shutil.copy(folder / "samples.parquet", tmp_path)
    write_cards(made, record, measured, {lost}, tmp_path / "cards")
    gone = {p.name for p in (folder / "cards").iterdir()}
    gone -= {p.name for p in (tmp_path / "cards").iterdir()}
    assert gone == {"half-seed-0-generation-2.md"}


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


def test_a_data_card_describes_each_synthetic_set(run):
    rows = pq.read_table(run[3] / "samples.parquet").to_pylist()
    for regime in ("half", "graded"):
        card = data_card(run, regime)
        sets = card["recordSet"][1]["data"]
        assert f"{len(sets)} synthetic sets" in card["description"]
        for row in sets:
            place = (regime, row["generations/generation"], row["generations/seed"], "training")
            held = [
                [each["id"], each["prompt"], each["text"]]
                for each in rows
                if (each["regime"], each["generation"], each["seed"], each["use"]) == place
            ]
            lines = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in held)
            assert row["generations/sha256"] == hashlib.sha256(lines.encode()).hexdigest()


def test_model_cards_are_read_by_the_hub_with_what_was_measured_of_this_checkpoint(run):
    _, _, record, folder = run
    card = ModelCard.load(folder / "cards" / "replace-seed-1-generation-2.md")
    measured = pq.read_table(folder / "measurements.parquet").to_pylist()
    own = {
        f"{row['metric']} {row['slice']}": row["value"]
        for row in measured
        if (row["regime"], row["seed"], row["generation"]) == ("replace", 1, 2)
        and row["value"] is not None
    }
    assert own
    found = {result.metric_type: result.metric_value for result in card.data.eval_results}
    assert found == pytest.approx(own)
    compared = [c for c in record.comparisons if (c.regime, c.generation) == ("replace", 2)]
    assert compared
    for each in compared:
        value = own[f"{each.metric} {each.slice}"]
        numbers = f"| {value:.4g} | {each.value:.4g} | {each.control:.4g} | {each.difference:.4g}"
        assert numbers in card.text
    assert "text of generation 1: 1 of a budget" in card.text
    assert (
        "is a model of the control"
        in (folder / "cards" / "real-seed-0-generation-2.md").read_text()
    )


def test_a_shared_checkpoint_has_one_card_that_names_all_who_start_from_it(run):
    card = ModelCard.load(run[3] / "cards" / "real-seed-0-generation-0.md")
    assert "human text: 1 of a budget" in card.text
    for regime in REGIMES:
        assert f"- `{regime}`: For tests." in card.text
        assert f"regime-{regime}" in card.data.tags
    assert "| starts from | new weights in every generation |" in card.text  # all do
    assert "| learns from |" not in card.text  # in which they differ
    assert "is a model of the control `real` itself" in card.text


def test_text_of_others_stays_text(run):
    text = (run[3] / "cards" / "replace-seed-0-generation-2.md").read_text()
    assert "<script" not in text.replace(code(f"benchsuite run {EVIL}"), "")
    assert "\u202e" not in text
    front = yaml.safe_load(text.split("---\n")[1])
    assert front["model-index"][0]["name"] == "numbers-replace-seed-0-generation-2"
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
