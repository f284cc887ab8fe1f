"""What `automem plugin new` writes is a working plugin: its tests pass and it plays over the wire."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from automem_sdk.testing import SDK_FOLDER, Client, RemoteError

TEMPLATE = SDK_FOLDER.parent / "template-game"
PLACEHOLDERS = {"__NAME__": "my-game", "__MODULE__": "my_game", "__TITLE__": "My game"}


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """The template with its placeholders filled in."""
    for source in TEMPLATE.rglob("*"):
        if source.is_file() and "__pycache__" not in source.parts:
            target = tmp_path / fill_in(str(source.relative_to(TEMPLATE)))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(fill_in(source.read_text(encoding="utf-8")), encoding="utf-8")
    return tmp_path


def fill_in(text: str) -> str:
    for placeholder, value in PLACEHOLDERS.items():
        text = text.replace(placeholder, value)
    return text


def test_no_placeholder_is_left(plugin: Path) -> None:
    files = sorted(str(path.relative_to(plugin)) for path in plugin.rglob("*") if path.is_file())
    assert files == ["README.md", "automem_my_game/__init__.py", "plugin.json", "tests/test_game.py"]
    for name in files:
        text = (plugin / name).read_text(encoding="utf-8")
        assert not any(placeholder in text for placeholder in PLACEHOLDERS)


def test_its_own_tests_pass(plugin: Path) -> None:
    path = os.pathsep.join([str(plugin), str(SDK_FOLDER)])
    command = [sys.executable, "-m", "unittest", "discover", "tests"]
    done = subprocess.run(
        command, cwd=plugin, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Ran 4 tests" in done.stderr


def test_it_plays_over_the_wire(plugin: Path) -> None:
    manifest = json.loads((plugin / "plugin.json").read_text(encoding="utf-8"))
    with Client(manifest["entry"]["target"], [plugin]) as client:
        ready = client.initialize()
        assert (ready["name"], ready["version"], ready["tasks"]) == ("my-game", manifest["version"], manifest["tasks"])
        first = client.reset("default", 3)
        assert client.step("fly")["executed"] == "left"
        assert client.reset("default", 3) == first
        for params in (
            {"task": "other"},
            {"task": "default", "options": {"x": 1}},
            {"task": "default", "options": {"cups": 1}},
        ):
            with pytest.raises(RemoteError, match="-32602"):
                client.call("reset", {"seed": 1, **params})
        with pytest.raises(RemoteError, match="-32601"):
            client.call("render")
    assert client.exit_code == 0 and client.stderr == ""
