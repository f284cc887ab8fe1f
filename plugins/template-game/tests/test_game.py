"""Tests of the game. They need the SDK only; README.md has the command."""

from __future__ import annotations

import json
import unittest
from pathlib import Path

from automem___MODULE__ import CoinHunt
from automem_sdk.testing import play

MANIFEST = json.loads((Path(__file__).parent.parent / "plugin.json").read_text(encoding="utf-8"))
SWEEP = ["lift", "right"] * 10


class GameTest(unittest.TestCase):
    """`play` returns what automem would get: the answer to reset, then one answer a step."""

    def test_lifting_every_cup_finds_the_coin(self) -> None:
        for seed in range(50):
            last = play(CoinHunt, "default", seed, SWEEP)[-1]
            self.assertTrue(last["terminated"])
            self.assertEqual(last["progress"], 1.0)

    def test_an_episode_ends_at_its_step_limit(self) -> None:
        results = play(CoinHunt, "default", 1, ["left"] * 100)
        self.assertEqual(len(results) - 1, results[0]["maxSteps"])
        self.assertTrue(results[-1]["truncated"])

    def test_the_same_seed_gives_the_same_episode(self) -> None:
        self.assertEqual(play(CoinHunt, "default", 7, SWEEP), play(CoinHunt, "default", 7, SWEEP))

    def test_the_manifest_says_what_the_game_says(self) -> None:
        self.assertEqual(MANIFEST["name"], CoinHunt.name)
        self.assertEqual(MANIFEST["version"], CoinHunt.version)
        tasks = [
            {"id": task.id, "description": task.description, "maxSteps": task.max_steps} for task in CoinHunt.tasks
        ]
        self.assertEqual(MANIFEST["tasks"], tasks)
        options = {option["name"]: option["default"] for option in MANIFEST["options"]}
        self.assertEqual(options, CoinHunt.default_options)


if __name__ == "__main__":
    unittest.main()
