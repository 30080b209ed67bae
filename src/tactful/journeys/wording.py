"""Words for the small parts of a journey: conditions, delays, names, problems, findings."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext, override, pgettext

from tactful.gate.types import Check
from tactful.journeys.rules.checks import Finding
from tactful.journeys.rules.problems import SENTENCES, Problem, place
from tactful.journeys.types import (
    ANY_DAY,
    WORKING_DAYS,
    AllOf,
    AnyOf,
    Compare,
    Condition,
    Delay,
    Not,
    Op,
    Ref,
    Scalar,
    Share,
    Source,
    Split,
    TaskKind,
    Text,
    Watch,
)


def sentence(parts: Iterable[str]) -> str:
    """Parts as short sentences in one line, each with a capital and a full stop."""
    return " ".join(f"{part[0].upper()}{part[1:]}." for part in parts if part)


def problem_sentence(problem: Problem, language: str) -> str:
    """Where, what is wrong and what to do, in the reader's language."""
    with override(language):
        params = {
            name: gettext(text) if name == "expected" else text for name, text in problem.params.items()
        }
        return (
            place(problem.path, problem.line, pgettext("in a file", "line"))
            + gettext(SENTENCES[problem.code]) % params
        )


def finding_sentence(finding: Finding, language: str) -> str:
    """What a check found. The step is named by the page that shows it."""
    with override(language):
        said = _findings()[finding.code]
        languages = {"en": gettext("English"), "nb": gettext("Norwegian")}
        params = dict(finding.params)
        if "language" in params:
            params["language"] = languages[params["language"]]
        return said % params


def passed_sentence(check_id: str, language: str) -> str:
    """A check that passes, as a plain sentence."""
    with override(language):
        return {
            "J001": gettext("Every step can be reached"),
            "J002": gettext("Every path ends"),
            "J003": gettext("No path goes in circles without a wait"),
            "J004": gettext("Every send is structural"),
            "J005": gettext("Everything is written in English and Norwegian"),
            "J006": gettext("Every value in a message has a stand-in"),
            "J007": gettext("No way rests on an opened mail alone"),
            "J008": gettext("No message comes later than its own deadline"),
            "J009": gettext("No client gets too many messages in a week"),
            "J010": gettext("Where consent to advertising is missing, the journey knows what follows"),
            "J011": gettext("Every task has an owner"),
            "J012": gettext("No other journey writes within the same hour"),
            "J013": gettext("What it begins is there, and does not lead back"),
        }[check_id]


def _findings() -> Mapping[str, str]:
    return {
        "unreachable": gettext("No way leads to this step."),
        "dead_end": gettext("Nothing follows this step. Say where it goes on, or end the journey."),
        "circle": gettext("The way comes back here without a wait. Put a wait in between."),
        "judgement": gettext("“%(touchpoint)s” takes judgement. A person writes it; make this a task."),
        "undecided": gettext(
            "Nobody has decided if “%(touchpoint)s” takes judgement. Decide it on the line."
        ),
        "no_touchpoint": gettext("There is no touchpoint “%(touchpoint)s”. Make it, or choose another."),
        "no_words": gettext("“%(what)s” has no %(language)s text."),
        "no_template": gettext("There is no letter “%(template)s”. Write it, or choose another."),
        "no_template_language": gettext("“%(template)s” has no %(language)s text."),
        "no_default": gettext(
            "“%(variable)s” has nothing to say when the value is missing. Write a stand-in."
        ),
        "opens": gettext("Programs open mails too, so an opened mail says little about the client."),
        "no_time": gettext("The latest moment is the moment itself. Give the message some time."),
        "too_late": gettext("After “%(wait)s” the latest moment of this message has passed."),
        "too_many": gettext(
            "One client can get %(count)s messages in a week. More than %(most)s are too many; wait longer."
        ),
        "no_basis": gettext(
            "This is advertising. Who has not agreed to it gets nothing, and goes on as if they had. "
            "Ask first, or say what happens if it is not sent."
        ),
        "same_event": gettext(
            "“%(other)s” can write within the same hour: both follow “%(name)s”. Let one of them wait."
        ),
        "same_date": gettext(
            "“%(other)s” can write within the same hour: both count from “%(name)s”. Let one of them wait."
        ),
        "same_clock": gettext(
            "“%(other)s” can write within the same hour, at %(name)s. Choose another time for one of them."
        ),
        "begins_itself": gettext("The journeys begin each other in a circle: %(way)s. Take one start out."),
        "no_journey": gettext("No journey “%(journey)s” is on. Switch it on, or choose another."),
        "not_told": gettext(
            "“%(journey)s” does not begin when told. Let it begin by hand, or choose another."
        ),
        "no_key": gettext("“%(journey)s” wants to know which one it is about. Give it its key."),
        "no_owner": gettext("Nobody owns this task. Say who does it."),
    }


class Words:
    """Words of one definition in one language. The language must be active for ``gettext``."""

    def __init__(self, names: Mapping[str, Text], language: str) -> None:
        self._names, self._language = names, language

    def text(self, text: Text) -> str:
        return text.in_language(self._language)

    def name(self, name: str) -> str:
        return self.text(self._names[name]) if name in self._names else name

    def quoted(self, name: str) -> str:
        return gettext("“%(name)s”") % {"name": self.name(name)}

    def value(self, value: Scalar) -> str:
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        return gettext("“%(name)s”") % {"name": value} if isinstance(value, str) else str(value)

    def owner(self, owner: str) -> str:
        known = {
            "account_manager": gettext("the account manager"),
            "business_owner": gettext("the owner"),
            "": gettext("somebody"),
        }
        return known.get(owner, owner.removeprefix("person:"))

    def task(self, kind: TaskKind) -> str:
        return {
            TaskKind.ANSWER: gettext("To answer"),
            TaskKind.APPROVE: gettext("To approve"),
            TaskKind.WRITE: gettext("To write"),
            TaskKind.DECIDE: gettext("To decide"),
            TaskKind.CALL: gettext("To call"),
        }[kind]

    def checks(self, checks: Iterable[Check]) -> str:
        known = {
            Check.NOBODY_TALKING: gettext("while we talk"),
            Check.CLEAN_HANDS: gettext("while we owe something"),
            Check.MOOD: gettext("in a bad mood"),
            Check.QUIET_HOURS: gettext("in quiet hours"),
        }
        return ", ".join(known.get(check, check.value) for check in sorted(checks))

    def share(self, split: Split, share: Share) -> str:
        """``10 %, left alone to compare``."""
        total = sum(each.weight for each in split.shares)
        part = f"{100 * share.weight / total:.0f} %"
        named = f"{self.text(share.name)}, {part}" if share.name is not None else part
        return gettext("%(share)s, left alone to compare") % {"share": named} if share.hold_out else named

    # Conditions

    def when(self, condition: Condition) -> str:
        return gettext("If %(condition)s") % {"condition": self.condition(condition)}

    def watch(self, watch: Watch) -> str:
        if watch.condition is None:
            return self.name(watch.event)
        parts = {"event": self.name(watch.event), "condition": self.condition(watch.condition)}
        return gettext("%(event)s and %(condition)s") % parts

    def condition(self, condition: Condition | None, inside: bool = False) -> str:
        if condition is None:
            return ""
        if isinstance(condition, Compare):
            return self._compare(condition)
        if isinstance(condition, Not):
            return gettext("it is not so that %(condition)s") % {
                "condition": self.condition(condition.of, True)
            }
        return self._several(condition, inside)

    def _several(self, condition: AllOf | AnyOf, inside: bool) -> str:
        joint = gettext(" and ") if isinstance(condition, AllOf) else gettext(" or ")
        said = joint.join(self.condition(part, True) for part in condition.of)
        return f"({said})" if inside and len(condition.of) > 1 else said

    def _compare(self, node: Compare) -> str:
        what = self._ref(node.ref)
        if node.op is Op.HOLDS:
            return what
        if node.op is Op.KNOWN:
            return (gettext("%(what)s is known") if node.value else gettext("%(what)s is not known")) % {
                "what": what
            }
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        value = gettext(" or ").join(map(self.value, values))
        return _comparisons()[node.op] % {"what": what, "value": value}

    def _ref(self, ref: Ref) -> str:
        if ref.source is Source.ANSWER:
            return gettext("the answer at “%(step)s”") % {"step": ref.name}
        return self.name(ref.name)

    # Time

    def delay(self, delay: Delay) -> str:
        """``7 days, at 09:00, on a working day``."""
        parts = [self._length(delay)]
        if delay.at is not None:
            parts.append(gettext("at %(time)s") % {"time": delay.at.strftime("%H:%M")})
        if delay.on == WORKING_DAYS:
            parts.append(gettext("on a working day"))
        elif delay.on != ANY_DAY:
            days = gettext(" or ").join(str(WEEKDAYS[day]) for day in sorted(delay.on.weekdays))
            parts.append(gettext("on a %(weekdays)s") % {"weekdays": days})
        return ", ".join(filter(None, parts)) or gettext("no time")

    def latest(self, delay: Delay) -> str:
        if delay.until is None:
            return gettext("Not later than %(delay)s after this step") % {"delay": self.delay(delay)}
        return gettext("Not after %(moment)s") % {"moment": self._moment(delay)}

    def counted(self, delay: Delay) -> str:
        """Whether days on the wall or hours on the stopwatch are meant, where that makes a difference."""
        if delay.days and delay.at is None:
            return gettext("To the same time of day")
        return gettext("Hours that really pass") if delay.elapsed >= timedelta(hours=12) else ""

    def before(self, earlier: timedelta, what: str) -> str:
        if not earlier:
            return gettext("at %(moment)s") % {"moment": what}
        return gettext("%(time)s before %(moment)s") % {"time": self._elapsed(earlier), "moment": what}

    def _length(self, delay: Delay) -> str:
        if delay.days:
            return ngettext("%(count)d day", "%(count)d days", delay.days) % {"count": delay.days}
        if delay.working_days:
            count = delay.working_days
            return ngettext("%(count)d working day", "%(count)d working days", count) % {"count": count}
        if delay.until is not None:
            return gettext("until %(moment)s") % {"moment": self._moment(delay)}
        return self._elapsed(delay.elapsed)

    def _moment(self, delay: Delay) -> str:
        until = delay.until
        moment = date_format(until, "DATE_FORMAT") if isinstance(until, date) else ""
        if isinstance(until, Ref):
            moment = self._ref(until)
        return self.before(delay.earlier, moment) if delay.earlier else moment

    def _elapsed(self, elapsed: timedelta) -> str:
        hours, minutes = divmod(int(elapsed.total_seconds()) // 60, 60)
        parts: list[str] = []
        if hours:
            parts.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
        if minutes:
            parts.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
        return gettext(" and ").join(parts)


def _comparisons() -> Mapping[Op, str]:
    return {
        Op.IS: gettext("%(what)s is %(value)s"),
        Op.IS_NOT: gettext("%(what)s is not %(value)s"),
        Op.ONE_OF: gettext("%(what)s is %(value)s"),
        Op.MORE_THAN: gettext("%(what)s is more than %(value)s"),
        Op.AT_LEAST: gettext("%(what)s is at least %(value)s"),
        Op.LESS_THAN: gettext("%(what)s is less than %(value)s"),
        Op.AT_MOST: gettext("%(what)s is at most %(value)s"),
        Op.CONTAINS: gettext("%(what)s contains %(value)s"),
    }
