"""Where LLaMA-Factory is: its command line, the Python that runs it, and the versions of what decides a result."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from automem_sdk.trainer import MISSING, TrainerFault

COMMAND: Final = "llamafactory-cli"
SETTING: Final = "LLAMAFACTORY_CLI"
NEEDED: Final = ("llamafactory", "torch", "transformers", "peft", "datasets", "safetensors", "gguf")
ALSO: Final = ("accelerate", "tokenizers", "numpy")

HOW: Final = f"""LLaMA-Factory needs an environment of its own (5.5 GB; 0.9.5 fails with torch 2.15):
  python3.11 -m venv FOLDER
  FOLDER/bin/pip install llamafactory==0.9.5 torch==2.11.0 torchaudio==2.11.0 torchvision gguf==0.19.0
Then put FOLDER/bin on PATH, or name the command: export {SETTING}=FOLDER/bin/{COMMAND}"""

_ASK: Final = """
import importlib.metadata as m, json, sys
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = m.version(name)
    except m.PackageNotFoundError:
        pass
print(json.dumps(found))
"""


class Installation(NamedTuple):
    """`python` runs LLaMA-Factory's own code; `packages` are versions by name."""

    command: str
    python: str
    packages: dict[str, str]


def find_installation(environment: dict[str, str] | None = None) -> Installation:
    """LLAMAFACTORY_CLI, else `llamafactory-cli` on PATH. Raises TrainerFault (`llamafactory-missing`), with how to install it."""
    env = dict(os.environ) if environment is None else environment
    named = env.get(SETTING)
    command = shutil.which(named or COMMAND, path=env.get("PATH"))
    if command is None:
        where = f"{SETTING} names {named}, which is no program" if named else f"there is no {COMMAND} on PATH"
        raise _missing(f"LLaMA-Factory is not installed: {where}")
    python = interpreter_of(Path(command))
    try:
        asked = subprocess.run(
            [python, "-c", _ASK, *NEEDED, *ALSO], capture_output=True, text=True, check=True, timeout=60
        )
        packages = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise _missing(f"the Python of {command} ({python}) cannot be asked what is installed: {error}") from error
    absent = [name for name in NEEDED if name not in packages]
    if absent:
        raise _missing(
            f"the environment of {command} lacks {', '.join(absent)}: {python} -m pip install {' '.join(absent)}"
        )
    return Installation(command, python, packages)


def interpreter_of(command: Path) -> str:
    """The Python that a console script names in its first line. Raises TrainerFault (`llamafactory-missing`)."""
    with command.open("rb") as stream:
        first = stream.readline(4096).decode("utf-8", "replace").strip()
        second = stream.readline(4096).decode("utf-8", "replace").strip()
    words = shlex.split(first[2:]) if first.startswith("#!") else []
    if len(words) == 2 and words[0].endswith("/env"):
        words = [shutil.which(words[1]) or words[1]]
    if words == ["/bin/sh"]:
        # pip writes paths that are too long for a first line into the second one.
        words = shlex.split(second.removeprefix("'''exec'"))[:1]
    if len(words) != 1 or "python" not in Path(words[0]).name:
        raise _missing(f"{command} is not the command that pip installs: its first line names no Python")
    return words[0]


def _missing(message: str) -> TrainerFault:
    return TrainerFault("llamafactory-missing", f"{message}.\n{HOW}", MISSING)
