"""Each way a connection ends has a code, and its parameters fit the column whole."""

import json
import socket
import ssl

import pytest

from tactful.channels.mail.outcomes import DETAIL_LIMIT
from tactful.channels.mail.troubles import broken, no_connection

LONG = OSError("x" * 4000)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(-2, "Name or service not known"), "smtp.no_such_name"),
        (ConnectionRefusedError(111, "refused"), "smtp.nobody_there"),
        (TimeoutError("timed out"), "smtp.no_answer"),
        (ssl.SSLError(1, "[SSL] wrong version number"), "smtp.tls"),
        (LONG, "smtp.no_connection"),
    ],
)
def test_no_connection(error: Exception, code: str) -> None:
    assert told(no_connection(error, "smtp.example.com:587"))[0] == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConnectionResetError(104, "reset"), "smtp.closed"),
        (BrokenPipeError(32, ""), "smtp.closed"),
        (LONG, "smtp.broke"),
    ],
)
def test_a_connection_that_breaks(error: Exception, code: str) -> None:
    assert told(broken(error))[0] == code


def told(detail: str) -> tuple[str, dict[str, str]]:
    assert len(detail) < DETAIL_LIMIT
    code, _blank, params = detail.removeprefix("@").partition(" ")
    return code, json.loads(params)
