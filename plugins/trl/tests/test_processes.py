"""One training in several processes: here on a CPU by gloo, with GPUs by the same code and NCCL."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from automem_sdk.lora.processes import run_worker
from automem_sdk.lora.recipe import read_recipe
from automem_sdk.lora.worker import MARK
from automem_sdk.trainer import TrainerFault
from safetensors.torch import load_file
from test_training import RECIPE, files_of, job_of

from automem_trl.trainer import devices_of, worker_command

TWO = {"devices": 2, "batchSize": 1, "dropout": 0.0}


def train(
    job: dict[str, Any],
    on_progress: Callable[[dict[str, Any], threading.Event], None] = lambda *_: None,
    environment: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Train as the plugin does."""
    path = Path(job["out"]) / "job.json"
    path.write_text(json.dumps(job))
    cancelled = threading.Event()
    recipe, environment = read_recipe(job["recipe"]), environment or {}
    settings = {**environment, **devices_of(recipe, environment)}
    command = worker_command(recipe, path, environment)
    return run_worker(command, lambda progress: on_progress(progress, cancelled), cancelled, settings)


def weights(result: dict[str, Any]) -> dict[str, torch.Tensor]:
    return load_file(Path(result["adapter"]["folder"]) / "adapter_model.safetensors")


def processes_with(word: str) -> list[int]:
    """Those that have `word` among their arguments."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            arguments = (folder / "cmdline").read_bytes().split(b"\0") if folder.name.isdecimal() else []
        except OSError:
            continue
        if word.encode() in arguments:
            found.append(int(folder.name))
    return found


def children_of(parent: int) -> list[int]:
    return [
        int(word) for task in Path(f"/proc/{parent}/task").iterdir() for word in (task / "children").read_text().split()
    ]


def launcher_of(job: dict[str, Any]) -> int:
    (launcher,) = set(processes_with(str(Path(job["out"]) / "job.json"))) & set(children_of(os.getpid()))
    return launcher


def until(true: Callable[[], bool], within_s: float = 60.0) -> None:
    give_up = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.02)


@pytest.fixture(scope="module")
def two(base: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The result of two processes with an example each."""
    return train(job_of(base, tmp_path_factory.mktemp("processes") / "two", **TWO))


def test_two_processes_learn_what_one_with_both_their_examples_does(
    base: Path, tmp_path: Path, two: dict[str, Any]
) -> None:
    one = train(job_of(base, tmp_path / "one", **{**TWO, "devices": 1, "batchSize": 2}))
    assert two["steps"] == one["steps"] == 8
    assert two["losses"] == pytest.approx(one["losses"], rel=1e-5)
    assert two["device"] == "cpu, 2 processes of 1 threads"
    theirs = weights(one)
    for name, tensor in weights(two).items():
        assert torch.allclose(tensor, theirs[name], atol=1e-4), name


def test_killed_with_all_its_processes_it_goes_on_to_the_same_files(
    base: Path, tmp_path: Path, two: dict[str, Any]
) -> None:
    job = job_of(base, tmp_path / "killed", **TWO)
    path = str(Path(job["out"]) / "job.json")

    def kill(progress: dict[str, Any], _: threading.Event) -> None:
        if progress.get("step") == 5:
            os.kill(launcher_of(job), signal.SIGKILL)

    with pytest.raises(TrainerFault, match="memory"):
        train(job, kill)
    until(lambda: not processes_with(path))
    again = train(job)
    assert again["resumedFromStep"] == 4
    assert again["losses"] == two["losses"]
    assert files_of(again) == files_of(two)


@pytest.mark.parametrize("heard_by", ["all", "the second"])
def test_cancelled_all_processes_end_after_the_same_step(
    base: Path, tmp_path: Path, two: dict[str, Any], heard_by: str
) -> None:
    job = job_of(base, tmp_path / "cancelled", **TWO, saveSteps=100)

    def cancel(progress: dict[str, Any], cancelled: threading.Event) -> None:
        if progress.get("step") != 2:
            return
        if heard_by == "all":
            cancelled.set()
        else:
            os.kill(children_of(launcher_of(job))[1], signal.SIGTERM)

    with pytest.raises(TrainerFault) as caught:
        train(job, cancel)
    assert caught.value.code == "cancelled"
    assert not (tmp_path / "cancelled" / "out" / "adapter").exists()
    again = train(job)
    assert again["resumedFromStep"] >= 2
    assert again["losses"] == two["losses"]


def test_a_process_that_is_killed_ends_the_others_and_is_said(base: Path, tmp_path: Path) -> None:
    job = job_of(base, tmp_path / "lost", **TWO, maxSteps=2000)
    path = str(Path(job["out"]) / "job.json")

    def kill(progress: dict[str, Any], _: threading.Event) -> None:
        if progress.get("step") == 2:
            os.kill(children_of(launcher_of(job))[1], signal.SIGKILL)

    with pytest.raises(TrainerFault) as caught:
        train(job, kill)
    assert caught.value.code == "worker-lost"
    until(lambda: not processes_with(path))


def test_two_machines_train_as_one_with_two_processes_does(base: Path, tmp_path: Path, two: dict[str, Any]) -> None:
    job = job_of(base, tmp_path / "machines", **TWO)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    meeting = {"PET_NNODES": "2", "PET_MASTER_ADDR": "127.0.0.1", "PET_MASTER_PORT": port}
    path = Path(job["out"]) / "job.json"
    path.write_text(json.dumps(job))
    # The second machine, by torchrun, as the README says.
    torchrun = [
        sys.executable,
        "-m",
        "torch.distributed.run",
        "--nproc_per_node",
        "1",
        "-m",
        "automem_trl.worker",
        str(path),
    ]
    environment = {**os.environ, **meeting, "PET_NODE_RANK": "1"}
    with subprocess.Popen(torchrun, env=environment, stdout=subprocess.PIPE, text=True) as second:
        result = train(job, environment={**meeting, "PET_NODE_RANK": "0"})
        said, _ = second.communicate(timeout=120)
    assert second.returncode == 0
    assert MARK not in said
    assert result["losses"] == two["losses"]
    assert files_of(result) == files_of(two)


def test_which_command_for_how_many() -> None:
    def command(devices: int, **environment: str) -> list[str]:
        return worker_command(read_recipe({**RECIPE, "devices": devices}), Path("job.json"), environment)

    assert "accelerate.commands.launch" not in command(1)
    several = command(4)
    assert several[several.index("--num_processes") + 1] == "4"
    meeting = {"PET_NNODES": "2", "PET_MASTER_ADDR": "10.0.0.1", "PET_MASTER_PORT": "29500"}
    machines = command(4, **meeting, PET_NODE_RANK="1")
    for flag, value in (("--num_machines", "2"), ("--machine_rank", "1"), ("--main_process_ip", "10.0.0.1")):
        assert machines[machines.index(flag) + 1] == value
    for environment, code, words in (
        ({**meeting, "PET_NODE_RANK": "0", "PET_NNODES": "3"}, "bad-recipe", r"devices \(4\).*PET_NNODES=3"),
        (meeting, "bad-machines", "PET_NODE_RANK must be set"),
        ({"PET_NNODES": "1:4"}, "bad-machines", "1:4"),
    ):
        with pytest.raises(TrainerFault, match=words) as caught:
            command(4, **environment)
        assert caught.value.code == code


@pytest.mark.parametrize(("visible", "seen"), [(None, "0"), ("2,3", "2"), ("", "")])
def test_a_recipe_for_one_device_sees_one(visible: str | None, seen: str) -> None:
    environment = {} if visible is None else {"CUDA_VISIBLE_DEVICES": visible}
    assert devices_of(read_recipe(RECIPE), environment) == {"CUDA_VISIBLE_DEVICES": seen}
    assert devices_of(read_recipe({**RECIPE, "devices": 2}), environment) == {}
