"""TLS: certificates are checked, passwords wait for it, and plain text before it is refused."""

import ipaddress
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tactful.channels.mail.smtp import Security, SmtpConnection, SmtpUnavailable
from tactful.channels.mail.tests.helpers import message, outcomes, send, settings
from tactful.channels.types import Outcome
from tactful.demo.postbox.sink import Sink


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for 127.0.0.1 and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pair.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def test_implicit_tls_sends_and_checks_the_certificate(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Sink(tls=server_context(certificate)) as sink:
        wanted = {"security": Security.IMPLICIT_TLS}
        assert outcomes(send(sink, [message(1)], tmp_path, **wanted)) == [Outcome.SAFE]
        assert not sink.ledger.mails
        (tmp_path / "journal").unlink()
        loose = send(sink, [message(n) for n in range(20)], tmp_path, verify_certificates=False, **wanted)
        assert set(outcomes(loose)) == {Outcome.SENT}
        (tmp_path / "journal").unlink()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert outcomes(send(sink, [message(30)], tmp_path, **wanted)) == [Outcome.SENT]
    assert len(sink.ledger.mails) == 21


class StarttlsServer:
    """Speaks just enough for STARTTLS, EHLO and AUTH; ``injected`` follows the 220 in plain text."""

    def __init__(self, certificate: Path, injected: bytes = b"") -> None:
        self._context = server_context(certificate)
        self._injected = injected
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[tuple[bool, bytes]] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._listener.close()

    def _serve(self) -> None:
        sock, _ = self._listener.accept()
        sock.settimeout(5)
        sock.sendall(b"220 hello\r\n")
        try:
            self._talk(sock, encrypted=False)
        except OSError:
            pass
        finally:
            sock.close()

    def _talk(self, sock: socket.socket, *, encrypted: bool) -> None:
        while line := sock.recv(4096):
            self.heard.append((encrypted, line.strip()))
            verb = line[:4].upper()
            if verb == b"EHLO":
                sock.sendall(b"250-x\r\n250 AUTH PLAIN\r\n" if encrypted else b"250-x\r\n250 STARTTLS\r\n")
            elif verb == b"STAR":
                sock.sendall(b"220 go\r\n" + self._injected)
                with self._context.wrap_socket(sock, server_side=True) as inner:
                    self._talk(inner, encrypted=True)
                return
            elif verb == b"QUIT":
                sock.sendall(b"221 bye\r\n")
                return
            else:
                sock.sendall(b"235 welcome\r\n")


def test_starttls_logs_in_only_inside(certificate: Path) -> None:
    with StarttlsServer(certificate) as server:
        wanted = settings(
            server.port, security="starttls", verify_certificates=False, username="kari", password="x"
        )
        with SmtpConnection(wanted) as connection:
            connection.connect()
    verbs = [(encrypted, line.split()[0]) for encrypted, line in server.heard]
    assert verbs == [
        (False, b"EHLO"),
        (False, b"STARTTLS"),
        (True, b"EHLO"),
        (True, b"AUTH"),
        (True, b"QUIT"),
    ]


def test_starttls_checks_the_certificate(certificate: Path) -> None:
    with StarttlsServer(certificate) as server:
        connection = SmtpConnection(settings(server.port, security="starttls", username="kari", password="x"))
        with pytest.raises(SmtpUnavailable, match=r"@smtp\.certificate") as caught:
            connection.connect()
    assert caught.value.outcome is Outcome.SAFE
    assert not any(b"AUTH" in line for _, line in server.heard)


def test_plain_text_behind_the_answer_to_starttls_is_refused(certificate: Path) -> None:
    with StarttlsServer(certificate, injected=b"250 forged\r\n") as server:
        connection = SmtpConnection(settings(server.port, security="starttls", verify_certificates=False))
        with pytest.raises(SmtpUnavailable, match="text_after_starttls"):
            connection.connect()


def test_a_password_does_not_travel_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sink() as sink:
        here = ("127.0.0.1", sink.port)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, 1, 6, "", here)])
        connection = SmtpConnection(settings(sink.port, host="mail.example", username="kari", password="x"))
        with pytest.raises(SmtpUnavailable, match="clear_password") as caught:
            connection.connect()
    assert caught.value.outcome is Outcome.ACCOUNT
    assert not any(b"AUTH" in line for line in sink.ledger.commands)


def test_an_unknown_security_is_refused() -> None:
    with pytest.raises(ValueError, match="not a valid Security"):
        settings(25, security="tls-maybe")
