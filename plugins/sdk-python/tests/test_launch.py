"""A plugin as a real child process: what goes over the wire, and how the process ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from children import GAMES, start
from sample_games import STRANGE_TEXT

from automem_sdk.clock import LIBRARY_IN_PACKAGE, frozen_environment
from automem_sdk.frames import encode, read_frame, write_frame
from automem_sdk.testing import SDK_FOLDER, Client, RemoteError

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="Linux only")
MOMENT = "2025-11-17 12:00:00"
TIME_LIMIT_S = 20


def test_prints_and_c_level_writes_never_reach_the_wire() -> None:
    with start("Walk") as client:
        client.initialize()
        client.reset("default", 1)
        client.step("right")
    for text in (
        "while the module is imported",
        "by reset",
        "by C code",
        "to fd 1",
        "by a child",
        "without a line end",
    ):
        assert text in client.stderr
    assert client.exit_code == 0


def test_strange_text_comes_through_both_ways() -> None:
    with start("Walk") as client:
        client.initialize()
        assert client.reset("default", 1)["observation"]["short"] == STRANGE_TEXT
        assert client.step(STRANGE_TEXT)["valid"] is False


def test_the_game_cannot_read_the_protocol_as_its_input() -> None:
    with start("Faulty") as client:
        client.initialize()
        with pytest.raises(RemoteError) as caught:
            client.reset("default", 1, {"how": "read-stdin"})
        assert caught.value.data["detail"]["type"] == "EOFError"
        assert client.reset("default", 1)["progress"] == 0


@pytest.mark.parametrize(
    ("how", "code"),
    [("raise", "game-raised"), ("exit", "game-raised"), ("nan", "bad-answer"), ("infinite-reward", "bad-answer"),
     ("info", "bad-answer"), ("huge", "bad-answer")],
)  # fmt: skip
def test_a_failure_is_answered_and_the_process_goes_on(how: str, code: str) -> None:
    with start("Faulty") as client:
        client.initialize()
        client.reset("default", 1, {"how": how})
        with pytest.raises(RemoteError) as caught:
            client.step("right")
        assert (caught.value.number, caught.value.data["code"]) == (-32001, code)
        assert client.reset("default", 1)["progress"] == 0
    assert client.exit_code == 0


def test_a_game_that_kills_its_process_is_seen_as_ended() -> None:
    with start("Faulty") as client:
        client.initialize()
        client.reset("default", 1, {"how": "die"})
        with pytest.raises(EOFError):
            client.step("right")
    assert client.exit_code == 9


def test_an_unknown_method_is_named() -> None:
    with start("Walk") as client, pytest.raises(RemoteError, match=r"-32601.*tokenize"):
        client.call("tokenize")


def test_notifications_are_ignored() -> None:
    with start("Walk") as client:
        client.initialize()
        client.reset("default", 1)
        assert client.process.stdin is not None
        write_frame(client.process.stdin, {"jsonrpc": "2.0", "method": "step", "params": {"action": "right"}})
        write_frame(client.process.stdin, {"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 1}})
        assert client.step("right")["progress"] == pytest.approx(1 / 3)


@pytest.mark.parametrize("target", ["nowhere:Walk", "sample_games:Nothing", "sample_games:NoGame"])
def test_a_game_that_cannot_be_loaded_is_reported_by_initialize(target: str) -> None:
    with Client(target, folders=[GAMES]) as client, pytest.raises(RemoteError) as caught:
        client.initialize()
    assert caught.value.data["code"] == "load-failed"


@pytest.mark.parametrize("arguments", [[], ["no-colon"], ["--freeze-clock", "noon", "a:B"]])
def test_a_wrong_command_line_is_a_usage_error(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "automem_sdk.launch", *arguments]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(SDK_FOLDER)}, capture_output=True, check=False)
    assert done.returncode == 2 and b"usage:" in done.stderr


def test_the_end_of_stdin_closes_the_game() -> None:
    with start("Faulty") as client:
        client.initialize()
    assert client.exit_code == 0 and "closed" in client.stderr


def test_the_end_of_stdin_ends_a_game_that_hangs() -> None:
    with start("Faulty") as client:
        hang(client)
    assert client.exit_code == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"hello\n",
        b"Content-Length: 99999999999\r\n\r\n",
        b"Content-Length: x\r\n\r\n",
        b"\r\n",
        b'Content-Length: 3\r\n\r\n"\xff"',
        b"Content-Length: 3\r\n\r\nNaN",
        b"Content-Length: 2\r\n\r\n[]",
        b"Content-Length: 2\r\n\r\n{}",
        *(
            b"Content-Length: %d\r\n\r\n" % len(body) + body
            for body in (
                encode({"jsonrpc": "1.0", "id": 1, "method": "close"}),
                encode({"jsonrpc": "2.0", "id": 1, "method": 5}),
                encode({"jsonrpc": "2.0", "id": [1], "method": "close"}),
                encode({"jsonrpc": "2.0", "id": 1, "result": {}}),
            )
        ),
    ],
)
def test_malformed_input_ends_the_process_while_stdin_stays_open(raw: bytes) -> None:
    with start("Walk") as client:
        client.initialize()
        assert client.process.stdin is not None
        client.process.stdin.write(raw)
        client.process.stdin.flush()
        assert client.process.wait(TIME_LIMIT_S) == 65
    assert "automem-sdk: malformed input, giving up:" in client.stderr


def test_malformed_input_ends_a_game_that_hangs() -> None:
    with start("Faulty") as client:
        hang(client)
        assert client.process.stdin is not None
        client.process.stdin.write(b"hello\n")
        client.process.stdin.flush()
        assert client.process.wait(TIME_LIMIT_S) == 65


def test_a_frame_cut_off_by_the_end_of_stdin_is_an_error() -> None:
    with start("Walk") as client:
        client.initialize()
        assert client.process.stdin is not None
        client.process.stdin.write(b"Content-Length: 100\r\n\r\n{")
    assert client.exit_code == 65


def test_a_host_that_stops_reading_ends_the_process() -> None:
    with start("Walk") as client:
        client.initialize()
        assert client.process.stdin is not None and client.process.stdout is not None
        client.process.stdout.close()
        write_frame(client.process.stdin, {"jsonrpc": "2.0", "id": 9, "method": "nothing"})
        assert client.process.wait(TIME_LIMIT_S) == 74
        client.process.stdout = None


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupt_at_the_terminal_is_left_to_the_host() -> None:
    with start("Walk") as client:
        client.initialize()
        client.process.send_signal(signal.SIGINT)
        assert client.reset("default", 1)["progress"] == 0


@linux_only
def test_a_parent_killed_with_sigkill_leaves_no_child() -> None:
    """The test itself holds the child's stdin open, so only the kernel can tell the child."""
    launcher = [sys.executable, "-m", "automem_sdk.launch", "--freeze-clock", MOMENT, "sample_games:Faulty"]
    script = f"import subprocess; c = subprocess.Popen({launcher!r}); print(c.pid, flush=True); c.wait()"
    path = os.pathsep.join([str(SDK_FOLDER), str(GAMES)])
    parent = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert parent.stdin is not None and parent.stdout is not None
    child = os.pidfd_open(int(parent.stdout.readline()))
    try:
        for number, (method, params) in enumerate(
            [("initialize", {"protocolVersion": 1}), ("reset", {"task": "default", "seed": 1})]
        ):
            write_frame(parent.stdin, {"jsonrpc": "2.0", "id": number, "method": method, "params": params})
            assert "result" in (read_frame(parent.stdout) or {})
        assert select.select([child], [], [], 0)[0] == []
        parent.kill()
        parent.wait()
        assert select.select([child], [], [], TIME_LIMIT_S)[0] == [child]
    finally:
        os.close(child)
        parent.stdin.close()
        parent.stdout.close()


def test_sets_of_text_have_the_same_order_in_every_process() -> None:
    texts = set()
    for hash_seed in ("1", "2", "random"):
        with start("HashOrder", environment={"PYTHONHASHSEED": hash_seed}) as client:
            assert client.initialize()["determinism"]["notes"] == []
            texts.add(client.reset("default", 1)["observation"]["long"])
    assert len(texts) == 1


@linux_only
@pytest.mark.skipif(not frozen_environment(MOMENT), reason="the package libfaketime is not installed")
def test_the_clock_is_frozen_for_python_and_for_c() -> None:
    with start("Clock", launcher_arguments=["--freeze-clock", MOMENT]) as client:
        assert client.initialize()["determinism"] == {"clockFrozen": True, "notes": []}
        assert client.reset("default", 1)["observation"]["long"] == "python 1763380800, c 1763380800, zone UTC"
        assert client.step("right")["observation"]["long"] == "python 1763380800, c 1763380800, zone UTC"


@linux_only
@pytest.mark.skipif(not frozen_environment(MOMENT), reason="the package libfaketime is not installed")
def test_a_hanging_game_with_a_frozen_clock_still_ends_with_stdin() -> None:
    with start("Faulty", launcher_arguments=["--freeze-clock", MOMENT]) as client:
        hang(client)
    assert client.exit_code == 0


def test_a_clock_that_could_not_be_frozen_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "libfaketime").mkdir()
    (tmp_path / "libfaketime" / "__init__.py").touch()
    with Client("sample_games:Clock", [tmp_path, GAMES], ["--freeze-clock", MOMENT]) as client:
        determinism = client.initialize()["determinism"]
        assert "zone UTC" in client.reset("default", 1)["observation"]["long"]
    assert determinism["clockFrozen"] is False
    assert determinism["notes"] == [
        f"the clock was to be frozen at {MOMENT} UTC and runs on: libfaketime is not installed or not usable"
    ]


@linux_only
def test_an_object_for_another_processor_is_not_preloaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = tmp_path / "libfaketime" / LIBRARY_IN_PACKAGE
    library.parent.mkdir(parents=True)
    (tmp_path / "libfaketime" / "__init__.py").touch()
    header = bytearray(Path(sys.executable).read_bytes()[:64])
    monkeypatch.syspath_prepend(tmp_path)
    library.write_bytes(header)
    assert frozen_environment(MOMENT)["LD_PRELOAD"].startswith(str(library))
    header[18] ^= 0xFF
    library.write_bytes(header)
    assert frozen_environment(MOMENT) == {}


def test_a_game_that_reads_no_clock_says_nothing_about_it() -> None:
    with start("Walk") as client:
        assert client.initialize()["determinism"] == {"clockFrozen": None, "notes": []}


def hang(client: Client) -> None:
    """Bring the game into a step that never returns, and wait until it is there."""
    client.initialize()
    client.reset("default", 1, {"how": "hang"})
    assert client.process.stdin is not None and client.process.stderr is not None
    request = {"jsonrpc": "2.0", "id": 99, "method": "step", "params": {"action": "right"}}
    write_frame(client.process.stdin, request)
    lines: list[str] = []
    while not lines or "hanging now" not in lines[-1]:
        line = client.process.stderr.readline().decode()
        assert line, "the plugin ended early: " + "".join(lines)
        lines.append(line)
