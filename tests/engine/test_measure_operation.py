"""Measuring: what a metric is handed."""

import json

import pyarrow as pa
import pyarrow.parquet as pq

from benchsuite.api import Context, Device, Measurement
from benchsuite.engine.operations import measure
from benchsuite.engine.work import ROWS, Work


class Counter:
    """Counts rows, and keeps what it was handed."""

    def __init__(self):
        self.subjects = []

    def measure_all(self, subjects, context):
        for subject in subjects:
            self.subjects.append(subject)
            yield [Measurement(float(subject.samples.num_rows), subject.samples.num_rows)]


def folder_of(path, rows):
    path.mkdir()
    columns = {"text": pa.array(rows, pa.string()), "split": ["train"] * len(rows)}
    pq.write_table(pa.table(columns), path / ROWS)
    return path


def test_metrics_of_one_model_are_handed_the_same_table(tmp_path):
    """What one derives from it, such as its words, is there for the next."""
    human, first, second = (
        folder_of(tmp_path / n, [n] * len(n)) for n in ("human", "one", "three")
    )
    counter, found = Counter(), []
    for samples in (first, first, second, first):
        directory = tmp_path / str(len(found))
        directory.mkdir()
        work = Work(
            component=counter,
            component_name="counter",
            arguments={},
            inputs={"human": (human,), "samples": (samples,)},
            identity="",
            directory=directory,
            context=Context(0, Device("cpu", "fp32")),
            learner=None,
            open_scratch=tmp_path.joinpath,
        )
        list(measure.run_all([work]))
        found.append(json.loads((directory / measure.MEASUREMENTS).read_text())[0]["value"])
    assert found == [3, 3, 5, 3]
    tables = [subject.samples for subject in counter.subjects]
    assert tables[0] is tables[1] is tables[3]
    assert tables[0] is not tables[2]
