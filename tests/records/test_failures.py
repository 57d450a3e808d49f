"""Each reason for what is missing is told once."""

from benchsuite.records.failures import causes
from benchsuite.records.record import Failure

WHY = " (acme/ols, of acme 1.0): 5 features take more than 6 rows."


def failed(step):
    return Failure(step=step, reason=step + WHY)


def lost(step, root):
    return Failure(step=step, reason=f"{step}: left out, since {root}{WHY}")


def test_steps_that_fail_alike_share_a_reason():
    failures = [failed("train 0"), lost("measure 0", "train 0"), failed("train 1"), failed("mix")]
    failures[-1] = Failure(step="mix", reason="mix: too few rows.")
    assert causes(failures) == {
        f"train 0 and 1 more like it{WHY}": ["train 0", "measure 0", "train 1"],
        "mix: too few rows.": ["mix"],
    }


def test_a_reason_whose_step_is_unknown_stands_as_it_is():
    assert causes([lost("measure 0", "train 0")]) == {f"train 0{WHY}": ["measure 0"]}
    assert causes([Failure(step="x", reason="")]) == {"x": ["x"]}
    assert not causes([])
