"""Chat JSONL to token ids with a mask of the reply: the base's own chat template, and loss on the reply only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from automem_sdk.trainer import BAD_PARAMS, MISSING, TrainerFault

ROLES = ("system", "user", "assistant")

Message = dict[str, str]


class Example(NamedTuple):
    """A conversation, and the reply to learn. `line` counts from 1."""

    line: int
    messages: list[Message]
    completion: str


class Tokens(NamedTuple):
    """`completion_mask` is 1 on the tokens that are learnt, as TRL names it."""

    input_ids: list[int]
    completion_mask: list[int]


class Tokenised(NamedTuple):
    """`too_long` has the lines that hold more tokens than the cut-off; they are left out, never cut."""

    rows: list[Tokens]
    too_long: list[int]


def read_examples(path: Path) -> list[Example]:
    """The lines of a file, each `{messages, completion: text}` or `{prompt, completion: [message]}`.

    Raises TrainerFault: `missing-dataset`, `bad-dataset` with the line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainerFault("missing-dataset", f"dataset {path} cannot be read: {error}", MISSING) from error
    lines = [(index, line) for index, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise TrainerFault("bad-dataset", f"dataset {path} has no examples", BAD_PARAMS)
    return [_example(path, index, line) for index, line in lines]


def tokenise(examples: list[Example], tokenizer: Any, cutoff: int) -> Tokenised:
    """Token ids of each example; the reply ends with the end-of-turn token. Raises TrainerFault (`template`)."""
    rows: list[Tokens] = []
    too_long: list[int] = []
    for example in examples:
        tokens = tokens_of(example, tokenizer)
        if len(tokens.input_ids) > cutoff:
            too_long.append(example.line)
        else:
            rows.append(tokens)
    return Tokenised(rows, too_long)


def tokens_of(example: Example, tokenizer: Any) -> Tokens:
    """One example. What the template puts after the end of the turn is left out: no server generates it."""
    reply = {"role": "assistant", "content": example.completion}
    prompt = tokenizer.apply_chat_template(example.messages, add_generation_prompt=True, return_dict=False)
    whole = tokenizer.apply_chat_template([*example.messages, reply], return_dict=False)
    end = tokenizer.eos_token_id
    if whole[: len(prompt)] != prompt:
        message = "the base's chat template writes the conversation before a reply otherwise than with it"
        raise TrainerFault("template", f"line {example.line}: {message}; use another base", BAD_PARAMS)
    learnt = whole[len(prompt) :]
    if end in learnt:
        learnt = learnt[: len(learnt) - learnt[::-1].index(end)]
    else:
        learnt = [*learnt, end]
    return Tokens([*prompt, *learnt], [0] * len(prompt) + [1] * len(learnt))


def _example(path: Path, index: int, line: str) -> Example:
    try:
        value = json.loads(line)
    except ValueError as error:
        raise _bad(path, index, f"is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise _bad(path, index, "is not an object")
    messages, completion = value.get("messages"), value.get("completion")
    if set(value) == {"prompt", "completion"}:
        messages = value["prompt"]
        _messages(path, index, completion, "completion")
        if len(completion) != 1 or completion[0]["role"] != "assistant":
            raise _bad(path, index, "completion must be one message of the assistant")
        completion = completion[0]["content"]
    elif set(value) != {"messages", "completion"}:
        raise _bad(path, index, "must hold messages and completion")
    _messages(path, index, messages, "messages")
    if not isinstance(completion, str) or not completion:
        raise _bad(path, index, "completion must be a text that is not empty")
    return Example(index, messages, completion)


def _messages(path: Path, index: int, value: object, name: str) -> None:
    if not isinstance(value, list) or not value:
        raise _bad(path, index, f"{name} must be a list of messages")
    for message in value:
        fits = isinstance(message, dict) and set(message) == {"role", "content"}
        if not fits or message["role"] not in ROLES or not isinstance(message["content"], str):
            raise _bad(path, index, f"{name}: each message is {{role: {'|'.join(ROLES)}, content: text}}")


def _bad(path: Path, index: int, what: str) -> TrainerFault:
    return TrainerFault("bad-dataset", f"dataset {path}, line {index}: {what}", BAD_PARAMS, {"line": index})
