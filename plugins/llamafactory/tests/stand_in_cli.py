"""Stands in for `llamafactory-cli`: reads the YAML and the tokens, writes log, checkpoints and adapter as LLaMA-Factory 0.9.5 does.

STAND_IN decides how it ends: `dies` (after step 3), `killed`, `memory`, `cuda`, `nan`, `refuses`, `waits`, or well.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import yaml
from safetensors.numpy import save_file

MODULES = {"q_proj": (32, 32), "k_proj": (32, 16), "v_proj": (32, 16), "o_proj": (32, 32)}

how = os.environ.get("STAND_IN", "")
assert sys.argv[1] == "train"
with open(sys.argv[2], encoding="utf-8") as stream:
    settings = yaml.safe_load(stream)
output = Path(settings["output_dir"])
assert json.loads((Path(settings["tokenized_path"]) / "dataset_dict.json").read_text()) == {"splits": ["train"]}
if how == "refuses":
    print("ValueError: Some specified arguments are not used by the HfArgumentParser: ['lora_rank']", file=sys.stderr)
    sys.exit(1)
if how == "cuda":
    print("torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.", file=sys.stderr)
    sys.exit(1)
if how == "memory":
    print(
        "RuntimeError: [enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory", file=sys.stderr
    )
    sys.exit(1)
if how == "killed":
    os.kill(os.getpid(), signal.SIGKILL)

total = settings["max_steps"]
begun, history = 0, []
if settings["resume_from_checkpoint"]:
    state = json.loads((Path(settings["resume_from_checkpoint"]) / "trainer_state.json").read_text())
    begun, history = state["global_step"], state["log_history"]
for step in range(begun + 1, total + 1):
    loss = float("nan") if how == "nan" and step == 3 else 1 / step
    history.append({"step": step, "loss": loss, "learning_rate": 0.1, "epoch": step / total})
    line = {"current_steps": step, "total_steps": total, "loss": loss, "lr": 0.1, "epoch": step / total}
    text = json.dumps({**line, "percentage": 1, "elapsed_time": "0:00:01", "remaining_time": "1 day, 0:00:02"})
    with (output / "trainer_log.jsonl").open("a", encoding="utf-8") as log:
        log.write(text[:20])
        log.flush()
        log.write(text[20:] + "\n")
    if step % settings["save_steps"] == 0:
        checkpoint = output / f"checkpoint-{step}"
        checkpoint.mkdir()
        (checkpoint / "optimizer.pt").write_text("weights")
        state = json.dumps({"global_step": step, "log_history": history})
        (checkpoint / "trainer_state.json").write_text(state[:5] if how == "dies" and step == 3 else state)
    if how == "dies" and step == 3:
        sys.exit(1)
    if how in ("waits", "nan") and step == 3:
        time.sleep(600)
(output / "trainer_state.json").write_text(json.dumps({"global_step": total, "log_history": history}))
rank = settings["lora_rank"]
weights = {}
for layer in range(2):
    for module, (width, height) in MODULES.items():
        name = f"base_model.model.model.layers.{layer}.self_attn.{module}"
        weights[f"{name}.lora_A.weight"] = np.full((rank, width), 0.5, np.float32)
        weights[f"{name}.lora_B.weight"] = np.full((height, rank), 0.25, np.float32)
save_file(weights, output / "adapter_model.safetensors", {"format": "pt"})
config = {"peft_type": "LORA", "r": rank, "lora_alpha": settings["lora_alpha"], "target_modules": ["v_proj", "k_proj"]}
config |= {"base_model_name_or_path": settings["model_name_or_path"], "task_type": "CAUSAL_LM"}
(output / "adapter_config.json").write_text(json.dumps(config))
