"""NetHack as a plugin: actions, two-digit numbers, limits, options, repeatability."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import replay
from automem_nethack import NetHack
from automem_nethack.actions import ACTIONS, COMMANDS, KEYS
from automem_nethack.game import NO_PROGRESS_TURNS, TASK
from automem_sdk import BadOption, BadTask
from automem_sdk.testing import Client, play
from nle import nethack
from nle.env.tasks import NetHackChallenge

PLUGIN = Path(__file__).resolve().parents[1]
CLOCK = ["--freeze-clock", "2025-11-17 12:00:00"]


@pytest.fixture
def game() -> Iterator[NetHack]:
    playing = NetHack()
    yield playing
    playing.close()


def test_the_manifest_says_what_the_game_says() -> None:
    manifest = json.loads((PLUGIN / "plugin.json").read_text("utf-8"))
    assert [(task["id"], task["description"], task["maxSteps"]) for task in manifest["tasks"]] == [
        (task.id, task.description, task.max_steps) for task in NetHack.tasks
    ]
    assert {option["name"]: option["default"] for option in manifest["options"]} == dict(NetHack.default_options)
    assert (manifest["name"], manifest["version"]) == (NetHack.name, NetHack.version)


def test_248_actions_each_with_a_description_of_its_own_but_for_digits() -> None:
    assert len(ACTIONS) == len(KEYS) == 248
    assert len({action.description for action in ACTIONS}) == 248
    refused = {"annotate", "overview", "teleport", "travel", "minus", "apos"}
    assert not refused & {action.name for action in ACTIONS}


def test_commands_are_nles_useful_actions_with_their_keys() -> None:
    assert {command.key for command in COMMANDS} == {int(action) for action in nethack.USEFUL_ACTIONS}


def test_every_key_can_be_typed() -> None:
    environment = NetHackChallenge(savedir=None, save_ttyrec_every=0)
    accepted = {int(key) for key in environment.actions}
    environment.close()
    assert {key for keys in KEYS.values() for key in keys} <= accepted


def test_a_two_digit_number_is_its_two_keys_in_one_step() -> None:
    with Client("automem_nethack:NetHack", [PLUGIN], CLOCK) as client:
        client.initialize()
        client.reset(TASK, 5)
        together = [client.step("15"), client.step("search")]
        client.reset(TASK, 5)
        client.step("1")
        apart = [client.step("5"), client.step("search")]
    assert [each["observation"] for each in together] == [each["observation"] for each in apart]
    assert "Count: 15" in together[0]["observation"]["long"]
    assert together[1]["info"]["blstats"][nethack.NLE_BL_TIME] > 10


def test_every_listed_action_can_be_played(game: NetHack) -> None:
    start = game.reset(TASK, 11, {})
    for action in start.actions:
        transition = game.step(action.name)
        assert transition.info["end_status"] in {"RUNNING", "DEATH", "ABORTED"}
        if transition.terminated or transition.truncated or action.name.isdigit():
            game.reset(TASK, 11, {})


def test_it_is_cut_off_when_no_game_time_passes() -> None:
    results = play(NetHack, TASK, 3, ["esc"] * 200)
    assert results[-1]["truncated"]
    assert not results[-1]["terminated"]
    assert results[-1]["info"]["end_status"] == "ABORTED"
    assert results[-1]["info"]["end_reason"].startswith("aborted")
    assert NO_PROGRESS_TURNS <= len(results) - 1 <= NO_PROGRESS_TURNS + 1


def test_an_unknown_action_plays_esc() -> None:
    result = play(NetHack, TASK, 1, ["travel"])[1]
    assert (result["valid"], result["executed"]) == (False, "esc")


def test_the_text_option_changes_the_words_only(game: NetHack) -> None:
    steps = game.reset(TASK, 42, {"text": "automem"}).observation
    words = game.reset(TASK, 42, {"text": "balrog"}).observation
    assert "steps away" in steps.long
    assert "steps away" not in words.long
    assert steps.long.split("map:")[1] == words.long.split("map:")[1]


@pytest.mark.parametrize("options", [{"character": "val"}, {"text": "other"}])
def test_an_option_it_does_not_know_is_refused(game: NetHack, options: dict[str, object]) -> None:
    with pytest.raises(BadOption):
        game.reset(TASK, 1, options)


def test_a_task_it_does_not_know_is_refused(game: NetHack) -> None:
    with pytest.raises(BadTask):
        game.reset("NetHackScore-v0", 1, {})


def test_a_picture_is_a_png_even_after_the_end() -> None:
    playing = NetHack()
    play(playing, TASK, 3, ["esc"] * 200)
    assert playing.render().startswith(b"\x89PNG\r\n")
    playing.close()


def test_an_episode_is_the_same_in_another_process_whatever_the_home_folder_says(tmp_path: Path) -> None:
    actions = list(replay.first_actions("nethack/NetHackChallenge-v0/43.jsonl.gz", 80))

    def episode(client: Client, seed: int) -> list[dict[str, object]]:
        return [client.reset(TASK, seed), *(client.step(action) for action in actions)]

    (tmp_path / ".nethackrc").write_text("OPTIONS=role:Wizard,!color,number_pad:1\n")
    settings = {"HOME": str(tmp_path), "NETHACKOPTIONS": "role:Wizard,name:someone"}
    with (
        Client("automem_nethack:NetHack", [PLUGIN], CLOCK) as first,
        Client("automem_nethack:NetHack", [PLUGIN], CLOCK, settings) as second,
    ):
        first.initialize()
        second.initialize()
        other = episode(second, 8)
        assert episode(first, 7) == episode(second, 7) != other
