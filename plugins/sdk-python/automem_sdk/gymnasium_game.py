"""Wraps a Gymnasium environment with a discrete action space as a Game.

Gymnasium is not a dependency of the SDK: the plugin brings it in its own lock, and `make` imports it.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any, ClassVar, Protocol

from .episode import Action, Observation, Start, Transition
from .faults import BadAnswer
from .game import Game
from .png import encode_png


class Environment(Protocol):
    """What is used of `gymnasium.Env`."""

    action_space: Any

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Begin an episode: observation and info."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        """Play an action: observation, reward, terminated, truncated, info."""

    def render(self) -> Any:
        """A picture, where the environment was made with `render_mode="rgb_array"`."""

    def close(self) -> None:
        """Free what it holds."""


class GymnasiumGame(Game):
    """A game that plays a Gymnasium environment.

    Set `name`, `version`, `tasks`, `instruction` and `action_list`, and write `make`. Override `describe` where an
    observation is not text already, and `score` where the sum of rewards is not the score. A fresh environment is
    made for every episode and reset with its seed, so that an episode never depends on the one before.
    """

    instruction: ClassVar[str]
    """How to play and win."""

    action_list: ClassVar[Sequence[Action]]
    """Names in the order of the environment's discrete actions: the first is its action 0 (or `start`)."""

    default_action: ClassVar[str | None] = None
    """Played for an unknown action; None means the first of `action_list`."""

    text_keys: ClassVar[tuple[str, str | None]] = ("text", None)
    """Where an observation is a dict: the key of the long text and, or None, that of the short one."""

    _environment: Environment | None = None

    @abstractmethod
    def make(self, task: str, options: dict[str, Any]) -> Environment:
        """Make the environment of a task, as `gymnasium.make` does."""

    def describe(self, observation: Any, info: Mapping[str, Any]) -> Observation:
        """The text of an observation: a str as it is, a dict by `text_keys`."""
        if isinstance(observation, str):
            return Observation(observation)
        if isinstance(observation, Mapping):
            long_key, short_key = self.text_keys
            missing = [key for key in (long_key, short_key) if key is not None and key not in observation]
            if missing:
                raise BadAnswer(
                    f"the observation has no {', '.join(missing)}; set text_keys to two of {list(observation)}"
                )
            return Observation(str(observation[long_key]), str(observation[short_key]) if short_key else "")
        raise BadAnswer(f"an observation of type {type(observation).__name__} is no text; override describe")

    def score(self, info: Mapping[str, Any], reward_so_far: float, terminated: bool) -> float:
        """Progress in [0, 1]; by default the sum of rewards, held to [0, 1]."""
        return min(1.0, max(0.0, reward_so_far))

    def step_limit(self, task: str) -> int:
        """Steps after which an episode is cut off; by default that of the task in `tasks`."""
        return next(each.max_steps for each in self.tasks if each.id == task)

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        """Make a fresh environment and reset it with the seed."""
        self.close()
        environment = self.make(task, options)
        self._environment = environment
        self._first_action = self._check_actions(environment)
        self._numbers = {action.name: index for index, action in enumerate(self.action_list)}
        self._step_limit = self.step_limit(task)
        self._steps = 0
        self._reward_so_far = 0.0
        environment.action_space.seed(seed)
        observation, info = environment.reset(seed=seed)
        return Start(
            observation=self.describe(observation, info),
            instruction=self.instruction,
            actions=self.action_list,
            default_action=self.default_action or self.action_list[0].name,
            max_steps=self._step_limit,
            progress=self.score(info, 0.0, False),
            info=_json_part(info),
        )

    def step(self, action: str) -> Transition:
        """Play the environment's action of that name."""
        assert self._environment is not None
        number = self._first_action + self._numbers[action]
        observation, reward, terminated, truncated, info = self._environment.step(number)
        self._steps += 1
        self._reward_so_far += float(reward)
        cut_off = bool(truncated) or (not terminated and self._steps >= self._step_limit)
        progress = self.score(info, self._reward_so_far, bool(terminated))
        return Transition(
            self.describe(observation, info), float(reward), bool(terminated), cut_off, progress, _json_part(info)
        )

    def render(self) -> bytes:
        """The environment's picture, where it gives an array of height by width by 3 bytes."""
        assert self._environment is not None
        picture = self._environment.render()
        shape: tuple[int, ...] = getattr(picture, "shape", ())
        if len(shape) != 3 or shape[2] != 3:
            raise NotImplementedError('the environment gives no picture; make it with render_mode="rgb_array"')
        return encode_png([row.astype("uint8").tobytes() for row in picture])

    def close(self) -> None:
        """Close the environment, if there is one."""
        environment, self._environment = self._environment, None
        if environment is not None:
            environment.close()

    def packages(self) -> dict[str, str]:
        """The version of Gymnasium and numpy; extend it with the environment's own package."""
        versions = {}
        for package in ("gymnasium", "numpy"):
            try:
                versions[package] = version(package)
            except PackageNotFoundError:
                continue
        return versions

    def _check_actions(self, environment: Environment) -> int:
        count = getattr(environment.action_space, "n", None)
        if count is None:
            raise BadAnswer(f"the action space {environment.action_space} is not discrete")
        if int(count) != len(self.action_list):
            raise BadAnswer(f"action_list names {len(self.action_list)} actions; the environment has {int(count)}")
        return int(getattr(environment.action_space, "start", 0))


def _json_part(info: Mapping[str, Any]) -> dict[str, Any]:
    """The entries of an environment's info that are JSON; others (arrays, objects, NaN) are left out."""
    return {key: value for key, value in info.items() if isinstance(key, str) and _is_json(value)}


def _is_json(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Mapping):
        return all(isinstance(key, str) and _is_json(inner) for key, inner in value.items())
    if isinstance(value, (list, tuple)):
        return all(_is_json(inner) for inner in value)
    return value is None or isinstance(value, (bool, int, str))
