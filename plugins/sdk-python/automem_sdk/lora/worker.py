"""A process that does one job of a trainer, such as one training; one for each GPU under accelerate launch or torchrun.

Says what it does on its first stdout, a JSON object a line after MARK, from the main process, or from any that fails;
everything else goes to stderr. SIGTERM: the job is asked to stop.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from ..trainer import FAILED, Report, TrainerFault

MARK = "@automem "
PR_SET_PDEATHSIG = 1


class StopFlag(Protocol):
    """`asked` becomes true when the job is to end."""

    asked: bool


class Stop:
    """Set by SIGTERM."""

    asked = False


Work = Callable[[dict[str, Any], Report, StopFlag], dict[str, Any]]


def run_job(arguments: list[str], load: Callable[[], Work]) -> int:
    """Do the job in the file that `arguments` names; 0 with a result, 1 with a fault, which is said.

    `load` brings the work, with the libraries it needs: what they raise when they are loaded is said too.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    said = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    stop = Stop()
    signal.signal(signal.SIGTERM, lambda *_: setattr(stop, "asked", True))
    main_process = os.environ.get("RANK", "0") == "0"

    def say(message: dict[str, Any]) -> None:
        if main_process or "fault" in message:
            said.write(f"\n{MARK}{json.dumps(message, allow_nan=False)}\n")
            said.flush()

    try:
        work = load()
        job = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
        say({"result": work(job, lambda progress: say({"progress": progress}), stop)})
        return 0
    except TrainerFault as fault:
        fault_data = {"code": fault.code, "message": fault.message, "number": fault.number, "detail": fault.detail}
        say({"fault": fault_data})
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        code, message = explain(error)
        say({"fault": {"code": code, "message": message, "number": FAILED, "detail": None}})
    # The launcher of several processes ends the others, which would wait for this one.
    return 1


def explain(error: BaseException) -> tuple[str, str]:
    """Code and message for an exception that is not a fault of ours."""
    text = f"{type(error).__name__}: {error}"
    memory = ("out of memory", "can't allocate memory", "not enough memory", "Cannot allocate memory")
    # What torch.distributed says, by gloo and by NCCL, when a process at the other end is gone.
    gone = ("Connection closed by peer", "Connection reset by peer", "remote process exited")
    if any(words in text for words in gone):
        return "worker-lost", (
            "another of the training's processes ended without a word, as it does when the system kills it because memory "
            f"ran out; if so, lower batchSize (and raise gradientAccumulation), or cutoffTokens. {text.splitlines()[0][:200]}"
        )
    if isinstance(error, MemoryError) or any(words in text for words in memory):
        return "out-of-memory", (
            f"memory ran out ({text.splitlines()[0][:200]}). Lower batchSize (and raise gradientAccumulation), lower "
            "cutoffTokens or rank, set gradientCheckpointing, or use precision bf16"
        )
    return "training-failed", f"training failed: {text}"
