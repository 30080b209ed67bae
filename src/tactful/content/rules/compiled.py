"""A compiled mail: finished bytes with gaps, and what to put into each gap for one client."""

from collections.abc import Mapping
from dataclasses import dataclass

from tactful.content.rules.form import Form
from tactful.content.rules.headers import SUBJECT_LIMIT, clean_words, header_block
from tactful.content.rules.patching import Body, PatchedBody, Words, resolve
from tactful.content.rules.shell import LABEL, PREFERENCES, SUBJECT, UNSUBSCRIBE, WHY
from tactful.content.types import AutoSubmitted, MailEnvelope, MailRefused, Variable


@dataclass(frozen=True, slots=True)
class CompiledMail:
    """One template version in one language, ready for any number of clients.

    ``links``: the names of our own links that the envelope must bring. ``patched``: whether bodies are
    patched into finished bytes, or rendered anew for each client because of conditions or loops.
    """

    subject: Words
    preheader: Words | None
    body: Body
    variables: tuple[Variable, ...]
    links: tuple[str, ...]
    mime_headers: str
    patched: bool

    def build(self, envelope: MailEnvelope, values: Mapping[str, str]) -> bytes:
        """The whole mail in wire form: CRLF, seven bits, and equal before and after dot-stuffing.

        ``values``: raw strings by variable name; names that the template does not declare are ignored.
        The same input gives the same bytes. Raises ``MailRefused``.
        """
        own = resolve(self.variables, values)
        self.add_envelope(own, envelope)
        subject = clean_words(self.subject(own), SUBJECT_LIMIT)
        own[SUBJECT] = subject
        if self.preheader:
            own["preheader"] = self.preheader(own)
        head = header_block(envelope, subject) + self.mime_headers
        return b"".join([head.encode(), *self.body(own)])

    def form(self, pattern: MailEnvelope, shared: Mapping[str, str]) -> Form | None:
        """For many mails on one letterhead; None where each is rendered anew. Raises ``MailRefused``."""
        return Form(self, self.body, pattern, shared) if isinstance(self.body, PatchedBody) else None

    def add_envelope(self, own: dict[str, str], envelope: MailEnvelope) -> None:
        own[LABEL] = envelope.automatic_label
        own[WHY], own[PREFERENCES] = envelope.links.why, envelope.links.preferences
        own[UNSUBSCRIBE] = envelope.unsubscribe.url if envelope.unsubscribe else ""
        if envelope.auto_submitted is not AutoSubmitted.NO and not envelope.automatic_label:
            raise MailRefused("This mail is automatic and must say so. Give its envelope the label.")
        for name in self.links:
            if not own[name]:
                raise MailRefused(
                    f"The mail shows the link “{name}”, and its envelope has none. Give it one."
                )
