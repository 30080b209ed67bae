"""What ended a connection, as codes that the edge says in the reader's language."""

import socket
import ssl

from tactful.channels.types import our_words

MOST = 200  # characters of an error's own words: a detail must fit its column whole


def no_connection(error: Exception, place: str) -> str:
    """``place``: ``host:port`` that we tried to reach."""
    if isinstance(error, socket.gaierror):
        return our_words("smtp.no_such_name", place=place)
    if isinstance(error, ConnectionRefusedError):
        return our_words("smtp.nobody_there", place=place)
    if isinstance(error, TimeoutError):
        return our_words("smtp.no_answer", place=place)
    if isinstance(error, ssl.SSLError):
        return no_encryption(error)
    return our_words("smtp.no_connection", place=place, error=_shown(error))


def no_encryption(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return our_words("smtp.certificate", error=error.verify_message[:MOST])
    return our_words("smtp.tls", error=_shown(error))


def broken(error: Exception) -> str:
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return our_words("smtp.closed")
    return our_words("smtp.broke", error=_shown(error))


def _shown(error: Exception) -> str:
    return str(error)[:MOST]
