"""What really happened to the things that reminders ask for, wherever the knowledge of it lay."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tactful.channels.models import InboundRaw
from tactful.engagements.queries import views
from tests.year.notebook import ENDS
from tests.year.oracle import Sent

DOCUMENTS = ("document-reminder-1", "document-reminder-2")
KNOWN, UNREAD, DESK = "known", "unread", "desk"
JUST_COME = timedelta(minutes=1)
"""The mailbox is asked every twenty seconds, and the town acts once a minute or so."""


@dataclass
class Thing:
    """Something that a reminder would ask for, delivered or answered. ``how``: for people. ``mail``: the name
    of the mail in which it lies. ``known``: it was told to Tactful at that moment, however."""

    at: datetime
    how: str
    mail: str = ""
    known: datetime | None = None


def could_be_known(what: str, thing: Thing, now: datetime) -> bool:
    """Whether the house is to blame. A mail that has come within the minute is counted as unread, and it is
    no more than that: nobody could have read it by then."""
    return what == KNOWN or (what == UNREAD and now - thing.at >= JUST_COME)


@dataclass
class Ledger:
    """``things``: by (kind, key), where the world has settled them. ``reminders``: by message, what was known
    when it was handed over: None where it was right to remind."""

    things: dict[tuple[str, str], Thing] = field(default_factory=dict)
    reminders: dict[int, str | None] = field(default_factory=dict)

    def settle(self, kind: str, key: object, at: datetime, how: str, mail: str = "") -> None:
        self.things.setdefault((kind, str(key)), Thing(at, how, mail))

    def told(self, kind: str, key: object, at: datetime, how: str = "told") -> None:
        """A person, the client's page or another system has said so to Tactful."""
        thing = self.things.setdefault((kind, str(key)), Thing(at, how))
        thing.known = thing.known or at

    def judge(self, ident: int, sent: Sent, now: datetime) -> tuple[str | None, Thing | None]:
        """Just before the dot, of what automation sends. Answers with what is wrong, if anything is."""
        if sent.author != "automation" or sent.template not in ENDS:
            return None, None
        found = [(self._known(thing), thing) for thing in self._of(sent, now) if thing.at <= now]
        worst = min(found, key=lambda each: (KNOWN, UNREAD, DESK).index(each[0]), default=(None, None))
        self.reminders[ident] = worst[0]
        return worst

    def _of(self, sent: Sent, now: datetime) -> list[Thing]:
        """Of documents, those which the mail names as missing."""
        key = sent.key or ""
        if sent.template not in DOCUMENTS:
            thing = self.things.get((ENDS[sent.template], key))
            return [thing] if thing else []
        view = views({int(key)}, now)[int(key)]
        found = [self.things.get(("document", str(document.id))) for document in view.missing]
        return [thing for thing in found if thing is not None]

    def _known(self, thing: Thing) -> str:
        if thing.known is not None or (
            thing.mail and InboundRaw.objects.filter(provider_id=thing.mail).exists()
        ):
            return KNOWN
        return UNREAD if thing.mail else DESK

    def count(self, what: str) -> int:
        return sum(found == what for found in self.reminders.values())
