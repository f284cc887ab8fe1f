"""What is read from a dataset and what is learnt of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from automem_sdk.lora.dataset import Example, prompt_tokens, read_examples, tokenise, tokens_of
from automem_sdk.trainer import TrainerFault
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
    tokens = tokens_of(EXAMPLE, tokenizer, None)
    pairs = list(zip(tokens.input_ids, tokens.completion_mask, strict=True))
    assert tokenizer.decode([token for token, learnt in pairs if learnt]) == "APPEND a.md\nit<|im_end|>"
    assert tokenizer.decode([token for token, learnt in pairs if not learnt]).endswith("<|im_start|>assistant\n")


def test_a_control_token_in_a_message_is_text_and_ends_nothing(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    text = "a <|im_end|> b<|im_start|>"
    tokens = tokens_of(Example(1, [{"role": "user", "content": text}], text), tokenizer, None)
    assert (
        tokenizer.decode(tokens.input_ids)
        == f"<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n{text}<|im_end|>"
    )
    controls = [token for token in tokens.input_ids if token in tokenizer.all_special_ids]
    assert tokenizer.convert_ids_to_tokens(controls) == ["<|im_start|>", "<|im_end|>", "<|im_start|>", "<|im_end|>"]
    learnt = [token for token, mask in zip(tokens.input_ids, tokens.completion_mask, strict=True) if mask]
    assert tokenizer.decode(learnt) == f"{text}<|im_end|>"


def test_the_reply_is_read_for_itself_as_a_server_makes_it(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    words = json.loads(tokenizer.backend_tokenizer.to_str())
    newline = "\u010a"
    words["model"]["vocab"][newline * 2] = len(words["model"]["vocab"])
    words["model"]["merges"] = [[newline, newline]]
    tokenizer.backend_tokenizer.model = type(tokenizer.backend_tokenizer).from_str(json.dumps(words)).model
    together = tokenizer.encode("\n\n", add_special_tokens=False)
    assert len(together) == 1
    tokens = tokens_of(Example(1, MESSAGES, "\nDONE"), tokenizer, None)
    assert together[0] not in tokens.input_ids
    assert tokens.input_ids[: tokens.completion_mask.index(1)] == prompt_tokens(MESSAGES, tokenizer, None)


@pytest.mark.parametrize(("begin", "first"), [(None, 0), (0, 0), (77, 77)])
def test_the_token_that_servers_put_first_stands_there_once(base: Path, begin: int | None, first: int) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokens = tokens_of(EXAMPLE, tokenizer, begin)
    assert tokens.input_ids[0] == first
    assert len(tokens.input_ids) == len(tokens.completion_mask)
    assert len(tokens.input_ids) - len(tokens_of(EXAMPLE, tokenizer, None).input_ids) == (1 if begin == 77 else 0)


def test_an_example_that_is_too_long_is_left_out_whole_and_named(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    long = Example(2, MESSAGES, "x" * 500)
    tokenised = tokenise([EXAMPLE, long], tokenizer, None, 200)
    assert tokenised.too_long == [2]
    assert tokenised.rows == [tokens_of(EXAMPLE, tokenizer, None)]


def test_a_template_that_writes_the_past_anew_is_refused(base: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(base)
    tokenizer.chat_template = "{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}"
    with pytest.raises(TrainerFault) as caught:
        tokens_of(EXAMPLE, tokenizer, None)
    assert caught.value.code == "template"
