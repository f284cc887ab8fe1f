"""Distances in steps, whole bytes, and the terminal's picture."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from automem_sdk.nle.rewrite import DIRECTIONS, DISTANCES, rewrite_distances
from automem_sdk.nle.screen import PALETTE, draw_screen
from automem_sdk.nle.text import terminal_below_message
from PIL import Image


@pytest.mark.parametrize(("words", "steps"), [*DISTANCES, *DIRECTIONS])
def test_each_phrase_is_replaced(words: str, steps: str) -> None:
    assert rewrite_distances(f"wall {words}, newt") == f"wall {steps}, newt"


def test_the_longer_phrase_wins() -> None:
    assert rewrite_distances("very far, far, very near, near") == (
        "9+ steps away, 5-8 steps away, 2 steps away, 3-4 steps away"
    )


@pytest.mark.parametrize(
    "text", ["farm", "nearby", "very-ish", "Far off", "NEAR", "nonadjacent", "afar", "northnortheastern"]
)
def test_only_whole_words_in_lower_case_are_replaced(text: str) -> None:
    assert rewrite_distances(text) == text


@pytest.mark.parametrize("text", ["very  far", "very\nnear"])
def test_very_counts_only_with_one_space(text: str) -> None:
    assert rewrite_distances(text).startswith("very")


def test_one_pass_equals_one_replacement_after_the_other() -> None:
    text = "newt very far eastsoutheast\nlava near adjacent, far northnortheast. very near-by far\x00near"
    expected = text
    for phrase, replacement in (*DISTANCES, *DIRECTIONS):
        expected = re.sub(rf"\b{phrase}\b", replacement, expected)
    assert rewrite_distances(text) == expected


def test_the_terminal_keeps_every_byte() -> None:
    characters = np.arange(512, dtype=np.uint8).reshape(2, 256)
    assert terminal_below_message(characters) == bytes(range(256)).decode("latin-1") + "\n"


def test_the_picture_shows_a_letter_in_its_colour_and_inverts_the_cursor() -> None:
    characters = np.full((24, 80), ord(" "), np.uint8)
    colours = np.full((24, 80), 7, np.int8)
    characters[3, 5], colours[3, 5] = ord("d"), 1
    image = Image.open(io.BytesIO(draw_screen(characters, colours, np.array([10, 20], np.uint8)))).convert("RGB")
    assert image.size == (960, 528)
    seen = image.getcolors()
    assert seen is not None
    assert {colour for _, colour in seen} == {(0, 0, 0), PALETTE[1], (255, 255, 255)}
    assert image.getpixel((20 * 12 + 3, 10 * 22 + 3)) == (255, 255, 255)


def test_any_byte_colour_and_cursor_can_be_drawn() -> None:
    numbers = np.random.RandomState(1)
    characters = numbers.randint(0, 256, (24, 80)).astype(np.uint8)
    colours = numbers.randint(-128, 128, (24, 80)).astype(np.int8)
    assert draw_screen(characters, colours, np.array([255, 255], np.uint8)).startswith(b"\x89PNG")
