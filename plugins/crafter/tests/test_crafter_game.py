"""Crafter as a plugin: start, options, invalid actions, pictures, repeatability."""

from __future__ import annotations

import json
from pathlib import Path

import crafter.constants
import pytest
import replay
from automem_crafter import Crafter
from automem_crafter.actions import ACTIONS as CRAFTER_ACTIONS
from automem_sdk import BadOption, BadTask
from automem_sdk.testing import Client, play

PLUGIN = Path(__file__).resolve().parents[1]
ACTIONS = list(replay.first_actions("crafter/default/42.weighted.jsonl.gz", 60))


def test_the_manifest_says_what_the_game_says() -> None:
    manifest = json.loads((PLUGIN / "plugin.json").read_text("utf-8"))
    assert [(task["id"], task["description"], task["maxSteps"]) for task in manifest["tasks"]] == [
        (task.id, task.description, task.max_steps) for task in Crafter.tasks
    ]
    assert {option["name"]: option["default"] for option in manifest["options"]} == dict(Crafter.default_options)
    assert (manifest["name"], manifest["version"]) == (Crafter.name, Crafter.version)


def test_actions_are_the_engines_in_its_order() -> None:
    start = Crafter().reset("default", 1, {})
    assert len(start.actions) == len(crafter.constants.actions) == 17
    assert len({action.description for action in start.actions}) == 17
    assert all(name.replace("_", " ") in start.instruction for name in crafter.constants.achievements)


def test_an_unknown_action_plays_noop() -> None:
    unknown = play(Crafter, "default", 42, ["fly to the moon", "noop"])
    noop = play(Crafter, "default", 42, ["Noop", "Noop"])
    assert [result["valid"] for result in unknown[1:]] == [False, False]
    assert [result["executed"] for result in unknown[1:]] == ["Noop", "Noop"]
    assert [result["observation"] for result in unknown] == [result["observation"] for result in noop]


def test_both_texts_are_accepted_and_equal() -> None:
    episodes = [play(Crafter, "default", 42, ACTIONS[:5], {"text": text}) for text in ("automem", "balrog")]
    assert episodes[0] == episodes[1]


@pytest.mark.parametrize("options", [{"texture": 1}, {"text": "klingon"}, {"text": None}])
def test_an_option_it_does_not_know_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(BadOption):
        Crafter().reset("default", 1, options)


def test_a_task_it_does_not_know_is_refused() -> None:
    with pytest.raises(BadTask):
        Crafter().reset("hard", 1, {})


def test_a_picture_is_a_png_and_changes_nothing() -> None:
    drawn, plain = Crafter(), Crafter()
    drawn.reset("default", 9, {})
    plain.reset("default", 9, {})
    for action in (name for name in ACTIONS if name in {each.name for each in CRAFTER_ACTIONS}):
        assert drawn.render().startswith(b"\x89PNG\r\n")
        assert drawn.step(action) == plain.step(action)


def test_an_episode_is_the_same_in_another_process_and_after_another_episode() -> None:
    def episode(client: Client, seed: int) -> list[dict[str, object]]:
        return [client.reset("default", seed), *(client.step(action) for action in ACTIONS)]

    with Client("automem_crafter:Crafter", [PLUGIN]) as first, Client("automem_crafter:Crafter", [PLUGIN]) as second:
        assert first.initialize()["determinism"]["clockFrozen"] is None
        second.initialize()
        other = episode(second, 8)
        assert episode(first, 7) == episode(second, 7) != other
