"""Boards of graders: one grader is measured, by all seeds."""

import pytest
import yaml
from real_board import BOARD, change_rows, checked


@pytest.fixture
def ranked(board_folder):
    """Return a function that makes slices of a metric stand for graders."""

    def rank(slice_):
        graders = {"auc": [{"metric": "theory/spread", "slice": slice_}]}
        document = {**BOARD, "kind": "graders", "scoring": {**BOARD["scoring"], "graders": graders}}
        (board_folder / "board.yaml").write_text(yaml.safe_dump(document))

    return rank


def complete(entry):
    return [message for check, _, message in checked(entry)[1] if check == "complete"]


@pytest.mark.parametrize(("slice_", "graders"), [("{grader}", 3), ("{grader} of none", 0)])
def test_one_grader_is_ranked(entry, ranked, slice_, graders):
    ranked(slice_)
    assert complete(entry) == [f"{graders} graders were measured; the board ranks one an entry."]


def test_a_grader_is_measured_by_all_seeds(entry, ranked):
    ranked("with-{grader}")
    assert complete(entry) == []
    place = {"regime": "hybrid-50", "slice": "with-error", "seed": 1, "generation": 2}
    change_rows(entry, lambda row: None if all(row[k] == v for k, v in place.items()) else row)
    assert "with-error of hybrid-50, generation 2 is missing for the seed 1." in complete(entry)[0]
