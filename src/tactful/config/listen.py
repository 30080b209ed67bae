"""The web server's door, opened by the supervisor: a busy port is known before anything starts, and a
restart of the web process refuses nobody, for callers wait in the queue of the open socket."""

import errno
import os
import socket

from tactful.config.trouble import Trouble

BACKLOG = 1024


def open_door(host: str, port: int) -> socket.socket:
    """A listening TCP socket that children may inherit."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host, port))
        door.listen(BACKLOG)
    except OSError as error:
        door.close()
        raise _trouble(error, host, port) from error
    return door


def _trouble(error: OSError, host: str, port: int) -> Trouble:
    if error.errno == errno.EADDRINUSE:
        return Trouble(
            f"Port {port} is taken by another program. Stop that one, or choose another port: "
            f"TACTFUL_PORT={port + 1 if port < 65535 else 8017}."
        )
    if error.errno == errno.EACCES:
        return Trouble(f"Port {port} is not open to this user. Choose one above 1023 with TACTFUL_PORT.")
    return Trouble(
        f"The address {host}, port {port}, cannot be opened: {os.strerror(error.errno or 0)}. "
        "Correct TACTFUL_HOST and TACTFUL_PORT."
    )
