"""How the plugin's process hears and ends a worker; the workers here are small scripts."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest
from automem_sdk.lora.processes import run_worker
from automem_sdk.lora.worker import MARK
from automem_sdk.trainer import TrainerFault

SAY = f"import json, os, signal, sys, time\ndef say(**m): print({MARK!r} + json.dumps(m), flush=True)\n"


def run(script: str, cancel: bool = False) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Result and progress of a worker; with `cancel`, it is cancelled at its first progress."""
    told: list[dict[str, Any]] = []
    cancelled = threading.Event()

    def report(progress: dict[str, Any]) -> None:
        told.append(progress)
        if cancel:
            cancelled.set()

    return run_worker([sys.executable, "-c", SAY + script], report, cancelled), told


def test_what_it_says_is_passed_on_and_what_it_prints_is_not() -> None:
    result, told = run("print('noise'); say(progress={'step': 1}); print('{}'); say(result={'steps': 1})")
    assert (result, told) == ({"steps": 1}, [{"step": 1}])


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("say(fault=dict(code='bad-base', message='m', number=-32602, detail=None)); sys.exit(1)", "bad-base"),
        ("say(fault=dict(code='a', message='m', number=-32001, detail=None)); say(result={})", "a"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "out-of-memory"),
        ("sys.exit(3)", "worker-lost"),
    ],
)
def test_how_it_ends_decides_the_fault(script: str, code: str) -> None:
    with pytest.raises(TrainerFault) as caught:
        run(script)
    assert caught.value.code == code


@pytest.mark.parametrize("handler", ["", "signal.signal(15, lambda *_: sys.exit(0))\n"])
def test_cancelled_it_is_told_by_sigterm(handler: str) -> None:
    with pytest.raises(TrainerFault) as caught:
        run(f"{handler}say(progress={{}}); time.sleep(600)", cancel=True)
    assert caught.value.code == "cancelled"
