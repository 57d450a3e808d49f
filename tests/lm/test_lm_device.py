"""Where a run computes, and in which precision."""

import os
import subprocess
import sys

import pytest
import torch

from benchsuite.lm import device
from benchsuite.lm.device import Device, resolve_device


@pytest.fixture
def gpu(monkeypatch):
    """Pretend that there is a driver, and that torch says this of it."""

    def pretend(*, available, bf16=True):
        monkeypatch.setattr(device, "_may_have_gpu", lambda: True)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: bf16)

    return pretend


@pytest.mark.parametrize(("able", "precision"), [(True, "bf16"), (False, "fp32")])
def test_a_cpu_trains_in_what_it_multiplies_natively(gpu, monkeypatch, able, precision):
    gpu(available=False)
    monkeypatch.setattr(device, "_multiplies_bf16", lambda: able)
    assert resolve_device("cpu") == resolve_device("auto") == Device("cpu", precision)


@pytest.mark.skipif(not hasattr(torch.cpu, "_is_avx512_bf16_supported"), reason="torch cannot tell")
def test_products_of_bf16_are_found_as_torch_finds_them():
    able = torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()
    assert device._multiplies_bf16() == able


@pytest.mark.parametrize(("able", "precision"), [(True, "bf16"), (False, "fp32")])
def test_cuda_is_taken_where_there_is_one(gpu, able, precision):
    gpu(available=True, bf16=able)
    assert resolve_device("auto") == resolve_device("cuda") == Device("cuda", precision)
    assert resolve_device("cpu").kind == "cpu"


def test_cuda_that_is_absent_is_said(gpu, monkeypatch):
    gpu(available=False)
    with pytest.raises(RuntimeError, match="no CUDA device"):
        resolve_device("cuda")
    monkeypatch.setattr(device, "_may_have_gpu", lambda: False)
    with pytest.raises(RuntimeError, match="no CUDA device"):
        resolve_device("cuda")


def test_precision_names_a_dtype():
    assert Device("cpu", "bf16").dtype == torch.bfloat16
    assert Device("cpu", "fp32").dtype == torch.float32


THREADS = """
import numpy
from benchsuite.lm.device import make_deterministic
make_deterministic()
import scipy.linalg
from threadpoolctl import threadpool_info
print(*(library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"))
"""


def test_linear_algebra_is_done_in_one_thread_also_what_is_loaded_later():
    several = os.environ | {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    command = [sys.executable, "-c", THREADS]
    found = subprocess.run(command, env=several, capture_output=True, text=True, check=True)
    assert set(found.stdout.split()) == {"1"}


def test_deterministic_means_threads_and_algorithms_are_fixed(monkeypatch):
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    threads, before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    try:
        device.make_deterministic(1)
        assert torch.get_num_threads() == 1
        assert torch.are_deterministic_algorithms_enabled()
    finally:
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(before)


def test_no_compiler_is_loaded_for_it():
    code = "import sys; from benchsuite.lm.device import make_deterministic as f; f(); "
    code += "sys.exit('torch._dynamo' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
