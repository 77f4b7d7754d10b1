"""Stopping: begun once, and after half of the time it hurries."""

from service.stopping import Stopping


def test_it_hurries_after_half_of_the_time() -> None:
    now = [100.0]
    stopping = Stopping(30, lambda: now[0])
    assert (stopping.has_begun, stopping.hurries) == (False, False)
    stopping.begin()
    assert (stopping.has_begun, stopping.hurries) == (True, False)
    now[0] = 115.0
    assert not stopping.hurries
    now[0] = 115.1
    assert stopping.hurries


def test_to_begin_again_gives_no_more_time() -> None:
    now = [0.0]
    stopping = Stopping(30, lambda: now[0])
    stopping.begin()
    now[0] = 20.0
    stopping.begin()
    assert stopping.hurries
