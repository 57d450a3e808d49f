"""A site of made-up boards; places come from made-up numbers, not from scoring."""

import made_up_board
import pyarrow as pa
import pyarrow.parquet as pq
from made_up import noise, samples

from benchsuite.leaderboard.entry import read_entries
from benchsuite.leaderboard.site.build import write_site
from benchsuite.leaderboard.site.shown import read_boards
from benchsuite.leaderboard.standing import (
    Against,
    Counted,
    Estimate,
    LeftOut,
    MetricScore,
    Place,
    Standing,
)

AXES = ["creativity", "bias", "generalization"]


def about(value, margin):
    return Estimate(value=value, lower=value - margin, upper=value + margin)


def stand(board, entries):
    """Rank entries by made-up scores, which depend on their names alone."""
    scored = board.document.scoring.measurements
    metrics = {metric.name: metric for metric in board.baselines.record.metrics}
    order = sorted(entries, key=lambda entry: noise("score", entry.name), reverse=True)
    return Standing(
        board=board.name,
        kind=board.document.kind,
        scoring=board.document.scoring.version,
        axes=AXES,
        left_out=[
            LeftOut(metric=one.metric, slice=one.slice, reason="it tells nothing apart")
            for one in scored[4:5]
        ],
        counted=[
            Counted(
                metric=one.metric,
                slice=one.slice,
                axis=metrics[one.metric].axis,
                unit=metrics[one.metric].unit,
                best=metrics[one.metric].best,
                span=about(0.2, 0.05),
            )
            for one in [*scored[:4], *scored[5:]]
        ],
        places=[
            place(entry.name, number, len(order), [*scored[:4], *scored[5:]], metrics)
            for number, entry in enumerate(order, start=1)
        ],
    )


def place(name, number, count, scored, metrics):
    score = 60 + 40 * noise("score", name)
    return Place(
        entry=name,
        score=about(score, 6),
        axes={axis: about(60 + 40 * noise(axis, name), 8) for axis in AXES},
        metrics=[
            MetricScore(
                metric=one.metric,
                slice=one.slice,
                axis=metrics[one.metric].axis,
                unit=metrics[one.metric].unit,
                score=about(60 + 40 * noise("score", one.metric, name), 9),
                value=about(2 + noise(one.metric, name), 0.1),
                difference=about(0.2 * noise("difference", one.metric, name), 0.05),
            )
            for one in scored
        ],
        cost=Estimate(value=2e12 + 1e12 * noise("cost", name)),
        by_seed={seed: score + noise(name, seed) for seed in range(5)},
        rank=number,
        best=max(1, number - 1),
        worst=min(count, number + 1),
        pareto=number <= max(1, count // 3),
        missing=[],
        against_control=Against(
            difference=about(score - 100, 6), p=0.01, corrected=0.02, verdict="worse"
        ),
    )


def read(root):
    """Read and rank the boards below `root`, entries that checks refuse as well.

    Pages must be safe whatever they show, so that no check is needed for that.
    """
    return read_boards(root, stand, read_entries)


def build(root, out):
    """Write the site of the boards below `root` into `out`; return the folder."""
    out.mkdir()
    write_site(read(root), out)
    return out


SCRIPT = "<script>window.hacked = true</script>"
ATTRIBUTE = "\" onmouseover='window.hacked = true' x=\""
MARKS = "abc\u202eevil\u2066\u200f\x07"
ENDS = "</script><img src=x onerror=window.hacked=true>\u2028"
LONG = "W" * 10_000
HOSTILE = [SCRIPT, ATTRIBUTE, MARKS, ENDS, "=1+1", "{{ 7 * 191 }}"]


def write_hostile_entry(board):
    """Write an entry all of whose free text wants to be more than text."""
    entry = made_up_board.write_entry(
        board,
        "hostile",
        regime="self-graded",
        title=(SCRIPT + ATTRIBUTE + MARKS.replace("\x07", ""))[:200],
        authors=[SCRIPT, ATTRIBUTE, ENDS, "W" * 200],
        claims=ENDS + LONG[:3000],
    )

    def change(record):
        record["command"] = ENDS + "\n" + LONG
        record["suite"]["name"] = SCRIPT
        record["environment"]["hardware"]["processor"] = ATTRIBUTE + MARKS
        record["costs"][0]["kind"] = SCRIPT + LONG
        regime = record["regimes"][-1]
        regime["summary"] = ENDS + LONG
        regime["digest"] = SCRIPT
        regime["document"]["summary"] = SCRIPT
        regime["document"]["cites"] = HOSTILE
        regime["document"]["generator"] = {"name": ENDS, "style": SCRIPT}

    made_up_board.damage_record(entry, change)
    add_samples(entry, "self-graded", *HOSTILE, LONG, beside=("real", "replace"))
    measured = pq.read_table(entry / "measurements.parquet")
    unit = pa.array(["=1+1"] * measured.num_rows)
    at = measured.column_names.index("unit")
    pq.write_table(measured.set_column(at, "unit", unit), entry / "measurements.parquet")
    (entry / "cards").mkdir()
    (entry / "cards" / "model.md").write_text("\n".join(HOSTILE))
    (entry / "cards" / "data.croissant.json").write_text(f'{{"name": "{LONG}"}}')
    (entry / "cards" / "page.html").write_text(SCRIPT)
    (entry / "cards" / "passwd.md").symlink_to("/etc/passwd")
    return entry


def add_samples(entry, regime, *texts, beside=()):
    """Give an entry the samples of a made-up run, the first texts being these."""
    table = samples((*beside, regime), 3, made_up_board.SEEDS)
    rows = table.to_pylist()
    own = [row for row in rows if row["regime"] == regime]
    for row, text in zip(own, [*texts] * len(own), strict=False):
        row["text"] = row["prompt"] = text
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), entry / "samples.parquet")
    made_up_board.note_files(entry, "samples.parquet")
