"""The rules of the game: what is told, what is asked, what counts, and that memory decides the score."""

from __future__ import annotations

import json
import os
import struct
import subprocess
import sys
import zlib
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from automem_courier import Courier, words
from automem_courier.font import GLYPHS
from automem_courier.players import NoMemory, PerfectMemory, play_episode, score_table
from automem_courier.settings import PRESETS, Settings
from automem_courier.story import draw_story
from automem_sdk.testing import Client, play
from pylsp_jsonrpc.exceptions import JsonRpcException

PLUGIN = Path(__file__).resolve().parent.parent
MANIFEST = json.loads((PLUGIN / "plugin.json").read_text())
SEEDS = range(200)
EPISODE_42_CRC = 1299399619
PASSWORD_WORDS = {word for row in words.VOCABULARY for word in row}
VARIANTS: list[dict[str, Any]] = [
    {},
    {"facts": 1, "distractors": 0, "gap": 0, "choices": 2, "words": 1},
    {"facts": 16, "choices": 12, "words": 3, "changes": 16},
    {"gap": 1000},
    {"distractors": 200, "changes": 3},
]


def words_of(text: str) -> set[str]:
    return set(text.replace(".", " ").replace(":", " ").split())


def perfect_actions(task: str, seed: int, options: dict[str, Any] | None = None) -> list[str]:
    story = draw_story(Settings(**{**asdict(PRESETS[task]), **(options or {})}), seed)
    return [scene.word or "walk" for scene in story.scenes]


@pytest.mark.parametrize("task", list(PRESETS))
def test_perfect_memory_scores_exactly_one_on_every_seed(task: str) -> None:
    assert {play_episode(PerfectMemory(), task, seed) for seed in SEEDS} == {1.0}


@pytest.mark.parametrize("options", VARIANTS)
def test_perfect_memory_scores_exactly_one_whatever_the_options(options: dict[str, Any]) -> None:
    assert {play_episode(PerfectMemory(), "default", seed, options) for seed in range(10)} == {1.0}


@pytest.mark.parametrize("task", list(PRESETS))
def test_no_memory_scores_near_chance_over_200_seeds(task: str) -> None:
    settings = PRESETS[task]
    mean = sum(play_episode(NoMemory(seed), task, seed) for seed in SEEDS) / len(SEEDS)
    deviation = (settings.chance * (1 - settings.chance) / (settings.facts * len(SEEDS))) ** 0.5
    assert abs(mean - settings.chance) < 4 * deviation
    assert task == "tiny" or mean < 0.1


def test_saying_the_same_words_at_every_door_is_no_better_than_chance() -> None:
    total = 0.0
    for seed in SEEDS:
        start = play(Courier, "default", seed, [])[0]
        first, second = start["actions"][1]["name"], start["actions"][5]["name"]
        total += play(Courier, "default", seed, ["walk"] * 8 + [first, second] * 3)[-1]["progress"]
    assert total / len(SEEDS) < 0.1


def test_answers_are_spread_evenly_over_the_choices() -> None:
    ranks = Counter(
        story.choices[index % 2].index(scene.word)
        for seed in range(1000)
        for story in [draw_story(Settings(), seed)]
        for index, scene in enumerate(scene for scene in story.scenes if scene.word)
    )
    assert sum(ranks.values()) == 6000 and all(abs(count - 1500) < 150 for count in ranks.values())


@pytest.mark.parametrize("task", list(PRESETS))
def test_a_password_is_shown_once_and_never_at_a_door(task: str) -> None:
    for seed in range(50):
        results = play(Courier, task, seed, perfect_actions(task, seed))
        texts = [result["observation"]["long"] + " " + result["observation"]["short"] for result in results]
        told = [text for text in texts if words_of(text) & PASSWORD_WORDS]
        settings = PRESETS[task]
        assert len(told) == settings.facts + settings.changes
        assert all(" says: my password is " in text for text in told)
        doors = [text for text in texts if "door. Say" in text]
        assert len(doors) == settings.facts * settings.words
        assert max(map(texts.index, told)) + settings.gap < min(map(texts.index, doors))


def test_no_other_text_of_the_game_holds_a_password_word() -> None:
    others = [*words.PEOPLE, *words.STRANGERS, *words.SMALL_TALK, *words.ROAD]
    assert not PASSWORD_WORDS & set().union(*map(words_of, others))
    assert len(PASSWORD_WORDS) == sum(map(len, words.VOCABULARY))
    assert not set(words.PEOPLE) & set(words.STRANGERS)


def test_a_changed_password_replaces_every_word_of_the_old_one() -> None:
    for seed in range(50):
        told: dict[str, list[list[str]]] = {}
        for scene in draw_story(PRESETS["hard"], seed).scenes:
            if "my password is" in scene.text:
                person, _, password = scene.text[4:-1].partition(" says: my password is ")
                told.setdefault(person, []).append(password.split())
        changed = [tellings for tellings in told.values() if len(tellings) == 2]
        assert len(changed) == 4 and len(told) == 8
        for old, new in changed:
            assert new[0] == "now" and not set(old) & set(new)


def test_a_door_opens_only_if_every_word_was_right() -> None:
    good = perfect_actions("default", 3)
    for wrong_at in range(8, 14):
        actions = [*good]
        actions[wrong_at] = "walk"
        results = play(Courier, "default", 3, actions)
        assert results[-1]["progress"] == pytest.approx(2 / 3)
        assert sum(result.get("reward", 0) for result in results) == pytest.approx(2 / 3)
        assert "stays shut" in results[9 + (wrong_at - 8) // 2 * 2 + 1]["observation"]["long"]


def test_words_said_away_from_a_door_only_walk() -> None:
    good = perfect_actions("default", 3)
    results = play(Courier, "default", 3, [good[-1]] * 8 + good[8:])
    assert results[-1]["progress"] == 1.0


def test_an_unknown_action_walks() -> None:
    good = perfect_actions("default", 3)
    results = play(Courier, "default", 3, ["run"] * 8 + good[8:])
    assert (results[1]["valid"], results[1]["executed"]) == (False, "walk")
    assert results[-1]["progress"] == 1.0


@pytest.mark.parametrize("options", VARIANTS)
def test_an_episode_ends_exactly_at_its_step_limit(options: dict[str, Any]) -> None:
    results = play(Courier, "default", 1, ["walk"] * 2000, options)
    assert len(results) - 1 == results[0]["maxSteps"]
    assert results[-1]["terminated"] and not results[-1]["truncated"] and results[-1]["progress"] == 0.0


@pytest.mark.parametrize(
    "options",
    [{"fact": 3}, {"facts": 0}, {"facts": 17}, {"facts": 3.0}, {"facts": True}, {"facts": "3"}, {"choices": 1},
     {"words": 4}, {"gap": -1}, {"changes": 4}, {"facts": 1, "changes": 2}],
)  # fmt: skip
def test_options_that_do_not_fit_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(JsonRpcException) as caught:
        play(Courier, "default", 1, [], options)
    assert caught.value.code == -32602


def test_the_same_seed_gives_the_same_episode_in_two_processes() -> None:
    episodes = []
    for _ in range(2):
        with Client("automem_courier:Courier", [PLUGIN]) as client:
            client.initialize()
            episode = [client.reset("hard", 42), *(client.step(action) for action in perfect_actions("hard", 42))]
            episodes.append([*episode, client.call("render")])
        assert client.exit_code == 0 and client.stderr == ""
    assert episodes[0] == episodes[1]


def test_seeds_give_different_episodes() -> None:
    assert len({str(draw_story(Settings(), seed)) for seed in SEEDS}) == len(SEEDS)


def test_an_episode_is_the_same_in_every_version_of_python() -> None:
    scenes = draw_story(Settings(), 42).scenes
    digest = zlib.crc32("\n".join(f"{scene.text}|{scene.word}" for scene in scenes).encode())
    assert digest == EPISODE_42_CRC


def test_the_picture_is_a_png_that_changes_with_the_state() -> None:
    game = Courier()
    game.reset("hard", 1, {})
    pictures = {game.render()}
    for action in perfect_actions("hard", 1):
        game.step(action)
        picture = game.render()
        pictures.add(picture)
        assert picture.startswith(b"\x89PNG\r\n\x1a\n") and picture.endswith(b"IEND\xaeB`\x82")
        (size,) = struct.unpack(">I", picture[33:37])
        assert len(zlib.decompress(picture[41 : 41 + size])) == 200 * (1 + 320 * 3)
    assert len(pictures) == PRESETS["hard"].steps + 1


def test_every_letter_of_the_game_has_a_glyph() -> None:
    texts = [*words.PEOPLE, *words.STRANGERS, *words.SMALL_TALK, *words.ROAD, *PASSWORD_WORDS, "Step 0123456789: ."]
    assert set("".join(texts).upper()) <= set(GLYPHS)
    assert all(len(rows) == 5 and set(rows) <= set("01234567") for rows in GLYPHS.values())


def test_the_manifest_says_what_the_game_says() -> None:
    with Client("automem_courier:Courier", [PLUGIN]) as client:
        ready = client.initialize()
    assert (MANIFEST["name"], MANIFEST["version"]) == (ready["name"], ready["version"])
    assert MANIFEST["tasks"] == ready["tasks"]
    assert {option["name"]: option["default"] for option in MANIFEST["options"]} == asdict(Settings())


def test_the_command_prints_a_line_for_each_task() -> None:
    path = os.pathsep.join([str(PLUGIN), str(PLUGIN.parent / "sdk-python")])
    command = [sys.executable, "-m", "automem_courier.players", "--seeds", "5"]
    lines = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    assert [line.split()[:2] for line in lines[1:-1]] == [[task, "1.000"] for task in PRESETS]
    assert [row[0] for row in score_table(["tiny"], range(2))] == ["tiny"]
