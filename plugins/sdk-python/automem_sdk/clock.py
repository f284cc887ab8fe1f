"""Freezes the wall clock of the process with libfaketime, and checks that it took effect.

The PyPI package `libfaketime` carries the shared object in its wheel; the plugin's lock brings it where a game needs
it. The wheel calls itself portable, but its object is for glibc on one kind of processor, so it is looked at before it
is preloaded. Elsewhere the clock runs on, and `clockFrozen` says so.
"""

from __future__ import annotations

import calendar
import ctypes
import importlib.util
import os
import sys
import time
from pathlib import Path

CLOCK_FORMAT = "%Y-%m-%d %H:%M:%S"
LIBRARY_IN_PACKAGE = Path("vendor", "libfaketime", "src", "libfaketime.so.1")


def clock_seconds(moment: str) -> int:
    """Seconds since 1970 of a UTC moment such as "2025-11-17 12:00:00"; raises ValueError for another format."""
    return calendar.timegm(time.strptime(moment, CLOCK_FORMAT))


def frozen_environment(moment: str) -> dict[str, str]:
    """The variables that freeze the clock of a fresh process at `moment`; empty where libfaketime is not there."""
    library = _find_library()
    if library is None:
        return {}
    others = [each for each in os.environ.get("LD_PRELOAD", "").split(":") if each and each != str(library)]
    return {
        "LD_PRELOAD": ":".join([str(library), *others]),
        "FAKETIME": moment,
        # Waits and time limits run on the monotonic clock, which must keep moving.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }


def clock_is_frozen(moment: str) -> bool:
    """True if time(2), as C code sees it, says `moment`, and Python's clock too."""
    if sys.platform != "linux":
        return False
    expected = clock_seconds(moment)
    c_time = ctypes.CDLL(None).time
    c_time.restype = ctypes.c_long
    c_time.argtypes = [ctypes.c_void_p]
    return bool(c_time(None) == expected and int(time.time()) == expected)


def _find_library() -> Path | None:
    # musl, unlike glibc, refuses to start a program whose preloaded object it cannot load.
    if sys.platform != "linux" or "CS_GNU_LIBC_VERSION" not in os.confstr_names:
        return None
    specification = importlib.util.find_spec("libfaketime")
    for folder in (specification.submodule_search_locations or []) if specification else []:
        library = Path(folder) / LIBRARY_IN_PACKAGE
        if library.is_file() and _elf_kind(library) == _elf_kind(Path(sys.executable)):
            return library
    return None


def _elf_kind(file: Path) -> bytes:
    """The bytes of an ELF file's header that say its word size, byte order and processor; b"" for another file."""
    with file.open("rb") as stream:
        header = stream.read(20)
    return header[4:6] + header[18:20] if header.startswith(b"\x7fELF") else b""
