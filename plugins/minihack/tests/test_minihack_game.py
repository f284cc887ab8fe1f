"""MiniHack as a plugin: tasks, actions, options, other environments by id, repeatability."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import minihack
import nle
import pytest
import replay
from automem_minihack import MiniHack
from automem_minihack.environment import known_tasks
from automem_minihack.level_compiler import compile_level
from automem_sdk import BadOption, BadTask, GameFault
from automem_sdk.testing import Client, play

PLUGIN = Path(__file__).resolve().parents[1]
CLOCK = ["--freeze-clock", "2025-11-17 12:00:00"]
MAZE = "MiniHack-MazeWalk-9x9-v0"
QUEST = "MiniHack-Quest-Easy-v0"


@pytest.fixture
def game() -> Iterator[MiniHack]:
    playing = MiniHack()
    yield playing
    playing.close()


def test_the_manifest_says_what_the_game_says() -> None:
    manifest = json.loads((PLUGIN / "plugin.json").read_text("utf-8"))
    assert [(task["id"], task["description"], task["maxSteps"]) for task in manifest["tasks"]] == [
        (task.id, task.description, task.max_steps) for task in MiniHack.tasks
    ]
    assert {option["name"]: option["default"] for option in manifest["options"]} == dict(MiniHack.default_options)
    assert (manifest["name"], manifest["version"]) == (MiniHack.name, MiniHack.version)


@pytest.mark.parametrize(
    ("task", "count", "extra"),
    [
        (MAZE, 8, set()),
        ("MiniHack-CorridorBattle-Dark-v0", 8, set()),
        ("MiniHack-Corridor-R3-v0", 11, {"open", "kick", "search"}),
        (QUEST, 32, {"zap", "pickup", "more"}),
    ],
)
def test_a_task_offers_what_its_environment_takes(game: MiniHack, task: str, count: int, extra: set[str]) -> None:
    start = game.reset(task, 1, {})
    names = [action.name for action in start.actions]
    assert len(names) == len({action.description for action in start.actions}) == count
    assert set(names) >= {"north", "southwest", *extra}


def test_an_unknown_action_plays_north() -> None:
    unknown = play(MiniHack, MAZE, 42, ["zap"])
    north = play(MiniHack, MAZE, 42, ["north"])
    assert (unknown[1]["valid"], unknown[1]["executed"]) == (False, "north")
    assert unknown[1]["observation"] == north[1]["observation"]


@pytest.mark.parametrize("task", ["MiniHack-Room-5x5-v0", "MiniHack-MultiRoom-N2-v0", "MiniHack-KeyRoom-S5-v0"])
def test_other_environments_are_played_by_id_and_repeat(task: str) -> None:
    actions = ["east", "south", "west", "north"] * 5
    assert play(MiniHack, task, 3, actions) == play(MiniHack, task, 3, actions) != play(MiniHack, task, 4, actions)


def test_more_than_a_hundred_environments_are_known_and_all_of_the_default_tasks() -> None:
    assert len(known_tasks()) > 100
    assert {task.id for task in MiniHack.tasks} <= set(known_tasks())


@pytest.mark.parametrize("task", ["MiniHack-Nowhere-v0", "MiniHack-Skill-Custom-v0", "CartPole-v1"])
def test_an_id_that_cannot_be_played_is_refused(game: MiniHack, task: str) -> None:
    with pytest.raises(BadTask):
        game.reset(task, 1, {})


def test_a_mistyped_id_is_answered_with_those_like_it(game: MiniHack) -> None:
    with pytest.raises(BadTask, match="MiniHack-Boxoban-Hard-v0") as raised:
        game.reset("MiniHack-boxoban-hard", 1, {})
    assert len(raised.value.message) < 500


@pytest.mark.parametrize("options", [{"autopickup": False}, {"text": 3}])
def test_an_option_it_does_not_know_is_refused(game: MiniHack, options: dict[str, Any]) -> None:
    with pytest.raises(BadOption):
        game.reset(MAZE, 1, options)


def test_progress_is_one_only_after_a_step_whose_reward_is_one() -> None:
    name = "minihack/MiniHack-MazeWalk-9x9-v0/42.explore.jsonl.gz"
    with Client("automem_minihack:MiniHack", [PLUGIN], CLOCK) as client:
        client.initialize()
        results = [client.reset(MAZE, 42), *(client.step(action) for action in replay.first_actions(name, 100))]
    assert [result["progress"] for result in results[1:-1]] == [0.0] * (len(results) - 2)
    assert (results[-1]["reward"], results[-1]["progress"], results[-1]["terminated"]) == (1.0, 1.0, True)
    assert results[-1]["info"]["end_reason"] == "task successful"


def test_a_level_that_the_compiler_refuses_is_an_error(game: MiniHack) -> None:
    with pytest.raises(GameFault, match="Map too large"):
        game.reset("MiniHack-MultiRoom-N10-v0", 7, {})
    assert game.reset(MAZE, 1, {}).observation.long


def test_a_level_compiled_here_equals_the_scripts(tmp_path: Path) -> None:
    """The files in the game's folder, made by MiniHack's own shell script and by ours."""
    for name in ("script", "ours"):
        (tmp_path / name).mkdir()

    compile_level(SimpleNamespace(nethack=SimpleNamespace(_vardir=str(tmp_path / "ours"))), "mazewalk.des")
    package = Path(minihack.__file__).parent
    hack = Path(nle.__file__).parent / "nethackdir"
    script = package / "scripts" / "mh_patch_nhdat.sh"
    arguments = [str(tmp_path / "script"), str(hack), str(package / "lib"), str(package / "dat" / "mazewalk.des")]
    subprocess.run(["bash", str(script), *arguments], check=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"})
    assert (tmp_path / "ours" / "nhdat").read_bytes() == (tmp_path / "script" / "nhdat").read_bytes()


def test_a_picture_is_a_png(game: MiniHack) -> None:
    game.reset(QUEST, 2, {})
    before = game.render()
    game.step("far east")
    assert before.startswith(b"\x89PNG\r\n")
    assert game.render() != before


def test_an_episode_is_the_same_in_another_process_and_after_another_episode() -> None:
    actions = list(replay.first_actions("minihack/MiniHack-Quest-Medium-v0/42.jsonl.gz", 40))

    def episode(client: Client, seed: int) -> list[dict[str, Any]]:
        results = [client.reset("MiniHack-Quest-Medium-v0", seed)]
        for action in actions:
            if not results[-1].get("terminated"):
                results.append(client.step(action))
        return results

    target = "automem_minihack:MiniHack"
    with Client(target, [PLUGIN], CLOCK) as first, Client(target, [PLUGIN], CLOCK) as second:
        first.initialize()
        second.initialize()
        other = episode(second, 8)
        assert episode(first, 7) == episode(second, 7) != other
