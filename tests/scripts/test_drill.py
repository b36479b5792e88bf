"""The drill's own parts: a line that breaks where it is told to, a clock that only the process believes."""

import socket
import threading
import time

import pytest

from scripts.drill.clock import Clock
from scripts.drill.wire import Line


@pytest.fixture
def echo():
    """The port of a server that says back what it hears, one connection after another."""
    door = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                one = door.accept()[0]
            except OSError:
                return
            with one:
                try:
                    while data := one.recv(1000):
                        one.sendall(data)
                except OSError:
                    pass

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    yield door.getsockname()[1]
    door.shutdown(socket.SHUT_RDWR)
    serving.join()
    door.close()


def said_back(line, data):
    with socket.create_connection(("127.0.0.1", line.port), timeout=5) as link:
        heard = b""
        try:
            link.sendall(data)
            while len(heard) < len(data):
                if not (piece := link.recv(1000)):
                    break
                heard += piece
        except OSError:
            pass
        return heard


def test_a_line_carries_both_ways_and_breaks_after_so_many_bytes_of_both(echo):
    line, before = Line(echo), threading.active_count()

    assert said_back(line, b"x" * 500) == b"x" * 500
    line.breaks_after = (700, 700)
    assert (len(said_back(line, b"x" * 500)) <= 200, line.cut) == (True, 1)
    line.breaks_after = None
    assert said_back(line, b"x" * 500) == b"x" * 500
    while threading.active_count() > before:  # all of it is closed
        time.sleep(0.01)
    line.close()


def test_a_clock_is_set_back_and_right_again_while_seconds_are_counted_truly(tmp_path):
    file, clock = tmp_path / "clock", Clock(tmp_path / "clock")
    true, counted = time.time(), time.monotonic()

    file.write_text("-5400")
    clock.look()
    back, counted_then = time.time() - true, time.monotonic() - counted
    file.write_text("+0")
    clock.look()

    assert (-5400 <= back < -5390, 0 <= counted_then < 10, time.time() >= true) == (True, True, True)
