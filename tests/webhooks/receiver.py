"""A receiver of messages that really listens: it succeeds, fails, hangs, drips, redirects or says that it is gone."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# How it answers: a status with headers, or one of these.
HANG, DRIP, DROP, NOISE = "hang", "drip", "drop", "noise"
LOOPBACK = "127.0.0.0/8,::1/128"


@dataclass(frozen=True)
class Received:
    """A message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class Receiver:
    """Answers as it is told, 204 where it isn't told, and keeps what arrived."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.arrived: list[Received] = []
        self.answers: list[Any] = []
        self.always: Any = (204, {})
        self.released = threading.Event()
        self._server = server

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?of=jifen"

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.arrived]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.arrived.append(Received(self.path, headers, body))
        answer = receiver.answers.pop(0) if receiver.answers else receiver.always
        self.close_connection = True
        if answer == HANG:
            receiver.released.wait(60)
        elif answer == DROP:
            return
        elif answer == NOISE:
            self.wfile.write(b"what is this?\r\n\r\n")
        elif answer == DRIP:
            self._drip(receiver)
        else:
            status, said, *text = answer
            self.send_response(status)
            for name, value in said.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write("".join(text).encode())

    def _drip(self, receiver: Receiver) -> None:
        """One byte of the answer's head after the other, without end."""
        for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"a" * 600:
            if receiver.released.wait(0.1):
                return
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                return

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: Any) -> None:
        """Nothing: who doesn't trust it hangs up."""


@contextmanager
def listening(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on loopback for as long as the block lasts; by TLS with a context."""
    server = _Server(("127.0.0.1", 0), _Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    receiver = Receiver(server)
    server.receiver = receiver  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.released.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def nobody_listens() -> str:
    """The address of a port where nobody is."""
    with listening() as receiver:
        return receiver.url
