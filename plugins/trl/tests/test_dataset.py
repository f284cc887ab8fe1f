"""What is read from a dataset and what is learnt of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from automem_sdk.trainer import TrainerFault
from automem_trl.dataset import Example, read_examples, tokenise, tokens_of
from transformers import AutoTokenizer

MESSAGES = [{"role": "system", "content": "Keep notes."}, {"role": "user", "content": "what?"}]
EXAMPLE = Example(1, MESSAGES, "APPEND a.md\nit")


def test_both_forms_of_a_line_are_the_same_example(tmp_path: Path) -> None:
    reply = [{"role": "assistant", "content": "yes"}]
    lines = [{"messages": MESSAGES, "completion": "yes"}, {"prompt": MESSAGES, "completion": reply}]
    (tmp_path / "data.jsonl").write_text("\n".join(json.dumps(line) for line in lines) + "\n")
    assert [example[1:] for example in read_examples(tmp_path / "data.jsonl")] == [(MESSAGES, "yes")] * 2


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[]",
        "{}",
        '{"messages": [], "completion": "a"}',
        '{"messages": [{"role": "user"}], "completion": "a"}',
    ]
    + [json.dumps({"messages": MESSAGES, "completion": each}) for each in ("", 3, None)]
    + [json.dumps({"prompt": MESSAGES, "completion": [{"role": "user", "content": "a"}]})],
)
def test_a_line_that_does_not_fit_is_named(tmp_path: Path, line: str) -> None:
    good = json.dumps({"messages": MESSAGES, "completion": "a"})
    (tmp_path / "data.jsonl").write_text(f"{good}\n{line}\n")
    with pytest.raises(TrainerFault, match="line 2") as caught:
        read_examples(tmp_path / "data.jsonl")
    assert caught.value.code == "bad-dataset"


def test_the_reply_alone_is_learnt_with_its_end(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokens = tokens_of(EXAMPLE, tokenizer)
    pairs = list(zip(tokens.input_ids, tokens.completion_mask, strict=True))
    assert tokenizer.decode([token for token, learnt in pairs if learnt]) == "APPEND a.md\nit<|im_end|>"
    assert tokenizer.decode([token for token, learnt in pairs if not learnt]).endswith("<|im_start|>assistant\n")


def test_an_example_that_is_too_long_is_left_out_whole_and_named(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    long = Example(2, MESSAGES, "x" * 500)
    tokenised = tokenise([EXAMPLE, long], tokenizer, 200)
    assert tokenised.too_long == [2]
    assert tokenised.rows == [tokens_of(EXAMPLE, tokenizer)]


def test_a_template_that_writes_the_past_anew_is_refused(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.chat_template = "{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}"
    with pytest.raises(TrainerFault) as caught:
        tokens_of(EXAMPLE, tokenizer)
    assert caught.value.code == "template"
