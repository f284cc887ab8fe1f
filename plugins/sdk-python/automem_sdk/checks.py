"""Turns what a game answers into JSON, and says exactly what is wrong where it does not fit the contract."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

from .episode import Action, Observation, Start, Task, Transition
from .faults import BadAnswer
from .png import PNG_SIGNATURE


def task_to_json(task: Task) -> dict[str, Any]:
    """A task as the protocol writes it."""
    if not isinstance(task, Task):
        raise BadAnswer(f"a task must be a Task, not {type(task).__name__}")
    return {
        "id": _text(task.id, "a task's id", allow_empty=False),
        "description": _text(task.description, f"the description of task {task.id}"),
        "maxSteps": _steps(task.max_steps, f"max_steps of task {task.id}"),
    }


def start_to_json(start: Start) -> dict[str, Any]:
    """The result of `reset`; raises BadAnswer for duplicate actions, an unknown default, a bad number or text."""
    if not isinstance(start, Start):
        raise BadAnswer(f"reset must return a Start, not {type(start).__name__}")
    names = _action_names(start.actions)
    if start.default_action not in names:
        raise BadAnswer(f"default_action {start.default_action!r} is not among the actions: {', '.join(names)}")
    return {
        "observation": _observation(start.observation),
        "instruction": _text(start.instruction, "instruction"),
        "actions": [{"name": action.name, "description": action.description} for action in start.actions],
        "defaultAction": start.default_action,
        "maxSteps": _steps(start.max_steps, "max_steps"),
        "progress": _progress(start.progress),
        "info": _info(start.info),
    }


def transition_to_json(transition: Transition) -> dict[str, Any]:
    """The result of `step` without `valid` and `executed`, which the session adds."""
    if not isinstance(transition, Transition):
        raise BadAnswer(f"step must return a Transition, not {type(transition).__name__}")
    return {
        "observation": _observation(transition.observation),
        "reward": _number(transition.reward, "reward"),
        "terminated": _flag(transition.terminated, "terminated"),
        "truncated": _flag(transition.truncated, "truncated"),
        "progress": _progress(transition.progress),
        "info": _info(transition.info),
    }


def check_png(png: bytes) -> bytes:
    """The bytes themselves, if they begin as a PNG does."""
    if not isinstance(png, bytes):
        raise BadAnswer(f"render must return bytes, not {type(png).__name__}")
    if not png.startswith(PNG_SIGNATURE):
        raise BadAnswer(f"render must return a PNG; the bytes begin with {png[:8]!r}")
    return png


def _action_names(actions: Sequence[Action]) -> list[str]:
    names: list[str] = []
    for action in actions:
        if not isinstance(action, Action):
            raise BadAnswer(f"every action must be an Action, not {type(action).__name__}")
        _text(action.name, "an action's name", allow_empty=False)
        _text(action.description, f"the description of action {action.name}")
        names.append(action.name)
    if not names:
        raise BadAnswer("actions is empty: a game needs at least one action")
    duplicates = sorted({name for name in names if names.count(name) > 1})
    if duplicates:
        raise BadAnswer(f"action names must be unique; more than once: {', '.join(duplicates)}")
    return names


def _observation(observation: Observation) -> dict[str, str]:
    if not isinstance(observation, Observation):
        raise BadAnswer(f"observation must be an Observation, not {type(observation).__name__}")
    return {
        "long": _text(observation.long, "observation.long"),
        "short": _text(observation.short, "observation.short"),
    }


def _text(value: object, what: str, allow_empty: bool = True) -> str:
    if not isinstance(value, str):
        raise BadAnswer(f"{what} must be text (str), not {type(value).__name__}")
    if not value and not allow_empty:
        raise BadAnswer(f"{what} must not be empty")
    # A str subclass (numpy.str_ for one) would be written by its own rules.
    return str(value)


def _steps(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < 1:
        raise BadAnswer(f"{what} must be a whole number of at least 1, not {value!r}")
    return int(value)


def _number(value: object, what: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise BadAnswer(f"{what} must be a number, not {value!r}")
    number = float(value)
    if not math.isfinite(number):
        raise BadAnswer(f"{what} must be finite, not {number}")
    return number


def _progress(value: object) -> float:
    number = _number(value, "progress")
    if not 0.0 <= number <= 1.0:
        raise BadAnswer(f"progress must be in [0, 1], not {number}")
    return number


def _flag(value: object, what: str) -> bool:
    # numpy's bool is no subclass of bool, and comparisons on arrays give it.
    if isinstance(value, bool) or type(value).__name__ in ("bool_", "bool"):
        return bool(value)
    raise BadAnswer(f"{what} must be True or False, not {value!r}")


def _info(info: object) -> dict[str, Any]:
    if not isinstance(info, Mapping):
        raise BadAnswer(f"info must be a mapping, not {type(info).__name__}")
    plain = _plain(info, "info")
    assert isinstance(plain, dict)
    return plain


def _plain(value: object, where: str) -> Any:
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return _number(value, where)
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise BadAnswer(f"the keys of {where} must be text, not {key!r}")
        return {str(key): _plain(inner, f"{where}[{key!r}]") for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner, f"{where}[{index}]") for index, inner in enumerate(value)]
    raise BadAnswer(f"{where} is a {type(value).__name__}, which is not JSON")
