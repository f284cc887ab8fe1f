"""The whole trainer with a stand-in for LLaMA-Factory's command; the real one is run where AUTOMEM_TEST_LLAMAFACTORY names it."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from automem_llamafactory.configuration import Places, configuration, yaml_of
from automem_llamafactory.installation import Installation, find_installation, interpreter_of
from automem_llamafactory.progress import seconds_of
from automem_llamafactory.running import failure, run_training
from automem_llamafactory.trainer import LlamaFactoryTrainer, go_on_from
from automem_llamafactory.worker import prepare
from automem_sdk.lora.recipe import read_recipe
from automem_sdk.trainer import TrainerFault
from datasets import load_from_disk
from test_configuration import PAPER

REAL = os.environ.get("AUTOMEM_TEST_LLAMAFACTORY")
RECIPE = {**PAPER, "rank": 4, "alpha": 8, "maxSteps": 4, "saveSteps": 1, "cutoffTokens": 128, "precision": "fp32"}


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `llamafactory-cli` on PATH, run by this Python, which believes that it has LLaMA-Factory."""
    folder = tmp_path / "bin"
    folder.mkdir()
    command = folder / "llamafactory-cli"
    script = (Path(__file__).parent / "stand_in_cli.py").read_text()
    command.write_text(f"#!{sys.executable}\n{script}")
    command.chmod(0o755)
    record = tmp_path / "packages" / "llamafactory-0.9.5.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: llamafactory\nVersion: 0.9.5\n")
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", f"{record.parent}:{os.environ['PYTHONPATH']}")
    monkeypatch.delenv("LLAMAFACTORY_CLI", raising=False)
    return command


@pytest.fixture
def params(base: Path, tmp_path: Path) -> dict[str, Any]:
    """A training of 4 steps on 8 examples."""
    prompt = [{"role": "user", "content": "say"}]
    lines = [{"messages": prompt, "completion": f"number {index}"} for index in range(8)]
    (tmp_path / "data.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    places = {"dataset": str(tmp_path / "data.jsonl"), "base": str(base), "out": str(tmp_path / "out")}
    return {**places, "cache": str(tmp_path / "cache"), "recipe": RECIPE}


def train(params: dict[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Result and progress of the whole."""
    told: list[dict[str, Any]] = []
    return LlamaFactoryTrainer().train(params, told.append, threading.Event()), told


def test_it_trains_on_our_tokens_tells_each_step_and_leaves_both_forms_of_the_adapter(
    stand_in: Path, params: dict[str, Any]
) -> None:
    result, told = train(params)
    steps = [progress for progress in told if progress["phase"] == "train"]
    assert [progress["phase"] for progress in told] == ["base", "tokens", *["train"] * 4, "save"]
    assert [step["step"] for step in steps] == [1, 2, 3, 4]
    assert steps[0]["secondsLeft"] == 86402
    assert (result["steps"], result["losses"], result["examples"]) == (4, [1, 1 / 2, 1 / 3, 1 / 4], 8)
    assert result["packages"]["llamafactory"] == "0.9.5"
    adapter = Path(result["adapter"]["folder"])
    config = json.loads((adapter / "adapter_config.json").read_text())
    assert config["target_modules"] == ["k_proj", "v_proj"]
    assert config["base_model_name_or_path"] == f"sha256:{result['base']['sha256']}"
    assert Path(result["gguf"]["path"]).read_bytes()[:4] == b"GGUF"
    rows = load_from_disk(str(Path(params["out"]) / "llamafactory" / "tokens"))["train"]
    for row in rows:
        learnt = [label for label in row["labels"] if label != -100]
        assert row["input_ids"][-len(learnt) :] == learnt
        assert learnt[-1] == 1
    assert sum(len([label for label in row["labels"] if label != -100]) for row in rows) == result["learntTokens"]


class Prepared:
    """What stands before LLaMA-Factory is run: tokens, and a base that is a folder."""

    def __init__(self, params: dict[str, Any], stand_in: Path) -> None:
        self.places = Places(Path(params["out"]))
        self.places.folder.mkdir()
        self.job = prepare({**params, "tokens": str(self.places.tokens)}, lambda _: None)
        self.installation = Installation(str(stand_in), sys.executable, {"llamafactory": "0.9.5"})

    def run(self, cancel_at: int | None = None, **changes: Any) -> tuple[dict[str, Any], list[int]]:
        """Run the stand-in as `train` runs LLaMA-Factory; its result with `resumedFromStep`, and the steps it told of."""
        recipe = {**RECIPE, **changes}
        told: list[int] = []
        cancelled = threading.Event()

        def report(progress: dict[str, Any]) -> None:
            told.append(progress["step"])
            if progress["step"] == cancel_at:
                cancelled.set()

        last = go_on_from(self.places, recipe, self.job, self.installation)
        base = Path(self.job["base"]["folder"])
        self.places.yaml.write_text(yaml_of(configuration(read_recipe(recipe), base, self.places, last, cpu=True)))
        command = [self.installation.command, "train", str(self.places.yaml)]
        result = run_training(command, self.places, 1, report, cancelled)
        return {**result, "resumed": None if last is None else last.name}, told

    def fault(self, cancel_at: int | None = None) -> TrainerFault:
        """That it ends with."""
        with pytest.raises(TrainerFault) as caught:
            self.run(cancel_at)
        return caught.value


@pytest.fixture
def prepared(params: dict[str, Any], stand_in: Path) -> Prepared:
    """A training that only has to be run."""
    return Prepared(params, stand_in)


def test_dead_it_goes_on_from_the_last_whole_checkpoint_and_another_recipe_begins_anew(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STAND_IN", "dies")
    assert prepared.fault().code == "training-failed"
    monkeypatch.setenv("STAND_IN", "")
    result, told = prepared.run()
    assert (result["resumed"], told) == ("checkpoint-2", [3, 4])
    assert result["losses"] == [1, 1 / 2, 1 / 3, 1 / 4]
    assert prepared.run(seed=9)[0]["resumed"] is None


def test_cancelled_it_ends_at_once_and_goes_on_later(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAND_IN", "waits")
    assert prepared.fault(cancel_at=3).code == "cancelled"
    monkeypatch.setenv("STAND_IN", "")
    assert prepared.run()[0]["resumed"] == "checkpoint-3"


@pytest.mark.parametrize(
    ("how", "code", "words"),
    [
        ("killed", "out-of-memory", "SIGKILL"),
        ("memory", "out-of-memory", "batchSize"),
        ("cuda", "out-of-memory", "CUDA out of memory"),
        ("refuses", "training-failed", "lora_rank"),
        ("nan", "loss-not-finite", "step 3"),
    ],
)
def test_how_it_ends_is_said(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch, how: str, code: str, words: str
) -> None:
    monkeypatch.setenv("STAND_IN", how)
    fault = prepared.fault()
    assert fault.code == code
    assert words in fault.message
    assert how != "nan" or not list(prepared.places.output.glob("checkpoint-*"))


def test_where_it_is_not_installed_it_says_how_to(tmp_path: Path) -> None:
    for environment in ({"PATH": str(tmp_path)}, {"PATH": "/usr/bin", "LLAMAFACTORY_CLI": str(tmp_path / "no")}):
        with pytest.raises(TrainerFault, match=r"pip install llamafactory==0\.9\.5") as caught:
            find_installation(environment)
        assert (caught.value.code, caught.value.number) == ("llamafactory-missing", -32002)


def test_what_its_environment_lacks_is_named(stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_installation().packages["llamafactory"] == "0.9.5"
    monkeypatch.setenv("PYTHONPATH", "")
    with pytest.raises(TrainerFault, match=r"lacks llamafactory: .* -m pip install llamafactory"):
        find_installation()


@pytest.mark.parametrize(
    ("lines", "python"),
    [
        ("#!/a/bin/python3.11\n", "/a/bin/python3.11"),
        ('#!/bin/sh\n\'\'\'exec\' "/a long/bin/python" "$0" "$@"\n', "/a long/bin/python"),
        ("#!/bin/bash\npython x\n", None),
        ("\x7fELF", None),
    ],
)
def test_the_python_of_a_command_is_in_its_first_line(tmp_path: Path, lines: str, python: str | None) -> None:
    command = tmp_path / "llamafactory-cli"
    command.write_text(lines)
    if python is None:
        with pytest.raises(TrainerFault):
            interpreter_of(command)
    else:
        assert interpreter_of(command) == python


def test_the_killing_of_one_of_several_processes_is_seen_in_torchruns_words() -> None:
    assert failure(
        1, ["torch.distributed.elastic: exitcode: -9", "  traceback : Signal 9 (SIGKILL) received"]
    ).code == ("out-of-memory")
    assert failure(1, []).code == "training-failed"


def test_times() -> None:
    assert [seconds_of(text) for text in ("0:00:10", "2 days, 1:00:00", "soon")] == [10, 176400, None]


@pytest.mark.skipif(REAL is None, reason="AUTOMEM_TEST_LLAMAFACTORY names no llamafactory-cli")
def test_the_real_one_trains_the_tiny_base_and_its_adapter_speaks(
    params: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLAMAFACTORY_CLI", REAL or "")
    monkeypatch.delenv("PYTHONPATH")
    first, told = train(params)
    assert [progress["step"] for progress in told if progress["phase"] == "train"] == [1, 2, 3, 4]
    again, _ = train({**params, "out": f"{params['out']}2"})
    assert again["gguf"]["sha256"] == first["gguf"]["sha256"]
    assert again["adapter"]["files"] == first["adapter"]["files"]
    asked = {"base": params["base"], "cache": params["cache"], "maxTokens": 3}
    prompts = [[{"role": "user", "content": "say"}]]
    request = {**asked, "prompts": prompts, "adapter": first["adapter"]["folder"]}
    assert LlamaFactoryTrainer().generate(request, threading.Event())["replies"][0]["generatedTokens"] <= 3
