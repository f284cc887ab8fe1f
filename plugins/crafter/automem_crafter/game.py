"""Crafter as an automem game: one task, `default`, with the settings of the AutoMem and BALROG runs.

Progress is the share of the 22 achievements unlocked. The first observation comes after one Noop inside reset, as in
the reference. Source of the behaviour: BALROG af7d1f1, balrog/environments/crafter (MIT); the golden episodes decide.
"""

from __future__ import annotations

import io
from importlib.metadata import version
from typing import Any, ClassVar, Final

from automem_sdk import BadOption, BadTask, Game, GameFault, Observation, Start, Task, Transition
from PIL import Image

from .actions import ACTIONS, DEFAULT_ACTION
from .describe import Sight, describe_inventory, describe_sight, facts
from .instruction import INSTRUCTION
from .world import CrafterEnvironment

MAX_STEPS: Final = 2000
ACHIEVEMENTS: Final = 22
TEXTS: Final = ("automem", "balrog")
PACKAGES: Final = ("crafter", "numpy", "opensimplex", "pillow")


class Crafter(Game):
    """Open-world survival: gather, build, fight, eat and sleep; 22 achievements to unlock."""

    name = "crafter"
    version = "0.1.0"
    tasks = (Task(id="default", description="Unlock as many of the 22 achievements as you can.", max_steps=MAX_STEPS),)
    reads_clock = False
    default_options: ClassVar[dict[str, Any]] = {"text": "automem"}

    def __init__(self) -> None:
        self._environment: CrafterEnvironment | None = None
        self._index = {action.name: index for index, action in enumerate(ACTIONS)}

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        """Make a new world from `seed`. The option `text` is checked only: both texts are the same in Crafter."""
        if task != self.tasks[0].id:
            raise BadTask(task, [each.id for each in self.tasks])
        _check_options(options)
        environment = CrafterEnvironment(seed)
        environment.reset()
        _, _, _, info = environment.step(self._index[DEFAULT_ACTION])
        self._environment = environment
        return Start(
            observation=_observe(environment, info),
            instruction=INSTRUCTION.format(max_steps=MAX_STEPS),
            actions=ACTIONS,
            default_action=DEFAULT_ACTION,
            max_steps=MAX_STEPS,
            progress=0.0,
            info=facts(environment, info),
        )

    def step(self, action: str) -> Transition:
        """Play one action. The engine's own limit is far away; the host stops after `max_steps`."""
        environment = self._playing()
        _, reward, done, info = environment.step(self._index[action])
        unlocked = sum(1 for count in info["achievements"].values() if count > 0)
        described = facts(environment, info)
        if done:
            described["end_reason"] = "died" if described["dead"] else "engine limit"
        return Transition(
            observation=_observe(environment, info),
            reward=float(reward),
            terminated=bool(done),
            truncated=False,
            progress=unlocked / ACHIEVEMENTS,
            info=described,
        )

    def render(self) -> bytes:
        """The player's view and inventory, 256 by 256 pixels. The world's random stream is not touched."""
        buffer = io.BytesIO()
        Image.fromarray(self._playing().picture()).save(buffer, format="PNG")
        return buffer.getvalue()

    def close(self) -> None:
        """Forget the world."""
        self._environment = None

    def packages(self) -> dict[str, str]:
        """Versions of the packages that decide an episode."""
        return {name: version(name) for name in PACKAGES}

    def determinism_notes(self) -> list[str]:
        """What was done so that an episode repeats itself."""
        return [
            "chunks keep their creatures in order of arrival; upstream keeps them in a set ordered by memory address",
            "nothing is drawn during play; the random numbers of the reference's two drawings a step are skipped over",
        ]

    def _playing(self) -> CrafterEnvironment:
        if self._environment is None:
            raise GameFault("not-playing", "crafter: no episode is under way; call reset first")
        return self._environment


def _check_options(options: dict[str, Any]) -> None:
    unknown = sorted(set(options) - {"text"})
    if unknown:
        raise BadOption(f"crafter: unknown option {', '.join(unknown)}; known options: text")
    if options.get("text", TEXTS[0]) not in TEXTS:
        raise BadOption(f"crafter: option text must be one of {', '.join(TEXTS)}, not {options['text']!r}")


def _observe(environment: CrafterEnvironment, info: dict[str, Any]) -> Observation:
    player = environment.player
    sight = Sight(
        semantic=info["semantic"],
        position=(int(info["player_pos"][0]), int(info["player_pos"][1])),
        facing=(int(player.facing[0]), int(player.facing[1])),
        view=environment.view,
        sleeping=bool(player.sleeping),
        dead=bool(player.health <= 0),
    )
    return Observation(long=describe_sight(sight), short=describe_inventory(info["inventory"]))
