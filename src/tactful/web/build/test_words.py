"""A stored test as sentences: what is given, and what is expected."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.gate.sentences import Reader, moment_words
from tactful.journeys.rules.expected import NO_MESSAGE, Difference, Line, read_expected
from tactful.journeys.types import Approval, Definition, Send, Task
from tactful.journeys.wording import Words
from tactful.web.build.happenings import event_words, fact_words, value_words
from tactful.web.build.replays import HELD_BY
from tactful.web.pages.trying import PathEntry
from tactful.web.types import Text
from tactful.web.words import TALKS, capital
from tactful.wiring.story_words import difference_sentence


@dataclass(frozen=True, slots=True)
class TestWords:
    definition: Definition
    reader: Reader

    def given(self, document: Mapping[str, Any]) -> Iterator[Text]:
        yield self._client(document.get("client", {}))
        for row in document.get("facts", ()):
            yield self._fact(row)
        yield from self._against(document)
        for row in document.get("events", ()):
            words = {"when": self._when(row["at"]), "what": self._event(str(row["name"]))}
            yield capital(_("%(when)s: %(what)s.") % words)
        for row in document.get("replies", ()):
            words = {"when": self._when(row["at"]), "what": self.step(str(row["step"]))}
            yield capital(_("%(when)s: a person does the task “%(what)s”.") % words)
        if others := len(document.get("others", ())):
            said = ngettext(
                "%(n)d other message of ours counts too.", "%(n)d other messages of ours count too.", others
            )
            yield said % {"n": others}
        if document.get("until"):
            yield _("We look until %(when)s.") % {"when": self._when(document["until"])}

    def happened(self, document: Mapping[str, Any]) -> list[tuple[datetime, PathEntry]]:
        """The events of the story, as entries of its path."""
        found = []
        for row in document.get("events", ()):
            at = datetime.fromisoformat(str(row["at"]))
            found.append(
                (at, PathEntry("happening", capital(self._event(str(row["name"]))), at, sign="right"))
            )
        return found

    def expected(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Text]:
        for line in read_expected(list(rows)):
            yield self._line(line)

    def trouble(self, difference: Difference) -> Text:
        return difference_sentence(difference, self.reader)

    def step(self, ident: str) -> str:
        """A message by its name, a task by its title, another step by its id."""
        step = next((each for each in self.definition.steps if each.id == ident), None)
        words = Words(self.definition.names, self.reader.language)
        if isinstance(step, Send):
            return words.name(step.template)
        return words.text(step.title) if isinstance(step, Task | Approval) else ident

    def _line(self, line: Line) -> Text:
        words = {"what": self.step(line.step), "when": moment_words(line.at, self.reader) if line.at else ""}
        if line.kind == NO_MESSAGE:
            return _("“%(what)s” does not go out.") % words
        if line.kind in ("call", "start", "stop"):
            return self._elsewhere(line)
        if line.kind == "task":
            said = (
                _("A person gets the task “%(what)s” on %(when)s.")
                if line.at
                else _("A person gets the task “%(what)s”.")
            )
        elif line.kind == "held":
            said = _("“%(what)s” is held on %(when)s") if line.at else _("“%(what)s” is held")
            return f"{said % words}, {self._why(line.why)}." if line.why else f"{said % words}."
        elif line.kind == "refused":
            said = _("“%(what)s” is not sent on %(when)s.") if line.at else _("“%(what)s” is not sent.")
        else:
            said = _("“%(what)s” goes out on %(when)s.") if line.at else _("“%(what)s” goes out.")
        return said % words

    def _elsewhere(self, line: Line) -> Text:
        said = {
            "call": _("At “%(what)s” another system is told."),
            "start": _("At “%(what)s” another journey begins."),
            "stop": _("At “%(what)s” another journey ends."),
        }[line.kind]
        return said % {"what": self.step(line.step)}

    def _why(self, code: str) -> str:
        return HELD_BY.get(code.partition(".")[0], HELD_BY["standing"])()

    def _client(self, row: Mapping[str, Any]) -> Text:
        languages = {"nb": _("Norwegian"), "en": _("English")}
        words = {
            "language": languages.get(str(row.get("language", "")), ""),
            "place": row.get("zone") or row.get("country", "NO"),
        }
        if not words["language"]:
            return _("A client in %(place)s.") % words
        return _("A client in %(place)s who reads %(language)s.") % words

    def _fact(self, row: Mapping[str, Any]) -> Text:
        name = fact_words(str(row["fact"]), self.definition, self.reader.language)
        words = {
            "what": name[:1].upper() + name[1:],
            "value": value_words(None, row.get("value")),
            "from": self._when(row["from"]) if row.get("from") else "",
            "to": self._when(row["to"]) if row.get("to") else "",
        }
        if words["from"] and words["to"]:
            return _("%(what)s: %(value)s, from %(from)s to %(to)s.") % words
        if words["from"]:
            return _("%(what)s: %(value)s, from %(from)s on.") % words
        if words["to"]:
            return _("%(what)s: %(value)s, until %(to)s.") % words
        return _("%(what)s: %(value)s.") % words

    def _against(self, document: Mapping[str, Any]) -> Iterator[Text]:
        for row in document.get("talks", ()):
            words = {
                "what": TALKS.get(str(row.get("kind")), TALKS["conversation"]),
                "when": self._span(row),
            }
            yield f"{words['what']} {words['when']}".strip() + "."
        for row in document.get("orders", ()):
            held = _("Messages were held")
            yield f"{held} {self._span(row)}".strip() + "."
        if any(row.get("key") == "bereaved" for row in document.get("flags", ())):
            yield _("The client was in mourning.")
        if any(row.get("kind") == "withdrawn" for row in document.get("grounds", ())):
            yield _("The client has said no to news and offers.")
        if any(row.get("against") for row in document.get("addresses", ())):
            yield _("Something stands against the mail address.")

    def _span(self, row: Mapping[str, Any]) -> str:
        words = {
            "since": self._when(row["from"]) if row.get("from") else "",
            "to": self._when(row["to"]) if row.get("to") else "",
        }
        if words["since"] and words["to"]:
            return _("from %(since)s to %(to)s") % words
        return _("from %(since)s on") % words if words["since"] else ""

    def _event(self, name: str) -> str:
        return event_words(name, self.definition, self.reader.language)

    def _when(self, at: Any) -> str:
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(str(at))
        return moment_words(moment, self.reader)
