"""Energy counters, on folders like those of Linux."""

import pytest

from benchsuite.engine import energy
from benchsuite.engine.energy import Counter, counters, read, used


def zone(folder, name, kind, joules, most=1000):
    path = folder / name
    path.mkdir()
    (path / "name").write_text(kind + "\n")
    (path / "energy_uj").write_text(f"{int(joules * 1e6)}\n")
    (path / "max_energy_range_uj").write_text(f"{int(most * 1e6)}\n")
    return path


@pytest.fixture
def powercap(tmp_path, monkeypatch):
    monkeypatch.setattr(energy, "POWERCAP", tmp_path)
    return tmp_path


def test_packages_are_counted_and_their_parts_are_not(powercap):
    first = zone(powercap, "intel-rapl:0", "package-0", 10)
    second = zone(powercap, "intel-rapl:1", "package-1", 990)
    zone(powercap, "intel-rapl:0:0", "core", 5)
    zone(powercap, "intel-rapl:2", "psys", 7)
    found = counters("cpu")
    before = read(found)
    assert before == pytest.approx([10, 990])
    (first / "energy_uj").write_text("12500000")
    (second / "energy_uj").write_text("4000000")  # begun anew at 1000
    assert used(found, before) == pytest.approx(2.5 + 14)


def test_what_cannot_be_read_whole_is_not_known(powercap):
    assert counters("cpu") == ()
    zone(powercap, "intel-rapl:0", "package-0", 10)
    broken = zone(powercap, "intel-rapl:1", "package-1", 10)
    (broken / "energy_uj").unlink()
    assert counters("cpu") == ()
    assert used((), []) is None


def test_without_the_accelerator_s_the_processors_do_not_stand_for_it(powercap, monkeypatch):
    zone(powercap, "intel-rapl:0", "package-0", 10)
    monkeypatch.setattr(energy, "_accelerator", lambda: ())
    assert counters("cuda") == ()
    monkeypatch.setattr(energy, "_accelerator", lambda: (Counter(lambda: 3.0),))
    assert read(counters("cuda")) == pytest.approx([3, 10])
