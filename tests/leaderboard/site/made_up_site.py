"""A site of made-up boards; places come from made-up numbers, not from scoring."""

from made_up import noise

from benchsuite.leaderboard.site.build import write_site
from benchsuite.leaderboard.site.shown import read_boards
from benchsuite.leaderboard.standing import Estimate, LeftOut, MetricScore, Place, Standing

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
    )


def build(root, out):
    """Write the site of the boards below `root` into `out`; return the folder."""
    out.mkdir()
    write_site(read_boards(root, stand), out)
    return out
