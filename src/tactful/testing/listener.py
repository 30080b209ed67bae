"""A real web server on loopback that keeps what it is told."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


class Listener:
    """Answers with ``status`` and ``body``; ``told``: (path, body, headers) each."""

    def __init__(self) -> None:
        self.status, self.body = 200, b""
        self.told: list[tuple[str, bytes, dict[str, str]]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.told.append((self.path, body, dict(self.headers)))
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", "http://169.254.169.254/")
                self.end_headers()
                self.wfile.write(outer.body)

            def log_message(self, *_: object) -> None:
                """Silence."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook?a=1"


@contextmanager
def served(http: ThreadingHTTPServer) -> Iterator[None]:
    thread = Thread(target=http.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield
    finally:
        http.shutdown()
        thread.join()
        http.server_close()


@contextmanager
def listening() -> Iterator[Listener]:
    made = Listener()
    with served(made.http):
        yield made


@contextmanager
def dripping() -> Iterator[str]:
    """The address of a server whose answer comes letter by letter and never ends."""
    done = Event()
    server = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        client, _peer = server.accept()
        with client, suppress(OSError):
            client.sendall(b"HTTP/1.1 200 OK\r\n")
            while not done.wait(0.05):
                client.sendall(b"X: y\r\n")

    thread = Thread(target=drip)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    finally:
        done.set()
        thread.join()
        server.close()
