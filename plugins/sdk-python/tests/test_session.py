"""The protocol's rules hold for any game: order of calls, parameters, validity, typed errors."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pylsp_jsonrpc.exceptions import JsonRpcException
from sample_games import Drawing, Faulty, Walk

from automem_sdk import Action, Game, Observation, Start, Task, Transition, seed_everything
from automem_sdk.session import Session
from automem_sdk.testing import play

INITIALIZE = {"protocolVersion": 1, "automemVersion": "test"}
ACTIONS = (Action("left", ""), Action("right", ""))
GOOD_START: dict[str, Any] = {
    "observation": Observation("seen", "held"),
    "instruction": "go",
    "actions": ACTIONS,
    "default_action": "left",
    "max_steps": 3,
}
GOOD_STEP: dict[str, Any] = {
    "observation": Observation("seen"),
    "reward": 0.0,
    "terminated": False,
    "truncated": False,
    "progress": 0.5,
}


class Told(Game):
    """Answers what a test tells it to."""

    name = "told"
    version = "1"
    tasks = (Task("default", "", 3),)
    default_options = {"start": None, "step": None}

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        self.answer = {**GOOD_STEP, **(options["step"] or {})}
        return Start(**{**GOOD_START, **(options["start"] or {})})

    def step(self, action: str) -> Transition:
        return Transition(**self.answer)


def session_of(game: type[Game]) -> Session:
    session = Session(game)
    session.initialize(INITIALIZE)
    return session


def refusal(call: Any, *arguments: Any) -> JsonRpcException:
    with pytest.raises(JsonRpcException) as caught:
        call(*arguments)
    return caught.value


def test_an_episode_has_the_protocols_shape() -> None:
    results = play(Walk, "default", 7, ["right", "jump", "right", "right", "left"])
    assert results[0]["defaultAction"] == "wait"
    assert [action["name"] for action in results[0]["actions"]] == ["left", "right", "wait"]
    assert results[1] == {
        "observation": {"long": results[1]["observation"]["long"], "short": ""},
        "reward": 0.0,
        "terminated": False,
        "truncated": False,
        "progress": pytest.approx(1 / 3),
        "info": {},
        "valid": True,
        "executed": "right",
    }
    assert (results[2]["valid"], results[2]["executed"], results[2]["progress"]) == (
        False,
        "wait",
        results[1]["progress"],
    )
    assert len(results) == 5 and results[-1]["terminated"] and results[-1]["progress"] == 1.0


@pytest.mark.parametrize("asked", ["Right", " right", "right ", "", "\x00", "rıght"])
def test_an_action_counts_only_if_it_matches_exactly(asked: str) -> None:
    assert not play(Walk, "default", 0, [asked])[1]["valid"]


def test_the_global_generators_are_seeded_before_each_reset() -> None:
    session = session_of(Walk)
    first = session.reset({"task": "default", "seed": 5, "options": {}})
    random.random()
    assert session.reset({"task": "default", "seed": 5}) == first
    assert session.reset({"task": "default", "seed": 6}) != first
    seed_everything(5)
    assert first["info"] == {"draw": random.random()}


def test_numpys_generator_is_seeded_too() -> None:
    numpy = pytest.importorskip("numpy")
    seed_everything(5)
    first = numpy.random.random()
    seed_everything(5)
    assert numpy.random.random() == first


def test_calls_at_the_wrong_time_are_refused() -> None:
    session = Session(Drawing)
    for call in (lambda: session.reset({"task": "default", "seed": 1}), lambda: session.step({"action": "left"})):
        assert refusal(call).code == -32003
    session.initialize(INITIALIZE)
    assert refusal(session.step, {"action": "left"}).code == -32003
    assert refusal(session.render, {}).code == -32003
    session.reset({"task": "default", "seed": 1, "options": {"goal": 1}})
    assert session.step({"action": "right"})["terminated"]
    assert refusal(session.step, {"action": "right"}).code == -32003
    session.render({})
    assert session.close({}) == {} and session.close({}) == {}
    for method in (session.reset, session.step, session.render):
        assert refusal(method, {"task": "default", "seed": 1, "action": "left"}).code == -32003
    assert refusal(session.initialize, INITIALIZE).code == -32003


@pytest.mark.parametrize(
    "params",
    [
        [],
        "text",
        {},
        {"task": 1, "seed": 1},
        {"task": "default"},
        {"task": "default", "seed": -1},
        {"task": "default", "seed": 2**31},
        {"task": "default", "seed": 1.0},
        {"task": "default", "seed": True},
        {"task": "default", "seed": "1"},
        {"task": "default", "seed": 1, "options": []},
        {"task": "default", "seed": 1, "options": None},
        {"task": "default", "seed": 1, "options": {"gaol": 3}},
        {"task": "other", "seed": 1},
    ],
)
def test_params_of_reset_that_do_not_fit_are_refused(params: object) -> None:
    assert refusal(session_of(Walk).reset, params).code == -32602


@pytest.mark.parametrize("params", [[], {}, {"action": None}, {"action": 3}, {"action": ["left"]}])
def test_params_of_step_that_do_not_fit_are_refused_and_the_episode_goes_on(params: object) -> None:
    session = session_of(Walk)
    session.reset({"task": "default", "seed": 1})
    assert refusal(session.step, params).code == -32602
    assert session.step({"action": "right"})["valid"]


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_protocol_version_is_refused(version: object) -> None:
    assert refusal(Session(Walk).initialize, {"protocolVersion": version}).code == -32602


def test_seeds_at_both_ends_are_played() -> None:
    assert play(Walk, "default", 0, []) != play(Walk, "default", 2**31 - 1, [])


def test_unknown_options_are_named_with_the_known_ones() -> None:
    error = refusal(session_of(Walk).reset, {"task": "default", "seed": 1, "options": {"gaol": 3}})
    assert error.message == "unknown option gaol; known options: goal" and error.data["code"] == "bad-option"


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"actions": ()}, "at least one action"),
        ({"actions": (*ACTIONS, Action("left", "again"))}, "more than once: left"),
        ({"actions": (Action("", ""),)}, "must not be empty"),
        ({"actions": ("left",)}, "must be an Action"),
        ({"default_action": "up"}, "default_action 'up' is not among the actions: left, right"),
        ({"progress": float("nan")}, "progress must be finite"),
        ({"progress": -0.1}, r"progress must be in \[0, 1\]"),
        ({"max_steps": 0}, "max_steps"),
        ({"max_steps": 2.5}, "max_steps"),
        ({"instruction": None}, "instruction must be text"),
        ({"observation": "seen"}, "observation must be an Observation"),
        ({"observation": Observation(b"seen")}, "observation.long must be text"),  # type: ignore[arg-type]
        ({"info": {"a": object()}}, r"info\['a'\] is a object"),
        ({"info": {1: 2}}, "keys of info"),
        ({"info": []}, "info must be a mapping"),
    ],
)
def test_a_start_that_breaks_the_contract_is_an_error(part: dict[str, Any], reason: str) -> None:
    error = refusal(session_of(Told).reset, {"task": "default", "seed": 1, "options": {"start": part}})
    assert error.code == -32001 and error.data["code"] == "bad-answer"
    with pytest.raises(JsonRpcException, match=reason):
        raise error


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"progress": 1.01}, r"progress must be in \[0, 1\]"),
        ({"progress": "1"}, "progress must be a number"),
        ({"progress": True}, "progress must be a number"),
        ({"reward": float("inf")}, "reward must be finite"),
        ({"reward": None}, "reward must be a number"),
        ({"terminated": 1}, "terminated must be True or False"),
        ({"truncated": None}, "truncated must be True or False"),
        ({"info": {"deep": [{"x": float("nan")}]}}, r"info\['deep'\]\[0\]\['x'\] must be finite"),
    ],
)
def test_a_transition_that_breaks_the_contract_ends_the_episode(part: dict[str, Any], reason: str) -> None:
    session = session_of(Told)
    session.reset({"task": "default", "seed": 1, "options": {"step": part}})
    error = refusal(session.step, {"action": "left"})
    assert error.code == -32001 and error.data["code"] == "bad-answer"
    with pytest.raises(JsonRpcException, match=reason):
        raise error
    assert refusal(session.step, {"action": "left"}).code == -32003
    session.reset({"task": "default", "seed": 1})
    assert session.step({"action": "left"})["valid"]


def test_numpy_values_are_taken_as_numbers_and_flags() -> None:
    numpy = pytest.importorskip("numpy")
    step = {
        "reward": numpy.float32(0.5),
        "terminated": numpy.bool_(True),
        "progress": numpy.float64(1),
        "observation": Observation(numpy.str_("seen")),
        "info": {"count": numpy.int64(3), "list": (1, numpy.float64(0.5))},
    }
    session = session_of(Told)
    session.reset({"task": "default", "seed": 1, "options": {"step": step}})
    result = session.step({"action": "left"})
    assert (result["reward"], result["terminated"], result["progress"]) == (0.5, True, 1.0)
    assert result["info"] == {"count": 3, "list": [1, 0.5]}
    assert type(result["observation"]["long"]) is str and type(result["terminated"]) is bool


def test_an_exception_is_reported_with_type_message_and_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    session = session_of(Faulty)
    session.reset({"task": "default", "seed": 9, "options": {"how": "raise"}})
    error = refusal(session.step, {"action": "right"})
    assert error.code == -32001
    assert error.message == "faulty (task default, seed 9) failed during step 0, action 'right': ValueError: boom \x00"
    assert error.data["code"] == "game-raised" and error.data["retryable"] is False
    detail = error.data["detail"]
    assert (detail["type"], detail["message"]) == ("ValueError", "boom \x00")
    assert "sample_games.py" in detail["traceback"] and len(detail["traceback"].split("\n")) <= 12
    assert "ValueError: boom" in capsys.readouterr().err
    assert refusal(session.step, {"action": "right"}).code == -32003


@pytest.mark.parametrize(
    ("how", "number", "code"),
    [("asset", -32002, "missing-asset"), ("option", -32602, "bad-option"), ("fault", -32001, "no-display")],
)
def test_typed_faults_keep_their_code(how: str, number: int, code: str) -> None:
    error = refusal(session_of(Faulty).reset, {"task": "default", "seed": 1, "options": {"how": how}})
    assert (error.code, error.data["code"]) == (number, code)


def test_a_missing_asset_says_how_to_bring_it() -> None:
    error = refusal(session_of(Faulty).reset, {"task": "default", "seed": 1, "options": {"how": "asset"}})
    assert error.message == "the levels is missing. Run `automem plugin add faulty --assets FILE`."


def test_a_failed_load_is_reported_by_initialize() -> None:
    def fail() -> Game:
        raise ImportError("libGL.so.1: cannot open shared object file")

    error = refusal(Session(fail).initialize, INITIALIZE)
    assert error.code == -32001 and error.data["code"] == "load-failed"
    assert "libGL.so.1" in error.message


def test_a_game_without_pictures_has_no_render() -> None:
    session = session_of(Walk)
    session.reset({"task": "default", "seed": 1})
    assert refusal(session.render, {}).code == -32601


def test_render_returns_a_png_and_nothing_else() -> None:
    session = session_of(Drawing)
    session.reset({"task": "default", "seed": 1})
    assert session.render({}) == {"png": "iVBORw0KGgpyZXN0"}
    session.reset({"task": "default", "seed": 1, "options": {"png": False}})
    assert refusal(session.render, {}).data["code"] == "bad-answer"
    assert session.step({"action": "right"})["valid"]


@pytest.mark.parametrize("tasks", [(), (Task("a", "", 1), Task("a", "", 1)), (Task("", "", 1),), (Task("a", "", 0),)])
def test_a_bad_list_of_tasks_is_an_error(tasks: tuple[Task, ...]) -> None:
    bad = type("Bad", (Walk,), {"tasks": tasks})
    assert refusal(Session(bad).initialize, INITIALIZE).data["code"] == "bad-answer"


def test_other_tasks_are_passed_on_where_the_game_accepts_them() -> None:
    open_walk = type("OpenWalk", (Walk,), {"accepts_other_tasks": True})
    assert play(open_walk, "anything", 1, ["right"])[1]["valid"]
