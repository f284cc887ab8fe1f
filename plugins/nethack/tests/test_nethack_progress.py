"""The progress table and how an episode climbs it."""

from __future__ import annotations

from automem_nethack.progress import DEPTH, EXPERIENCE_LEVEL, Progress, load_table


def _blstats(depth: int, level: int) -> list[int]:
    values = [0] * 27
    values[DEPTH], values[EXPERIENCE_LEVEL] = depth, level
    return values


def test_the_table_has_fifty_depths_and_thirty_levels_and_never_falls() -> None:
    table = load_table()
    for prefix, count in (("Dlvl", 50), ("Xp", 30)):
        shares = [table[f"{prefix}:{number}"] for number in range(1, count + 1)]
        assert shares[0] == 0
        assert shares == sorted(shares)
        assert all(0 <= share <= 1 for share in shares)
    assert len(table) == 80
    assert round(table["Dlvl:10"], 4) == 0.1256
    assert round(table["Xp:30"], 4) == 0.7805


def test_the_larger_of_depth_and_level_counts_and_is_kept() -> None:
    table = load_table()
    progress = Progress(table)
    progress.update(_blstats(1, 1))
    assert (progress.value, progress.highest) == (0.0, None)
    progress.update(_blstats(5, 2))
    assert (progress.value, progress.highest) == (table["Dlvl:5"], "Dlvl:5")
    progress.update(_blstats(1, 10))
    assert (progress.value, progress.highest) == (table["Xp:10"], "Xp:10")
    progress.update(_blstats(0, 0))
    assert progress.value == table["Xp:10"]


def test_a_level_outside_the_table_counts_for_nothing() -> None:
    progress = Progress(load_table())
    progress.update(_blstats(99, 99))
    assert progress.value == 0.0
