"""Gymnasium environments become games in a few lines."""

from __future__ import annotations

from typing import Any

import pytest
from pylsp_jsonrpc.exceptions import JsonRpcException

from automem_sdk import Action, Observation, Task
from automem_sdk.gymnasium_game import GymnasiumGame
from automem_sdk.testing import play

gymnasium = pytest.importorskip("gymnasium")
numpy = pytest.importorskip("numpy")


class Lake(GymnasiumGame):
    """The whole of a plugin for FrozenLake."""

    name = "lake"
    version = "1"
    tasks = (Task("default", "Cross the lake.", 20),)
    instruction = "Reach the goal without falling into a hole."
    action_list = (Action("left", ""), Action("down", ""), Action("right", ""), Action("up", ""))
    default_options = {"slippery": False}

    def make(self, task: str, options: dict[str, Any]) -> Any:
        return gymnasium.make("FrozenLake-v1", is_slippery=options["slippery"])

    def describe(self, observation: Any, info: Any) -> Observation:
        return Observation(f"You are in row {observation // 4}, column {observation % 4}.")


class Counter(gymnasium.Env):  # type: ignore[misc, name-defined]
    """Observations as a dict, actions from 5 on, an info with things that are no JSON, an array as its picture."""

    action_space = gymnasium.spaces.Discrete(2, start=5)

    def reset(self, *, seed: int | None = None, options: Any = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self.count = int(self.np_random.integers(100))
        return self.look(), {}

    def step(self, action: int) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self.count += {5: 1, 6: -1}[action]
        info = {"count": self.count, "array": numpy.zeros(2), "nan": float("nan"), "object": object()}
        return self.look(), numpy.float32(0.25), False, False, info

    def render(self) -> Any:
        return numpy.full((2, 3, 3), self.count, dtype=numpy.uint8)

    def look(self) -> dict[str, str]:
        return {"long": f"count {self.count}", "short": "status"}


class CounterGame(GymnasiumGame):
    """Counter with its keys, and a score of its own."""

    name = "counter"
    version = "1"
    tasks = (Task("default", "", 3),)
    instruction = "Count."
    action_list = (Action("more", ""), Action("less", ""))
    default_action = "less"
    text_keys = ("long", "short")
    accepts_other_tasks = True

    def make(self, task: str, options: dict[str, Any]) -> Any:
        return Counter()

    def score(self, info: Any, reward_so_far: float, terminated: bool) -> float:
        return min(1.0, reward_so_far / 0.75)

    def step_limit(self, task: str) -> int:
        return 3 if task == "default" else 1


def test_a_walk_over_the_lake_ends_with_progress_one() -> None:
    results = play(Lake, "default", 1, ["down", "down", "right", "fly", "right", "down", "right"])
    texts = [result["observation"]["long"] for result in results]
    assert texts[:2] == ["You are in row 0, column 0.", "You are in row 1, column 0."]
    # "fly" is unknown and plays the first action, left; the walk goes on from there and ends on a hole or the goal.
    assert (results[4]["valid"], results[4]["executed"]) == (False, "left")
    assert results[-1]["progress"] == 0.0
    results = play(Lake, "default", 1, ["down", "down", "right", "right", "down", "right"])
    assert results[-1]["terminated"] and results[-1]["progress"] == 1.0 and results[-1]["info"] == {"prob": 1.0}


def test_the_seed_decides_a_slippery_lake() -> None:
    actions = ["right", "down"] * 10
    options = {"slippery": True}
    assert play(Lake, "default", 3, actions, options) == play(Lake, "default", 3, actions, options)
    episodes = {str(play(Lake, "default", seed, actions, options)) for seed in range(6)}
    assert len(episodes) > 1


def test_an_episode_does_not_depend_on_the_one_before() -> None:
    game = Lake()
    first = play(game, "default", 3, ["right"] * 5, {"slippery": True})
    play(game, "default", 4, ["down"] * 3, {"slippery": True})
    assert play(game, "default", 3, ["right"] * 5, {"slippery": True}) == first


def test_keys_scores_limits_and_info_of_an_environment() -> None:
    results = play(CounterGame, "default", 1, ["more", "less", "more", "more"])
    count = int(results[0]["observation"]["long"].split()[1])
    assert results[0]["observation"]["short"] == "status" and results[0]["defaultAction"] == "less"
    assert [result["observation"]["long"] for result in results[1:]] == [f"count {count + d}" for d in (1, 0, 1)]
    assert [result["progress"] for result in results[1:]] == pytest.approx([1 / 3, 2 / 3, 1.0])
    assert [result["truncated"] for result in results[1:]] == [False, False, True]
    assert results[1]["info"] == {"count": count + 1}


def test_other_tasks_have_the_limit_that_the_game_gives_them() -> None:
    results = play(CounterGame, "short", 1, ["more", "more"])
    assert results[0]["maxSteps"] == 1 and len(results) == 2 and results[1]["truncated"]


def test_a_picture_of_pixels_becomes_a_png() -> None:
    game = CounterGame()
    play(game, "default", 1, [])
    assert game.render().startswith(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x03\x00\x00\x00\x02")


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"text_keys": ("map", None)}, "no map; set text_keys"),
        ({"action_list": (Action("more", ""),), "default_action": None}, "names 1 actions; the environment has 2"),
        ({"describe": lambda self, observation, info: GymnasiumGame.describe(self, 3, info)}, "override describe"),
    ],
)
def test_an_environment_that_does_not_fit_is_explained(attributes: dict[str, Any], reason: str) -> None:
    with pytest.raises(JsonRpcException, match=reason):
        play(type("Bad", (CounterGame,), attributes), "default", 1, [])
