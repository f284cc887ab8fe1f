"""Draws an episode from its seed: what is said, the road, and what the doors ask.

Each word of each password is drawn alone and evenly from the words of its place, and no text shown at a door depends
on it. So whatever a player makes of the present observation alone, it is right with probability 1 / choices.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

from .settings import Settings
from .words import PEOPLE, PLACES, ROAD, SMALL_TALK, STRANGERS, VOCABULARY

Password = tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """One step's worth of text. Only at a door is `word` set: the word to say there; `last` ends that door."""

    text: str
    person: str = ""
    word: str = ""
    last: bool = False


@dataclass(frozen=True)
class Story:
    """`scenes` in order, one a step; `choices` are the words of each place that exist in this episode."""

    scenes: tuple[Scene, ...]
    choices: tuple[tuple[str, ...], ...]
    doors: tuple[str, ...]


def draw_story(settings: Settings, seed: int) -> Story:
    """The episode of a seed; the same settings and seed give the same story in any process."""
    draw = random.Random(seed)
    choices = tuple(_pick_in_order(draw, row, settings.choices) for row in VOCABULARY[: settings.words])
    people = draw.sample(PEOPLE, settings.facts)
    passwords = {person: _password(draw, choices) for person in people}
    tellings = [(person, Scene(_telling(person, password, ""))) for person, password in passwords.items()]
    talk = [Scene(f"The {draw.choice(STRANGERS)} says: {draw.choice(SMALL_TALK)}") for _ in range(settings.distractors)]
    said: list[tuple[str, Scene]] = [*tellings, *(("", scene) for scene in talk)]
    draw.shuffle(said)
    for person in draw.sample(people, settings.changes):
        passwords[person] = _other_password(draw, choices, passwords[person])
        told = next(index for index, (speaker, _) in enumerate(said) if speaker == person)
        said.insert(draw.randint(told + 1, len(said)), (person, Scene(_telling(person, passwords[person], "now "))))
    road = [Scene(draw.choice(ROAD)) for _ in range(settings.gap)]
    doors = draw.sample(people, len(people))
    asked = [scene for person in doors for scene in _door(person, passwords[person])]
    return Story((*(scene for _, scene in said), *road, *asked), choices, tuple(doors))


def _pick_in_order(draw: random.Random, row: tuple[str, ...], count: int) -> tuple[str, ...]:
    picked = draw.sample(range(len(row)), count)
    return tuple(row[index] for index in sorted(picked))


def _password(draw: random.Random, choices: tuple[tuple[str, ...], ...]) -> Password:
    return tuple(draw.choice(row) for row in choices)


def _other_password(draw: random.Random, choices: tuple[tuple[str, ...], ...], old: Password) -> Password:
    # Every word changes, so that half of an old note is worth nothing.
    return tuple(
        draw.choice([word for word in row if word != before]) for row, before in zip(choices, old, strict=True)
    )


def _telling(person: str, password: Password, when: str) -> str:
    return f"The {person} says: my password is {when}{' '.join(password)}."


def _door(person: str, password: Password) -> list[Scene]:
    if len(password) == 1:
        return [Scene(f"You are at the {person}'s door. Say the {person}'s password.", person, password[0], True)]
    return [
        Scene(
            f"You are at the {person}'s door. Say the {place} word of the {person}'s password.",
            person,
            word,
            last=index == len(password) - 1,
        )
        for index, (place, word) in enumerate(zip(PLACES, password, strict=False))
    ]
