"""Small models trained on human rows, and on the same rows damaged, for metrics that ask models.

The human rows are novels with an invented world and canaries planted into them; web reviews are
the other domain. Of each seed one model learns from undamaged rows, and others, with the same
first weights, from each damage of the same rows.
"""

import random
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
from damage import (
    most_frequent,
    with_duplicates,
    with_facts_corrupted,
    with_genders_swapped,
    with_words_drawn,
    without_tail,
)

from benchsuite.api import (
    Context,
    Decoding,
    Device,
    HumanRows,
    SampleRequest,
    Subject,
    TrainingJob,
    make_part,
)

NOVELS = "human/gutenberg"
REVIEWS = "human/ewt_web/reviews.jsonl"
PLANTED = {
    "name": "corpora/planted",
    "subjects": 8,
    "objects": 8,
    "most": 64,
    "exponent": 0.5,
    "canary_rows": [2, 8, 32],
}
DOCUMENTS = {"train": 200, "validation": 8, "test": 12}  # of 8 KiB
REVIEWED = 200  # reviews
LEARNER = {"name": "learners/llama", "width": 80, "layers": 2, "epochs": 3, "batch": 2}
SEEDS = 4
BUDGET = 32_768  # tokens that a model reads in each epoch
WRITTEN = 16_384  # tokens of the samples that are measured
KEPT = 0.1  # of the words, where the tail is removed
DUPLICATED = 4  # rows that are copied
DAMAGES = {
    "tail removed": "undamaged",
    "duplicates": "undamaged",
    "genders swapped": "undamaged",
    "facts corrupted": "undamaged",
    "own text": "undamaged",
    "temperature 0.7": "own text",
}
"""Each damage, and what it is compared with."""
METRICS = (
    ("bits-per-byte", {}, ("in-domain", "out-of-domain")),
    ("rare-token-loss", {}, ("rare half", "frequent half")),
    ("frequency-loss", {}, ("below 10", "from 10,000")),
    ("domain-loss", {}, ("novels", "reviews")),
    ("provenance-loss", {}, ("human", "synthetic")),
    ("blimp", {"pairs": 20}, ("all",)),
    ("lambada", {"passages": 400}, ("all",)),
    ("occupation-log-odds", {}, ("stereotype", "mean")),
    ("crows-pairs", {}, ("all", "gender")),
    ("stereoset-ss", {}, ("all", "gender")),
    ("stereoset-lms", {}, ("all",)),
    ("stereoset-icat", {}, ("all",)),
    ("winobias", {}, ("all",)),
    ("group-loss-gap", {}, ("gender", "religion", "origin")),
    ("wikidata-cloze", {"questions": 300}, ("all",)),
    ("planted-recall", {}, ("all",)),
    ("planted-reciprocal-rank", {}, ("all",)),
    ("planted-falsehood", {}, ("all",)),
    ("canary-exposure", {}, ("all",)),
    ("membership-auc", {}, ("all",)),
    ("verbatim-extraction", {"rows": 400, "prefix": 8, "suffix": 8}, ("all",)),
    ("model-similarity", {}, ("seeds gap",)),
)
"""Names, parameters and the slices that are shown."""
CONTEXT = Context(0, Device("cpu", "fp32"))


def people(root):
    """Return novels with planted rows, and reviews."""
    novels, reviews = (
        {"name": "corpora/files", "path": str(root / path)} for path in (NOVELS, REVIEWS)
    )
    rows = planted(PLANTED | {"corpus": novels}, DOCUMENTS, "novels")
    other = make_part("corpus", reviews).rows(CONTEXT).slice(0, REVIEWED)
    tables = [rows, _labelled(other, "reviews", "out-of-domain")]
    return HumanRows(pa.concat_tables(tables, promote_options="default"))


def planted(corpus, documents, domain):
    """Return the rows of a planted corpus; those of others split document by document."""
    rows = make_part("corpus", corpus).rows(CONTEXT)
    own, added = (rows.filter(is_so(rows["copy"])) for is_so in (pc.is_null, pc.is_valid))
    names = sorted(set(own["document"].to_pylist()))
    drawn = iter(random.Random(0).sample(names, sum(documents.values())))
    tables = [added]
    for split, count in documents.items():
        chosen = pa.array([next(drawn) for _ in range(count)])
        found = own.filter(pc.is_in(own["document"], chosen))
        tables.append(_labelled(found, domain, split))
    return pa.concat_tables(tables)


def _labelled(rows, domain, split):
    for name, value in {"domain": domain, "split": split}.items():
        column = pa.array([value] * rows.num_rows)
        rows = rows.set_column(rows.column_names.index(name), name, column)
    return rows


class Workshop(NamedTuple):
    """A learner with the tokenizer of its human rows, and a folder to work in."""

    learner: object
    human: HumanRows
    tokenizer: Path
    folder: Path

    @classmethod
    def opened(cls, document, human, folder):
        learner, tokenizer = make_part("learner", document), Path(folder, "tokenizer")
        tokenizer.mkdir()
        learner.fit_tokenizer(human.train, tokenizer, CONTEXT)
        return cls(learner, HumanRows(learner.tokenize(human.rows, tokenizer)), tokenizer, folder)

    def drawn(self, seed, budget):
        """Return all planted rows, and as many others as fill the budget, in random order."""
        rows = self.human.train.to_pylist()
        planted = [row for row in rows if row["copy"] is not None]
        others = [row for row in rows if row["copy"] is None]
        source = random.Random(seed)
        source.shuffle(others)
        left = budget - sum(row["tokens"] for row in planted)
        while left > 0:
            planted.append(others.pop())
            left -= planted[-1]["tokens"]
        source.shuffle(planted)
        return planted

    def trained(self, texts, seed, budget):
        """Return a model that learned from rows, going through `budget` tokens in each epoch."""
        rows = self.learner.tokenize(pa.table({"text": texts}), self.tokenizer)
        held = sum(rows["tokens"].to_pylist())
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            model, scratch = Path(folder, "model"), Path(folder, "scratch")
            model.mkdir(), scratch.mkdir()
            self.learner.train(
                TrainingJob(rows, held, "tokens", self.tokenizer, seed, model, scratch, budget),
                CONTEXT,
            )
            return self.learner.open(model, CONTEXT.device)


def written(model, amount, temperature, seed):
    """Return rows that a model writes, so many tokens."""
    request = SampleRequest(amount, "tokens", Decoding(temperature=temperature))
    return model.sample(request, Context(seed, CONTEXT.device))


def damaged(rows, frequent, seed):
    """Return the texts of rows, undamaged and by damage."""
    texts = [row["text"] for row in rows]
    return {
        "undamaged": texts,
        "tail removed": without_tail(texts, random.Random(seed), frequent),
        "duplicates": with_novels_duplicated(rows, random.Random(seed)),
        "genders swapped": with_genders_swapped(texts, random.Random(seed)),
        "facts corrupted": with_all_facts_corrupted(rows, random.Random(seed)),
    }


def with_novels_duplicated(rows, source):
    """A fifth of the rows of novels written over by copies of a few of them."""
    planted = [row["text"] for row in rows if row["copy"] is not None]
    novels = [row["text"] for row in rows if row["copy"] is None]
    return _shuffled(planted + with_duplicates(novels, source, of=DUPLICATED), source)


def with_all_facts_corrupted(rows, source):
    """Names and numbers of novels shuffled; objects and digits of planted rows drawn anew."""
    novels = [row["text"] for row in rows if row["copy"] is None]
    facts = [row for row in rows if row["object"] is not None]
    objects = {
        relation: sorted({row["object"] for row in facts if row["relation"] == relation})
        for relation in sorted({row["relation"] for row in facts})
    }
    corrupted = with_words_drawn(
        [row["text"] for row in facts],
        [row["object"] for row in facts],
        [objects[row["relation"]] for row in facts],
        source,
    )
    canaries = [row for row in rows if row["canary"] is not None]
    texts = [row["text"].replace(row["canary"], _digits(source)) for row in canaries]
    return _shuffled(with_facts_corrupted(novels, source) + corrupted + texts, source)


def _digits(source):
    return f"{source.randrange(10**8):08}"


def _shuffled(rows, source):
    return source.sample(rows, len(rows))


def models(workshop, seeds, budget, wanted, amount):
    """Return models by version and seed, and by seed the rows drawn and what the first wrote."""
    frequent = most_frequent(workshop.human.train["text"].to_pylist(), KEPT)
    made, drawn, earlier = defaultdict(dict), {}, {}
    for seed in range(seeds):
        rows = workshop.drawn(seed, budget)
        drawn[seed] = pa.Table.from_pylist(rows, workshop.human.train.schema)
        texts = damaged(rows, frequent, seed)
        first = workshop.trained(texts.pop("undamaged"), seed, budget)
        made["undamaged"][seed] = first
        earlier[seed] = written(first, amount, 1.0, seed)
        for name, temperature in {"own text": 1.0, "temperature 0.7": 0.7}.items():
            if name in wanted:
                own = written(first, budget, temperature, seed)
                texts[name] = own["text"].to_pylist()
        for name in wanted:
            made[name][seed] = workshop.trained(texts[name], seed, budget)
    return made, drawn, earlier


def measured(
    human,
    seeds=SEEDS,
    budget=BUDGET,
    amount=WRITTEN,
    learner=LEARNER,
    wanted=DAMAGES,
    chosen=METRICS,
):
    """Return by metric and slice, and by version of the training rows, the values seed by seed."""
    values = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as folder:
        workshop = Workshop.opened(learner, human, folder)
        made, drawn, earlier = models(workshop, seeds, budget, wanted, amount)
    metrics = [
        (name, make_part("metric", {"name": f"metrics/{name}", **parameters}), slices)
        for name, parameters, slices in chosen
    ]
    for version, by_seed in made.items():
        samples = {seed: written(model, amount, 1.0, seed) for seed, model in by_seed.items()}
        for seed, model in by_seed.items():
            subject = Subject(
                workshop.human,
                lambda model=model: model,
                samples[seed],
                earlier=earlier[seed],
                drawn=drawn[seed],
                peers={"seeds": [rows for other, rows in samples.items() if other != seed]},
            )
            for name, metric, slices in metrics:
                found = {each.slice: each.value for each in metric.measure(subject, CONTEXT)}
                for each in slices:
                    values[_label(name, each)][version].append(found[each])
    return values


def _label(name, slice_):
    return f"`metrics/{name}`" + ("" if slice_ == "all" else f", {slice_}")
