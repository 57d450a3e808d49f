"""Ctrl-C while worker processes are started: not lost, and not for them to hear."""

import os
import signal
import subprocess
import sys

import pytest

from benchsuite.engine.executor import _interrupts_held_back

WAITS = "import sys; print('here', flush=True); sys.stdin.read(); print('and to the end')"

pytestmark = [
    pytest.mark.usefixtures("interruptible"),
    pytest.mark.skipif(
        not hasattr(signal, "pthread_sigmask"), reason="this system cannot hold signals back"
    ),
]


def test_an_interrupt_meanwhile_comes_afterwards():
    with pytest.raises(KeyboardInterrupt), _interrupts_held_back():  # noqa: PT012 (raised when it ends)
        signal.raise_signal(signal.SIGINT)
        reached = True
    assert reached


def test_a_process_started_meanwhile_does_not_hear_it():
    with _interrupts_held_back():
        process = subprocess.Popen(
            [sys.executable, "-c", WAITS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    assert process.stdout.readline() == "here\n"
    os.kill(process.pid, signal.SIGINT)
    rest, _ = process.communicate("", timeout=60)
    assert rest == "and to the end\n"
    assert process.returncode == 0
