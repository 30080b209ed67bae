"""What other floors see of content: sources of templates, envelopes of mails, problems, safe HTML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class VariableKind(StrEnum):
    """How a value is put into a text. A value is always one string."""

    TEXT = "text"  # one line
    URL = "url"  # a whole link: http, https, mailto or tel
    LIST = "list"  # one item per line: <li> items in HTML, "- " lines in text
    LINES = "lines"  # several lines: <br> in HTML, line ends in text


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable of a template.

    ``default``: used when a client has no value. None is allowed only where ``required``: then a mail
    without a value is refused, because no default would be true (a personal link).
    ``sample``: what previews and test mails show.
    """

    name: str
    default: str | None = None
    kind: VariableKind = VariableKind.TEXT
    required: bool = False
    sample: str = ""


class Part(StrEnum):
    """Where in a template a problem stands."""

    SUBJECT = "subject"
    PREHEADER = "preheader"
    MJML = "mjml"
    TEXT = "text"
    VARIABLES = "variables"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend in a template.

    ``message`` is an English sentence with ``%(name)s`` places, marked for translation: the page shows
    ``gettext(problem.message) % problem.params``. ``line`` counts from 1 within the part.
    """

    code: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)
    part: Part = Part.TEXT
    line: int | None = None

    @property
    def sentence(self) -> str:
        """The sentence in English."""
        return self.message % dict(self.params)


class TemplateRefused(ValueError):
    """The template cannot be compiled; ``problems`` say why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = problems


class MailRefused(ValueError):
    """This one mail cannot be built (a required value or a usable address is missing).

    ``code`` and ``params`` are for a reader; the sentence is for whoever calls this wrongly.
    """

    def __init__(self, sentence: str, code: str = "", **params: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class MailSource:
    """The author's words of one template version in one language.

    ``mjml``: the sections of the body (``<mj-section>…``), put into the brand's shell, or a whole
    ``<mjml>`` document, taken as it is. ``text``: the plain part; empty means made from the HTML.
    ``unsubscribe``: the footer carries an unsubscribe link; its envelope must have one then.
    """

    subject: str
    mjml: str
    text: str = ""
    language: str = "en"
    preheader: str = ""
    variables: tuple[Variable, ...] = ()
    unsubscribe: bool = False


@dataclass(frozen=True, slots=True)
class FooterWords:
    """The footer's words in the language of the mail."""

    why: str
    preferences: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Brand:
    """Who speaks. ``postal_address`` is one line; ``accent`` is a colour as ``#rrggbb``, ``button`` the
    ground of white words. ``logo``: an address of ours. ``signature``: lines under the words."""

    business: str
    postal_address: str
    words: FooterWords
    accent: str = "#12566b"
    button: str = "#1c3b36"
    logo: str = ""
    signature: str = ""


class AutoSubmitted(StrEnum):
    """RFC 3834: is a person behind this mail, a rule, or an automatic answer to a mail?"""

    NO = "no"
    GENERATED = "auto-generated"
    REPLIED = "auto-replied"


class MailAddress(NamedTuple):  # as all around an envelope, for there are six of them to each mail
    address: str
    name: str = ""


class Unsubscribe(NamedTuple):
    """RFC 8058: ``url`` takes the one-click POST, ``mailto`` is a bare address with its token,
    or "" where there is none."""

    url: str
    mailto: str


class MailLinks(NamedTuple):
    """Personal links of the footer; the shell asks for the first two."""

    why: str = ""
    preferences: str = ""


class MailEnvelope(NamedTuple):
    """Everything about one mail that is not its words.

    ``message_id`` with angle brackets. ``date`` aware. ``reply_to``: our address with the plus token.
    ``automatic_label``: the visible line that says that this mail is automatic, already translated;
    needed where ``auto_submitted`` is not NO.
    """

    to: MailAddress
    sender: MailAddress
    date: datetime
    message_id: str
    reply_to: MailAddress | None = None
    auto_submitted: AutoSubmitted = AutoSubmitted.GENERATED
    automatic_label: str = ""
    links: MailLinks = MailLinks()
    unsubscribe: Unsubscribe | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonMail:
    """A mail as a person typed it: plain words, blank lines between paragraphs."""

    subject: str
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class SafeHtml:
    """Sanitised mail HTML. It asks nothing of the network: each remote image is an ``<img>`` without
    ``src``, its address rests in ``data-remote-src``. ``words_only``: it could not be shown as it came.
    ``cut``: it was longer than we read, so its end is missing."""

    html: str
    remote_images: int = 0
    words_only: bool = False
    cut: bool = False
