"""Typing keys: what `--More--` and the end of an episode come to, on an environment that follows a script."""

from __future__ import annotations

import enum
from typing import Any

import numpy as np
import pytest
from automem_sdk.nle import NleEpisode
from automem_sdk.nle.episode import MORE_KEY


class _Status(enum.IntEnum):
    ABORTED = -1
    RUNNING = 0
    DEATH = 1
    TASK_SUCCESSFUL = 2


class _Scripted:
    """Answers each step with the next screen of `script`: its first line, reward and status."""

    def __init__(self, script: list[tuple[str, float, _Status]], actions: tuple[int, ...]) -> None:
        self._script = script
        self.actions = actions
        self.typed: list[int] = []

    def seed(self, core: int, disp: int, reseed: bool) -> None:
        self.seeds = (core, disp, reseed)

    def reset(self) -> dict[str, Any]:
        return _screen("Hello--More--")

    def step(self, index: int) -> tuple[dict[str, Any], float, bool, dict[str, Any]]:
        self.typed.append(self.actions[index])
        message, reward, status = self._script.pop(0)
        info = {"end_status": status, "is_ascended": False}
        return _screen(message), reward, status != _Status.RUNNING, info


def _screen(message: str) -> dict[str, Any]:
    characters = np.full((24, 80), ord(" "), np.uint8)
    characters[0, : len(message)] = list(message.encode("latin-1"))
    return {
        "tty_chars": characters,
        "tty_colors": np.zeros((24, 80), np.int8),
        "tty_cursor": np.zeros(2, np.uint8),
        "glyphs": np.full((21, 79), 2359, np.int16),
        "blstats": np.zeros(27, np.int64),
        "inv_strs": np.zeros((55, 80), np.uint8),
        "inv_letters": np.zeros(55, np.uint8),
    }


KEYS = (ord("j"), ord("k"), int(MORE_KEY))


def test_both_generators_are_seeded_and_never_reseeded() -> None:
    environment = _Scripted([], KEYS)
    NleEpisode(environment, 17, steps=True)
    assert environment.seeds == (17, 17, False)


def test_a_more_after_reset_is_left_to_the_player() -> None:
    environment = _Scripted([], KEYS)
    assert "Hello--More--" in NleEpisode(environment, 1, steps=True).first_observation().long
    assert environment.typed == []


def test_more_is_answered_and_the_parts_become_one_message() -> None:
    running = _Status.RUNNING
    script = [("You hear a \xe9--More--", 1.0, running), ("bell.--More--", 2.0, running), ("It stops.", 0.5, running)]
    environment = _Scripted(script, KEYS)
    turn = NleEpisode(environment, 1, steps=True).press(ord("k"))
    assert turn.message == "You hear a \xe9\nbell.\nIt stops."
    assert turn.reward == 3.5
    assert environment.typed == [ord("k"), int(MORE_KEY), int(MORE_KEY)]
    assert not turn.done


def test_more_is_left_where_the_game_has_ended() -> None:
    environment = _Scripted([("You die...--More--", -1.0, _Status.DEATH)], KEYS)
    turn = NleEpisode(environment, 1, steps=True).press(ord("k"))
    assert (turn.message, turn.terminated, turn.truncated) == ("You die...--More--", True, False)


def test_more_is_left_where_the_environment_has_no_such_key() -> None:
    environment = _Scripted([("A door.--More--", 0.0, _Status.RUNNING)], KEYS[:2])
    assert NleEpisode(environment, 1, steps=True).press(ord("k")).message == "A door.--More--"


@pytest.mark.parametrize(
    ("status", "terminated", "truncated"),
    [(_Status.ABORTED, False, True), (_Status.DEATH, True, False), (_Status.TASK_SUCCESSFUL, True, False)],
)
def test_only_an_aborted_episode_counts_as_truncated(status: _Status, terminated: bool, truncated: bool) -> None:
    turn = NleEpisode(_Scripted([("", 0.0, status)], KEYS), 1, steps=True).press(ord("j"))
    assert (turn.terminated, turn.truncated, turn.end_status) == (terminated, truncated, status.name)


def test_keys_after_the_end_are_not_typed() -> None:
    environment = _Scripted([("one", 1.0, _Status.RUNNING), ("two", 1.0, _Status.DEATH)], KEYS)
    turns = NleEpisode(environment, 1, steps=True).press_all([ord("k"), ord("j"), ord("k")])
    assert environment.typed == [ord("k"), ord("j")]
    assert [turn.message for turn in turns] == ["one", "two"]


def test_an_earlier_keys_message_is_kept_only_if_it_filled_screens() -> None:
    running = _Status.RUNNING
    script = [("Count: 1", 0.0, running), ("Count: 12", 0.0, running), ("Look!--More--", 0.0, running)]
    episode = NleEpisode(_Scripted([*script, ("A newt.", 0.0, running), ("Done.", 0.0, running)], KEYS), 1, steps=True)
    assert episode.observe(episode.press_all([ord("j"), ord("k")])).long.startswith("message:\nCount: 12\n\n")
    assert episode.observe(episode.press_all([ord("j"), ord("k")])).long.startswith(
        "message:\nLook!\nA newt.\nDone.\n\n"
    )
