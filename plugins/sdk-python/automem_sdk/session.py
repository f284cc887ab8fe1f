"""The protocol's methods over one game: order of calls, parameters, validity of actions, typed errors.

No I/O: `serve` feeds it from the wire, `testing.play` calls it in-process.
"""

from __future__ import annotations

import base64
import platform
import sys
import traceback
from collections.abc import Callable
from typing import Any, TypeVar

from pylsp_jsonrpc.exceptions import JsonRpcException

from .checks import check_png, start_to_json, task_to_json, transition_to_json
from .episode import Start
from .faults import BAD_PARAMS, GAME_FAILED, NOT_NOW, PROTOCOL_VERSION, BadAnswer, BadOption, BadTask, GameFault
from .game import Game
from .seeding import seed_everything

METHOD_NOT_FOUND = -32601
SEED_LIMIT = 2**31
TRACEBACK_LINES = 12

Answer = TypeVar("Answer")
Params = dict[str, Any]
Result = dict[str, Any]


class Session:
    """One game behind the protocol. `make_game` loads and makes it; it is called by the first `initialize`.

    Every method takes the request's params and returns the result, or raises `JsonRpcException` with the protocol's
    numbers. An exception of the game during `reset` or `step` ends the episode: only `reset` is then accepted.
    """

    def __init__(
        self, make_game: Callable[[], Game], clock_frozen: bool = False, notes: list[str] | None = None
    ) -> None:
        self._make_game = make_game
        self._clock_frozen = clock_frozen
        self._notes = list(notes or [])
        self._game: Game | None = None
        self._closed = False
        self._action_names: frozenset[str] = frozenset()
        self._default_action = ""
        self._playing = False
        self._drawable = False
        self._label = "the game"
        self._step_index = 0

    def methods(self) -> dict[str, Callable[[object], Result]]:
        """The table of handlers by method name."""
        return {
            "initialize": self.initialize,
            "reset": self.reset,
            "step": self.step,
            "render": self.render,
            "close": self.close,
        }

    def initialize(self, params: object) -> Result:
        """Load the game and describe it."""
        values = _params(params, "initialize")
        version = values.get("protocolVersion")
        if version != PROTOCOL_VERSION:
            raise _refuse(BAD_PARAMS, f"protocolVersion must be {PROTOCOL_VERSION}, not {version!r}", "bad-params")
        if self._closed:
            raise _refuse(NOT_NOW, "initialize after close", "not-now")
        if self._game is None:
            self._game = self._guard("loading the game", self._make_game, code="load-failed")
        game = self._game
        return self._guard("initialize", lambda: self._describe(game))

    def reset(self, params: object) -> Result:
        """Begin an episode."""
        values = _params(params, "reset")
        task = _text_param(values, "task", "reset")
        seed = values.get("seed")
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < SEED_LIMIT:
            raise _refuse(BAD_PARAMS, f"reset: seed must be a whole number in [0, 2^31), not {seed!r}", "bad-params")
        options = values.get("options", {})
        if not isinstance(options, dict):
            raise _refuse(BAD_PARAMS, f"reset: options must be an object, not {options!r}", "bad-params")
        game = self._ready("reset")
        self._playing = self._drawable = False
        self._step_index = 0
        self._label = f"{game.name} (task {task}, seed {seed})"

        def play() -> tuple[Start, Result]:
            _check_task(game, task)
            complete = _complete_options(game, options)
            seed_everything(seed)
            start = game.reset(task, seed, complete)
            return start, start_to_json(start)

        start, result = self._guard("reset", play)
        self._action_names = frozenset(action.name for action in start.actions)
        self._default_action = start.default_action
        self._playing = self._drawable = True
        return result

    def step(self, params: object) -> Result:
        """Play one action, or the default one where the asked one does not exist."""
        values = _params(params, "step")
        asked = _text_param(values, "action", "step")
        game = self._ready("step")
        if not self._playing:
            raise _refuse(NOT_NOW, "step: no episode is under way; call reset first", "not-now")
        valid = asked in self._action_names
        executed = asked if valid else self._default_action
        # Until the game has answered, nothing may be played on: an exception leaves its state unknown.
        self._playing = False
        label = f"step {self._step_index}, action {executed!r}"
        result = self._guard(label, lambda: transition_to_json(game.step(executed)))
        self._step_index += 1
        self._playing = not (result["terminated"] or result["truncated"])
        return {**result, "valid": valid, "executed": executed}

    def render(self, params: object) -> Result:
        """A picture of the present state, where the game draws one."""
        _params(params, "render")
        game = self._ready("render")
        if type(game).render is Game.render:
            raise _refuse(METHOD_NOT_FOUND, f"{game.name} draws no pictures", "no-render")
        if not self._drawable:
            raise _refuse(NOT_NOW, "render: no episode is under way; call reset first", "not-now")
        png = self._guard("render", lambda: check_png(_draw(game)))
        return {"png": base64.b64encode(png).decode("ascii")}

    def close(self, params: object) -> Result:
        """Free the game; a second call does nothing."""
        _params(params, "close")
        game, self._game = self._game, None
        self._closed = True
        self._playing = self._drawable = False
        if game is not None:
            self._guard("close", game.close)
        return {}

    def _ready(self, method: str) -> Game:
        if self._closed:
            raise _refuse(NOT_NOW, f"{method} after close", "not-now")
        if self._game is None:
            raise _refuse(NOT_NOW, f"{method} before initialize", "not-now")
        return self._game

    def _describe(self, game: Game) -> Result:
        from . import __version__

        for attribute in ("name", "version"):
            if not isinstance(getattr(game, attribute, None), str):
                raise BadAnswer(f"{type(game).__name__}.{attribute} must be set to a text")
        tasks = [task_to_json(task) for task in getattr(game, "tasks", ())]
        identifiers = [task["id"] for task in tasks]
        if not tasks or len(set(identifiers)) < len(identifiers):
            raise BadAnswer(f"{type(game).__name__}.tasks must hold at least one task, each with an id of its own")
        self._label = game.name
        return {
            "protocolVersion": PROTOCOL_VERSION,
            "name": game.name,
            "version": game.version,
            "tasks": tasks,
            "packages": {"python": platform.python_version(), "automem-sdk": __version__, **game.packages()},
            "determinism": {
                "clockFrozen": self._clock_frozen if game.reads_clock else None,
                "notes": [*self._notes, *game.determinism_notes()],
            },
        }

    def _guard(self, during: str, call: Callable[[], Answer], code: str = "game-raised") -> Answer:
        """Run the game's code; whatever it raises becomes a JSON-RPC error and, in full, a traceback on stderr."""
        try:
            return call()
        except JsonRpcException:
            raise
        except GameFault as fault:
            message = f"{self._label}: {during}: {fault.message}" if fault.number == GAME_FAILED else fault.message
            raise _refuse(fault.number, message, fault.code) from fault
        except (Exception, SystemExit) as error:
            traceback.print_exc(file=sys.stderr)
            lines = "".join(traceback.format_exception(error)).rstrip().split("\n")
            detail = {
                "type": type(error).__name__,
                "message": str(error),
                "traceback": "\n".join(lines[-TRACEBACK_LINES:]),
            }
            message = f"{self._label} failed during {during}: {type(error).__name__}: {error}"
            raise _refuse(GAME_FAILED, message, code, detail) from error


def _draw(game: Game) -> bytes:
    try:
        return game.render()
    except NotImplementedError as error:
        raise _refuse(METHOD_NOT_FOUND, f"{game.name} draws no pictures: {error}", "no-render") from error


def _refuse(number: int, message: str, code: str, detail: object = None) -> JsonRpcException:
    data: dict[str, Any] = {"code": code, "retryable": False}
    if detail is not None:
        data["detail"] = detail
    return JsonRpcException(message=message, code=number, data=data)


def _params(params: object, method: str) -> Params:
    if params is None:
        return {}
    if not isinstance(params, dict):
        raise _refuse(BAD_PARAMS, f"{method}: params must be an object, not {type(params).__name__}", "bad-params")
    return params


def _text_param(values: Params, key: str, method: str) -> str:
    value = values.get(key)
    if not isinstance(value, str):
        raise _refuse(BAD_PARAMS, f"{method}: {key} must be text, not {value!r}", "bad-params")
    return value


def _check_task(game: Game, task: str) -> None:
    known = [each.id for each in game.tasks]
    if not game.accepts_other_tasks and task not in known:
        raise BadTask(task, known)


def _complete_options(game: Game, options: dict[str, Any]) -> dict[str, Any]:
    if game.default_options is None:
        return dict(options)
    unknown = sorted(set(options) - set(game.default_options))
    if unknown:
        known = ", ".join(game.default_options) or "none"
        raise BadOption(f"unknown option {', '.join(unknown)}; known options: {known}")
    return {**game.default_options, **options}
