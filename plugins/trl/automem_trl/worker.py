"""`python -m automem_trl.worker JOB.json`: the process that trains, generates or merges, one for each GPU."""

from __future__ import annotations

import sys
from typing import Any

from automem_sdk.lora.worker import StopFlag, Work, run_job
from automem_sdk.trainer import Report


def load() -> Work:
    """What a job asks for: training, replies where it says `generate`, one file where it says `merge`; each brings its own libraries."""

    def work(job: dict[str, Any], report: Report, stop: StopFlag) -> dict[str, Any]:
        if job.get("merge"):
            from automem_sdk.lora.merge import merge

            return merge(job)
        if job.get("generate"):
            from automem_sdk.lora.generate import generate

            return generate(job, stop)
        from .training import train

        return train(job, report, stop)

    return work


if __name__ == "__main__":
    sys.exit(run_job(sys.argv[1:], load))
