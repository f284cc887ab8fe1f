"""Chat JSONL to token ids with a mask of the reply: the base's own chat template, and loss on the reply only."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from ..trainer import BAD_PARAMS, MISSING, TrainerFault

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


def tokenise(examples: list[Example], tokenizer: Any, begin: int | None, cutoff: int) -> Tokenised:
    """Token ids of each example; the reply ends with the end-of-turn token. Raises TrainerFault (`template`)."""
    rows: list[Tokens] = []
    too_long: list[int] = []
    for example in examples:
        tokens = tokens_of(example, tokenizer, begin)
        if len(tokens.input_ids) > cutoff:
            too_long.append(example.line)
        else:
            rows.append(tokens)
    return Tokenised(rows, too_long)


def tokens_of(example: Example, tokenizer: Any, begin: int | None) -> Tokens:
    """One example, as a server has it: the conversation's tokens, then those of the reply, each for itself.

    What the template puts after the end of the turn is left out: no server generates it. `begin` as in Base.
    """
    writer = Writer(tokenizer, [*example.messages, {"role": "assistant", "content": example.completion}])
    before, whole = writer.text(len(example.messages), opened=True), writer.text(None, opened=False)
    if not whole.startswith(before):
        message = "the base's chat template writes the conversation before a reply otherwise than with it"
        raise TrainerFault("template", f"line {example.line}: {message}; use another base", BAD_PARAMS)
    prompt = _begun(writer.tokens(before), begin)
    learnt = writer.tokens(whole[len(before) :])
    end = tokenizer.eos_token_id
    if end in learnt:
        learnt = learnt[: len(learnt) - learnt[::-1].index(end)]
    else:
        learnt = [*learnt, end]
    return Tokens([*prompt, *learnt], [0] * len(prompt) + [1] * len(learnt))


def prompt_tokens(messages: list[Message], tokenizer: Any, begin: int | None) -> list[int]:
    """A conversation that a reply is to follow. Raises TrainerFault (`template`)."""
    writer = Writer(tokenizer, messages)
    return _begun(writer.tokens(writer.text(None, opened=True)), begin)


def read_messages(value: object, name: str) -> list[Message]:
    """A conversation from outside. Raises TrainerFault (`bad-prompts`)."""
    wrong = _wrong_messages(value)
    if wrong is not None:
        raise TrainerFault("bad-prompts", f"{name} {wrong}", BAD_PARAMS)
    messages: list[Message] = value  # type: ignore[assignment]
    return messages


class Writer:
    """Messages as the base's chat template writes them, and that as tokens.

    A control token's text (`<|im_end|>`) inside a message stays text, as in automem's own engine: it is hidden behind a mark while the
    template runs, and read without control tokens afterwards.
    """

    def __init__(self, tokenizer: Any, messages: list[Message]) -> None:
        self._tokenizer = tokenizer
        texts = [token.content for token in tokenizer.added_tokens_decoder.values() if token.special and token.content]
        words = "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))
        self._control = re.compile(words) if words else None
        everything = "".join(message["content"] for message in messages)
        self._mark = next((chr(code) for code in range(0xFDD0, 0xFDF0) if chr(code) not in everything), "")
        if self._mark == "":
            raise TrainerFault("bad-dataset", "an example uses every Unicode noncharacter U+FDD0 to U+FDEF", BAD_PARAMS)
        self._hidden: list[str] = []
        self._messages = [{**message, "content": self._hide(message["content"])} for message in messages]

    def text(self, count: int | None, *, opened: bool) -> str:
        """The first `count` messages, with the opening of a reply if `opened`; control texts of messages are marks."""
        try:
            text: str = self._tokenizer.apply_chat_template(
                self._messages[:count], tokenize=False, add_generation_prompt=opened
            )
        except Exception as error:
            raise TrainerFault(
                "template", f"the base's chat template refuses a conversation: {error}", BAD_PARAMS
            ) from error
        return text

    def tokens(self, text: str) -> list[int]:
        """Of a text that `text` gave, or an end of one."""
        if self._mark not in text or self._control is None:
            return self._encode(text, plain=False)
        found: list[int] = []
        position = 0
        for match in self._control.finditer(text):
            found += self._encode(self._shown(text[position : match.start()]), plain=True)
            found += self._encode(match.group(), plain=False)
            position = match.end()
        return found + self._encode(self._shown(text[position:]), plain=True)

    def _encode(self, text: str, *, plain: bool) -> list[int]:
        if text == "":
            return []
        tokens: list[int] = self._tokenizer.encode(text, add_special_tokens=False, split_special_tokens=plain)
        return tokens

    def _hide(self, content: str) -> str:
        def hide(match: re.Match[str]) -> str:
            self._hidden.append(match.group())
            return f"{self._mark}{len(self._hidden) - 1}{self._mark}"

        return content if self._control is None else self._control.sub(hide, content)

    def _shown(self, text: str) -> str:
        return re.sub(f"{self._mark}(\\d+){self._mark}", lambda match: self._hidden[int(match[1])], text)


def _begun(tokens: list[int], begin: int | None) -> list[int]:
    return tokens if begin is None or tokens[:1] == [begin] else [begin, *tokens]


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
    wrong = _wrong_messages(value)
    if wrong is not None:
        raise _bad(path, index, f"{name} {wrong}")


def _wrong_messages(value: object) -> str | None:
    if not isinstance(value, list) or not value:
        return "must be a list of messages"
    for message in value:
        fits = isinstance(message, dict) and set(message) == {"role", "content"}
        if not fits or message["role"] not in ROLES or not isinstance(message["content"], str):
            return f"must have messages of the form {{role: {'|'.join(ROLES)}, content: text}}"
    return None


def _bad(path: Path, index: int, what: str) -> TrainerFault:
    return TrainerFault("bad-dataset", f"dataset {path}, line {index}: {what}", BAD_PARAMS, {"line": index})
