"""A line between two programs, which can be told to break after a number of bytes."""

import random
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)  # closing sends a reset, as a broken line does


class Line:
    """Carries what comes to `port` on to `target`. While `breaks_after` is a pair, each connection is cut after so many bytes
    of both ways, at random between the two."""

    def __init__(self, target):
        self.target, self.breaks_after, self.cut = target, None, 0
        self.door = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.door.getsockname()[1]
        threading.Thread(target=self._let_in, daemon=True).start()

    def _let_in(self):
        while True:
            try:
                one = self.door.accept()[0]
            except OSError:  # closed
                return
            threading.Thread(target=self._join, args=(one,), daemon=True).start()

    def _join(self, one):
        try:
            other = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            return _reset(one)
        other.settimeout(None)
        for end in (one, other):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        budget = Budget(self)
        back = threading.Thread(target=self._carry, args=(other, one, budget), daemon=True)
        back.start()
        self._carry(one, other, budget)
        back.join()
        one.close()
        other.close()
        return None

    def _carry(self, source, target, budget):
        try:
            while data := source.recv(65536):
                left = budget.spend(len(data))
                target.sendall(data[: len(data) + left] if left < 0 else data)
                if left < 0:
                    self.cut += 1
                    _reset(source)
                    _reset(target)
                    return
            target.shutdown(socket.SHUT_WR)
        except OSError:  # closed by either
            _reset(source)
            _reset(target)

    def close(self):
        try:
            self.door.shutdown(socket.SHUT_RDWR)  # wakes who waits for the next connection
        except OSError:
            pass
        self.door.close()


class Budget:
    """How many bytes a connection may still carry."""

    def __init__(self, line):
        self.line, self.left, self.lock = line, None, threading.Lock()

    def spend(self, size):
        """What is left after so many bytes, below zero where the line is to break; 0 where it holds."""
        bounds = self.line.breaks_after
        with self.lock:
            if bounds is None:
                self.left = None
                return 0
            if self.left is None:
                self.left = random.randint(*bounds)  # nosec B311
            self.left -= size
            return min(self.left, 0)


def _reset(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    end.close()
