"""A request whose body broke off on the way is no request.

Neither gunicorn nor Django counts what came: a form of which the line carried the first half would be taken for the whole, and homework
handed in with half a file.
"""


class WholeRequests:
    """A WSGI application around another, which reads a body of Content-Length bytes or gets an OSError, as of a broken line."""

    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        length = environ.get("CONTENT_LENGTH") or ""
        if length.isdecimal() and int(length):
            environ["wsgi.input"] = Counted(environ["wsgi.input"], int(length))
        return self.application(environ, start_response)


class Counted:
    """A stream of so many bytes. Read by pieces, as Django does; a piece shorter than what was asked for is the end of the line."""

    def __init__(self, stream, length):
        self.stream, self.left = stream, length

    def read(self, size=-1):
        most = self._most(size)
        piece = self.stream.read(most) if most else b""
        self.left -= len(piece)
        if len(piece) < most:
            raise BrokenOff
        return piece

    def readline(self, size=-1):
        most = self._most(size)
        piece = self.stream.readline(most) if most else b""
        self.left -= len(piece)
        if not piece and self.left:
            raise BrokenOff
        return piece

    def _most(self, size):
        return self.left if size is None or size < 0 else min(size, self.left)


class BrokenOff(ConnectionResetError):
    """The body is shorter than its head said."""

    def __init__(self):
        super().__init__("the request broke off")
