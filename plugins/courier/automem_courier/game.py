"""The game: people tell passwords once, a road follows, then each door asks for its password.

Every action takes one step, so an episode has a fixed length. Score: the share of doors opened.
"""

from __future__ import annotations

from typing import Any

from automem_sdk import Action, Game, Observation, Start, Transition

from .picture import draw_picture
from .settings import TASKS, Settings, read_settings
from .story import Story, draw_story
from .words import PLACES

WALK = "walk"
INSTRUCTION = (
    "You are a courier. People tell you their passwords, each only once. Later you stand at their doors. "
    "At a door, say the words of that person's password, one at a time. Everywhere else, walk. "
    "If a password changes, the new one counts. Each door that opens is a point. Nobody repeats a password."
)


class Courier(Game):
    """Memory decides the score: an observation at a door never holds what it asks for."""

    name = "courier"
    version = "0.1.0"
    tasks = TASKS

    def reset(self, task: str, seed: int, options: dict[str, Any]) -> Start:
        """Draw the story of the seed and show its first scene."""
        self._settings: Settings = read_settings(task, options)
        self._story: Story = draw_story(self._settings, seed)
        self._step_index = 0
        self._right_so_far = True
        self._opened: dict[str, bool] = {}
        self._news = ""
        return Start(
            observation=self._observe(),
            instruction=INSTRUCTION,
            actions=_actions(self._story),
            default_action=WALK,
            max_steps=self._settings.steps,
            info=self._info(),
        )

    def step(self, action: str) -> Transition:
        """Say a word or walk; away from the doors every action just walks."""
        scene = self._story.scenes[self._step_index]
        reward = 0.0
        self._news = ""
        if scene.word:
            self._right_so_far = self._right_so_far and action == scene.word
            if scene.last:
                reward = self._leave_door(scene.person)
        self._step_index += 1
        done = self._step_index == len(self._story.scenes)
        return Transition(self._observe(), reward, done, False, self._progress(), self._info())

    def render(self) -> bytes:
        """The present text, a box for each door (green: open, red: shut) and how far the day has gone."""
        doors = [(person, self._opened.get(person)) for person in self._story.doors]
        observation = self._observe()
        return draw_picture(observation.long, observation.short, doors, self._step_index / len(self._story.scenes))

    def _leave_door(self, person: str) -> float:
        opened, self._right_so_far = self._right_so_far, True
        self._opened[person] = opened
        self._news = f"The {person}'s door {'opens' if opened else 'stays shut'}. "
        return 1.0 / self._settings.facts if opened else 0.0

    def _progress(self) -> float:
        return sum(self._opened.values()) / self._settings.facts

    def _observe(self) -> Observation:
        scenes = self._story.scenes
        done = self._step_index == len(scenes)
        text = "The day is over." if done else scenes[self._step_index].text
        opened = f"Doors opened: {sum(self._opened.values())} of {self._settings.facts}."
        return Observation(self._news + text, f"Step {self._step_index} of {len(scenes)}. {opened}")

    def _info(self) -> dict[str, Any]:
        return {
            "doorsTried": len(self._opened),
            "doorsOpened": sum(self._opened.values()),
            "chance": self._settings.chance,
        }


def _actions(story: Story) -> list[Action]:
    if len(story.choices) == 1:
        words = [Action(word, "say this word at a door") for word in story.choices[0]]
    else:
        words = [
            Action(word, f"say it as a {place} word")
            for place, row in zip(PLACES, story.choices, strict=False)
            for word in row
        ]
    return [Action(WALK, "go on, when you are not at a door"), *words]
