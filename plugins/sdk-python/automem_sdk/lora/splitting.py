"""How a GGUF's tokenizer splits text before it looks up its words. transformers leaves that out when it reads a GGUF.

Names and patterns: llama.cpp, src/llama-vocab.cpp (MIT), `tokenizer.ggml.pre`. Without this, SmolLM2 reads `½` and `²` otherwise than its
servers do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

DIGIT: Final = r"\p{N}"
_ENDINGS: Final = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST: Final = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN2: Final = f"{_ENDINGS}{DIGIT}{_REST}"
LLAMA3: Final = f"{_ENDINGS}{DIGIT}{{1,3}}{_REST}"

PATTERNS: Final[dict[str, tuple[tuple[str, ...], bool]]] = {
    **dict.fromkeys(("gpt-2", "mpt", "olmo", "jais"), ((), True)),
    **dict.fromkeys(("smollm", "starcoder", "refact", "command-r", "codeshell", "exaone"), ((DIGIT,), True)),
    **dict.fromkeys(("qwen2", "stablelm2", "deepseek-r1-qwen"), ((QWEN2,), False)),
    **dict.fromkeys(("llama3", "llama-v3", "llama-bpe", "falcon3"), ((LLAMA3,), False)),
}
"""Patterns whose matches are pieces of their own, in order, and whether GPT-2's pattern splits what is left."""


def split_as_llama_cpp(tokenizer: Any, gguf_file: Path) -> int | None:
    """Make a tokenizer that transformers read from a GGUF split text as that file says; a name that is not in PATTERNS leaves it as it is.

    Returns the token that servers put first, if any.
    """
    from gguf import GGUFReader

    fields = GGUFReader(gguf_file).fields

    def value(name: str) -> Any:
        field = fields.get(f"tokenizer.ggml.{name}")
        return None if field is None else field.contents()

    if value("model") == "gpt2" and value("pre") in PATTERNS:
        patterns, byte_pattern = PATTERNS[value("pre")]
        apply(tokenizer.backend_tokenizer, patterns, byte_pattern)
    return int(value("bos_token_id")) if value("add_bos_token") and value("bos_token_id") is not None else None


def apply(backend: Any, patterns: tuple[str, ...], byte_pattern: bool) -> None:
    """Set what comes before the look-up of words in a `tokenizers.Tokenizer`; llama.cpp does not normalise these."""
    from tokenizers import Regex, pre_tokenizers

    pieces = [pre_tokenizers.Split(Regex(pattern), behavior="isolated") for pattern in patterns]
    characters = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=byte_pattern)
    backend.normalizer = None
    backend.pre_tokenizer = pre_tokenizers.Sequence([*pieces, characters])
