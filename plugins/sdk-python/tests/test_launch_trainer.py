"""The process of a trainer plugin, over its real wire."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from automem_sdk.frames import read_frame, write_frame

SDK = Path(__file__).resolve().parents[1]

TRAINER = """
from automem_sdk.trainer import Trainer, TrainerFault

class Slow(Trainer):
    name, version = "slow", "1.0.0"

    def packages(self):
        print("this must not reach the wire")
        return {"slow": "1"}

    def train(self, params, report, cancelled):
        if params["steps"] < 0:
            raise ValueError("negative")
        for step in range(params["steps"]):
            report({"phase": "train", "step": step + 1})
            if cancelled.wait(0.01):
                raise TrainerFault("cancelled", "cancelled", detail={"step": step + 1})
        return {"steps": params["steps"]}

class Talking(Slow):
    def generate(self, params, cancelled):
        return {"replies": [text.upper() for text in params["prompts"]]}
"""


class Process:
    """A trainer process and the number of the last request."""

    def __init__(self, folder: Path, name: str) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "automem_sdk.launch_trainer", f"slow_trainer:{name}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PYTHONPATH": f"{SDK}:{folder}:{':'.join(filter(None, sys.path))}"},
        )
        assert self.child.stdin and self.child.stdout
        self.sink, self.source = self.child.stdin, self.child.stdout
        self.last = 0

    def send(self, method: str, params: dict[str, Any]) -> int:
        """Send a request; its id."""
        self.last += 1
        write_frame(self.sink, {"jsonrpc": "2.0", "id": self.last, "method": method, "params": params})
        return self.last

    def read(self) -> dict[str, Any]:
        """The next message."""
        message: dict[str, Any] = read_frame(self.source)
        return message

    def call(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        """Send a request and skip what comes before its answer."""
        identifier = self.send(method, params)
        while (message := self.read()).get("id") != identifier:
            pass
        return message


@pytest.fixture
def process(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Process]:
    (tmp_path / "slow_trainer.py").write_text(TRAINER)
    started = Process(tmp_path, getattr(request, "param", "Slow"))
    yield started
    started.child.kill()
    started.child.wait()
    started.sink.close()
    started.source.close()


def test_trains_and_tells_each_step_before_the_result(process: Process) -> None:
    assert process.call("train", {"steps": 1})["error"]["code"] == -32003
    ready = process.call("initialize", {"protocolVersion": 1})["result"]
    assert (ready["name"], ready["packages"]["slow"]) == ("slow", "1")
    process.send("train", {"steps": 3})
    assert [process.read()["params"]["step"] for _ in range(3)] == [1, 2, 3]
    assert process.read()["result"] == {"steps": 3}


@pytest.mark.parametrize("how", ["cancel", "$/cancelRequest"])
def test_a_training_under_way_can_be_cancelled_and_another_follows(process: Process, how: str) -> None:
    process.call("initialize", {"protocolVersion": 1})
    training = process.send("train", {"steps": 1_000_000})
    process.read()
    if how == "cancel":
        process.send("cancel", {})
    else:
        write_frame(process.sink, {"jsonrpc": "2.0", "method": how, "params": {"id": training}})
    while (message := process.read()).get("id") != training:
        pass
    assert message["error"]["data"]["code"] == "cancelled"
    assert process.call("train", {"steps": 2})["result"] == {"steps": 2}


def test_a_fault_and_an_unknown_method_are_answered_and_it_goes_on(process: Process) -> None:
    process.call("initialize", {"protocolVersion": 1})
    assert process.call("train", {"steps": -1})["error"]["data"]["code"] == "trainer-raised"
    assert process.call("no-such-method", {})["error"]["code"] == -32601
    assert process.call("close", {})["result"] == {}
    assert process.call("train", {"steps": 1})["error"]["code"] == -32003


def test_the_end_of_stdin_ends_it_also_while_it_trains(process: Process) -> None:
    process.call("initialize", {"protocolVersion": 1})
    process.send("train", {"steps": 1_000_000})
    process.read()
    process.sink.close()
    process.source.read()
    assert process.child.wait(timeout=20) == 0


@pytest.mark.parametrize("process", ["Talking"], indirect=True)
def test_one_that_generates_is_asked_to(process: Process) -> None:
    assert process.call("generate", {"prompts": []})["error"]["code"] == -32003
    process.call("initialize", {"protocolVersion": 1})
    assert process.call("generate", {"prompts": ["a"]})["result"] == {"replies": ["A"]}


def test_one_that_does_not_generate_says_so(process: Process) -> None:
    process.call("initialize", {"protocolVersion": 1})
    assert process.call("generate", {"prompts": ["a"]})["error"]["code"] == -32601
