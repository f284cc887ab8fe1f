"""Worker processes as the trainer's own process sees them: started, listened to, ended when asked to, and their end explained.

A process of its own for each job, so that one that is killed for its memory is a typed error, and memory comes back after each.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from typing import Any, Final

from ..trainer import Report, TrainerFault
from .worker import MARK

CANCEL_GRACE_S: Final = 60.0
"""From SIGTERM (a checkpoint after the step under way) to SIGKILL."""

OFFLINE: Final = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "PASSIVE"}
"""What a worker's environment has besides the trainer's."""


def run_worker(
    command: list[str], report: Report, cancelled: threading.Event, settings: dict[str, str] | None = None
) -> dict[str, Any]:
    """Start, listen and wait; the result or the fault the worker said, else a fault about how it ended.

    `settings` are added to its environment.
    """
    environment = {**os.environ, **OFFLINE, **(settings or {})}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True
    )
    ended = threading.Event()
    guard = threading.Thread(target=end_when_cancelled, args=(process, cancelled, ended), daemon=True)
    guard.start()
    answer: dict[str, Any] = {}
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if not line.startswith(MARK):
                continue
            message = json.loads(line.removeprefix(MARK))
            if "progress" in message:
                report(message["progress"])
            elif not answer:
                answer = message
        code = process.wait()
    finally:
        ended.set()
    if "result" in answer:
        result: dict[str, Any] = answer["result"]
        return result
    if "fault" in answer:
        fault = answer["fault"]
        raise TrainerFault(fault["code"], fault["message"], fault["number"], fault["detail"])
    if cancelled.is_set():
        raise TrainerFault("cancelled", "the training was cancelled")
    raise lost(code)


def lost(code: int) -> TrainerFault:
    """What is to be said of a worker that ended with exit code `code` (negative: a signal) and no word."""
    if code == -signal.SIGKILL:
        return TrainerFault(
            "out-of-memory",
            "the training process was killed (SIGKILL), as the system does when memory runs out. Lower batchSize (and "
            "raise gradientAccumulation), lower cutoffTokens or rank, set gradientCheckpointing, or use precision bf16",
        )
    return TrainerFault("worker-lost", f"the training process ended with code {code} and without a result")


def end_when_cancelled(process: subprocess.Popen[str], cancelled: threading.Event, ended: threading.Event) -> None:
    while not cancelled.wait(0.2):
        if ended.is_set():
            return
    _signal(process, signal.SIGTERM)
    if not ended.wait(CANCEL_GRACE_S):
        _signal(process, signal.SIGKILL)


def _signal(process: subprocess.Popen[str], number: int) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)
