"""Text is cut before the look-up of words as llama.cpp cuts it; with real servers: tests/plugins/trainer-real.slow.test.ts."""

from __future__ import annotations

import pytest
from automem_sdk.lora.splitting import PATTERNS, apply
from tokenizers import Tokenizer, models, normalizers


@pytest.mark.parametrize(
    ("name", "text", "pieces"),
    [
        ("gpt-2", "I've 2026", ["I", "'ve", " 2026"]),
        ("smollm", "x2026\u00bd a", ["x", "2", "0", "2", "6", "\u00bd", " a"]),
        ("qwen2", "I'VE  2026", ["I", "'VE", " ", " ", "2", "0", "2", "6"]),
        ("llama-bpe", "I'VE 2026", ["I", "'VE", " ", "202", "6"]),
    ],
)
def test_pieces(name: str, text: str, pieces: list[str]) -> None:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFKC()
    apply(tokenizer, *PATTERNS[name])
    cut = tokenizer.pre_tokenizer.pre_tokenize_str(text)
    assert [text[start:end] for _, (start, end) in cut] == pieces
    assert tokenizer.normalizer is None
