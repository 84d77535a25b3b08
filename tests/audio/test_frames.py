"""Blocks, levels and the ring: nothing lost, nothing invented, positions that hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_audio.frames import FLOOR_DBFS, Reblock, is_digital_silence, level_dbfs
from voice_audio.ring import Ring

sizes = st.lists(st.integers(0, 1000), max_size=20)


def pieces_of(lengths: list[int]) -> list[np.ndarray]:
    numbers = np.arange(sum(lengths), dtype=np.int64).astype(np.int16)
    return np.split(numbers, np.cumsum(lengths)[:-1]) if lengths else []


@settings(deadline=None)
@given(sizes, st.integers(1, 600))
def test_reblocking_keeps_every_sample_in_order(lengths: list[int], block: int) -> None:
    reblock = Reblock(block)
    pieces = pieces_of(lengths)
    blocks = [full for piece in pieces for full in reblock.feed(piece)]
    rest = reblock.flush()
    assert all(len(full) == block for full in blocks)
    assert len(rest) == sum(lengths) % block
    joined = np.concatenate([*blocks, rest, np.zeros(0, np.int16)])
    assert np.array_equal(joined, np.concatenate([*pieces, np.zeros(0, np.int16)]))
    assert len(reblock.flush()) == 0


def test_a_rest_does_not_change_when_the_caller_reuses_its_buffer() -> None:
    reblock, buffer = Reblock(320), np.full(100, 7, np.int16)
    reblock.feed(buffer)
    buffer[:] = 0
    assert reblock.flush().tolist() == [7] * 100


def test_a_block_must_hold_something() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Reblock(0)


def test_levels_are_rms_relative_to_full_scale() -> None:
    sine = np.rint(32767 * np.sin(2 * np.pi * np.arange(16_000) / 16)).astype(np.int16)
    assert level_dbfs(sine) == pytest.approx(-3.01, abs=0.01)
    assert level_dbfs(np.full(320, -32768, np.int16)) == 0.0
    assert level_dbfs(np.ones(320, np.int16)) == pytest.approx(-90.3, abs=0.01)
    assert level_dbfs(np.zeros(320, np.int16)) == level_dbfs(np.zeros(0, np.int16)) == FLOOR_DBFS


def test_only_exact_zeros_are_digital_silence() -> None:
    quiet = np.zeros(320, np.int16)
    assert is_digital_silence(quiet)
    quiet[-1] = 1
    assert not is_digital_silence(quiet)


@settings(deadline=None)
@given(sizes, st.integers(1, 700), st.integers(0, 5000), st.data())
def test_the_ring_returns_what_lay_at_a_position(
    lengths: list[int], capacity: int, first: int, data: st.DataObject
) -> None:
    ring = Ring(capacity, first)
    for piece in pieces_of(lengths):
        ring.append(piece)
    total = sum(lengths)
    assert (ring.start, ring.end) == (first + max(0, total - capacity), first + total)
    start = data.draw(st.integers(ring.start, ring.end))
    end = data.draw(st.integers(start, ring.end))
    assert ring.read(start, end).tolist() == list(range(start - first, end - first))


def test_the_ring_refuses_what_it_does_not_hold() -> None:
    ring = Ring(100)
    ring.append(np.arange(150, dtype=np.int16))
    for start, end in ((49, 60), (60, 151), (80, 70), (-1, 10)):
        with pytest.raises(IndexError, match=r"holds 50\.\.150"):
            ring.read(start, end)


def test_a_clip_read_from_the_ring_is_a_copy() -> None:
    ring = Ring(10)
    ring.append(np.arange(10, dtype=np.int16))
    clip = ring.read(2, 5)
    ring.append(np.full(10, -1, np.int16))
    assert clip.tolist() == [2, 3, 4]
