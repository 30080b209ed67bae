"""Stories, replays, stored tests and the difference of two versions in plain sentences."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext, ngettext, override

from tactful.gate.sentences import Reader, moment_words, reason_sentence
from tactful.journeys.rules.expected import Difference
from tactful.journeys.rules.mishaps import AFTER_DONE, CROWDED, INTO_COMPLAINT, INTO_QUESTION, Mishap
from tactful.journeys.rules.moves import StartOther
from tactful.journeys.rules.replayed import RealSend, Replay, ReplayLine
from tactful.journeys.rules.tale import Called, Fate, Look, OpenedTask, Sending, Tale, ToldOther
from tactful.journeys.sentences import StepLine, around, describe
from tactful.journeys.types import Definition
from tactful.journeys.wording import Words

Told = tuple[datetime, str]


def tale_sentences(tale: Tale, definition: Definition, reader: Reader) -> list[Told]:
    """What happened to the client of a simulation, in the order of time."""
    with override(reader.language):
        words = Words(definition.names, reader.language)
        lines = [line for sending in tale.sendings for line in _of_sending(sending, words, reader)]
        lines += [line for task in tale.tasks for line in _of_task(task, words)]
        lines += elsewhere_sentences(tale, words)
        for walk in tale.walks:
            if walk.begun:
                lines.append((walk.began_at, gettext("The journey begins.")))
            if walk.ended_at is not None:
                lines.append((walk.ended_at, gettext("The journey is over.")))
            if walk.unknown:
                said = gettext("From here on nobody knows: %(what)s was not kept.")
                lines.append((walk.began_at, said % {"what": ", ".join(walk.unknown)}))
    return sorted(lines, key=lambda line: line[0])


def _of_sending(sending: Sending, words: Words, reader: Reader) -> Iterator[Told]:
    name = words.name(sending.effect.template)
    for look in sending.looks:
        yield look.at, _of_look(look, name, reader)
    if sending.fate is Fate.SENT and sending.at is not None:
        yield sending.at, gettext("“%(message)s” is sent.") % {"message": name}
    if sending.fate is Fate.RECOMPUTED and sending.at is not None:
        yield sending.at, gettext("The hold ends, and “%(message)s” is thought over.") % {"message": name}
    if sending.fate is Fate.CANCELLED and sending.at is not None:
        yield sending.at, gettext("“%(message)s” is called back.") % {"message": name}


def _of_look(look: Look, name: str, reader: Reader) -> str:
    why = "; ".join(reason_sentence(reason, {}, reader) for reason in look.reasons)
    values = {"message": name, "why": why, "until": moment_words(look.until, reader) if look.until else ""}
    if look.kind == "hold":
        return gettext("“%(message)s” is held: %(why)s. It is looked at again on %(until)s.") % values
    if look.kind == "refuse":
        return gettext("“%(message)s” is not sent: %(why)s.") % values
    return gettext("“%(message)s” cannot be judged: %(why)s.") % values


def _of_task(task: OpenedTask, words: Words) -> Iterator[Told]:
    title = words.text(task.title)
    yield task.opened_at, gettext("A person gets a task: %(title)s.") % {"title": title}
    if task.closed_at is not None and task.answer:
        yield task.closed_at, gettext("The task is answered: %(answer)s.") % {"answer": task.answer}
    elif task.closed_at is not None:
        yield task.closed_at, gettext("The task is not needed any more.")


def elsewhere_sentences(tale: Tale, words: Words) -> list[Told]:
    """In the active language: what other systems and other journeys are told."""
    lines = [line for call in tale.calls for line in _of_call(call)]
    return [*lines, *(_of_other(other, words) for other in tale.others)]


def _of_call(call: Called) -> Iterator[Told]:
    where = {"where": urlsplit(call.effect.url).hostname or call.effect.url}
    yield call.at, gettext("Another system is told: %(where)s.") % where
    if call.answered_at is not None:
        said = gettext("%(where)s answers.") if call.ok else gettext("%(where)s says no.")
        yield call.answered_at, said % where


def _of_other(other: ToldOther, words: Words) -> Told:
    name = {"journey": words.name(other.effect.journey)}
    if isinstance(other.effect, StartOther):
        return other.at, gettext("“%(journey)s” is begun for this client.") % name
    return other.at, gettext("“%(journey)s” is ended for this client.") % name


def replay_summary(replay: Replay, language: str) -> list[str]:
    """The answer in a few sentences; lines are for those who ask further."""
    counts = replay.counts()
    with override(language):
        said = [
            ngettext("%(count)d client began.", "%(count)d clients began.", replay.begun)
            % {"count": replay.begun},
            ngettext(
                "%(count)d message would have gone out.", "%(count)d messages would have gone out.",
                counts["sent"],
            ) % {"count": counts["sent"]},
            gettext(
                "Compared with what was really sent: %(same)d the same, %(moved)d at another time, "
                "%(added)d new, %(dropped)d left out."
            ) % counts,
            ngettext("%(count)d was held for some time.", "%(count)d were held for some time.",
                     counts["once_held"]) % {"count": counts["once_held"]},
        ]  # fmt: skip
        said += [counted_mishap(kind, counts[kind]) for kind in _MISHAPS if counts.get(kind)]
        if replay.not_known:
            said.append(
                ngettext(
                    "For %(count)d client it cannot be told further, because what it asks was not kept.",
                    "For %(count)d clients it cannot be told further, because what it asks was not kept.",
                    len(replay.not_known),
                ) % {"count": len(replay.not_known)}
            )  # fmt: skip
        return said + [note_sentence(note) for note in replay.notes]


_MISHAPS = (INTO_COMPLAINT, INTO_QUESTION, AFTER_DONE, CROWDED)


def counted_mishap(kind: str, count: int) -> str:
    """In the active language: how many messages of a replay had this mishap."""
    said = {
        INTO_COMPLAINT: ngettext(
            "%(count)d would have landed in a complaint.",
            "%(count)d would have landed in a complaint.",
            count,
        ),
        INTO_QUESTION: ngettext(
            "%(count)d would have landed within a day of a question that had no answer.",
            "%(count)d would have landed within a day of a question that had no answer.",
            count,
        ),
        AFTER_DONE: ngettext(
            "%(count)d would have asked for what was already done.",
            "%(count)d would have asked for what was already done.",
            count,
        ),
        CROWDED: ngettext(
            "%(count)d would have come within hours of another message of ours.",
            "%(count)d would have come within hours of another message of ours.",
            count,
        ),
    }[kind]
    return said % {"count": count}


def note_sentence(note: str) -> str:
    """In the active language: something that is not kept for anybody."""
    return {
        "moved_day": gettext("Not kept: days of clients that were crossed out since."),
        "channels": gettext("Not kept: whether the mail account was switched off. It counts as on."),
        "removed_addresses": gettext("Not kept: addresses that were taken away since."),
        "touchpoints": gettext("Line, class and words of each touchpoint are those of today."),
        "delivered": gettext("Each mail counts as delivered."),
        "merging": gettext("Messages are not merged into one mail; the caps count as always."),
    }[note]


@dataclass(frozen=True, slots=True)
class LineSaid:
    """One message of a replay. ``became``: what would have become of it; ``looks``: the gate's answers that
    were no yes; ``change``: how that differs from what really was; ``wrong``: its mishaps."""

    name: str
    became: str
    looks: tuple[str, ...]
    change: str
    wrong: tuple[str, ...]


def line_said(line: ReplayLine, definition: Definition, reader: Reader) -> LineSaid:
    with override(reader.language):
        name = Words(definition.names, reader.language).name(line.template)
        return LineSaid(
            name=name,
            became=_became(line, name, reader),
            looks=tuple(_of_look(look, name, reader) for look in line.looks),
            change=_change(line, reader),
            wrong=tuple(mishap_sentence(mishap, reader) for mishap in line.mishaps),
        )


def _became(line: ReplayLine, name: str, reader: Reader) -> str:
    values = {"message": name, "when": moment_words(line.at or line.wanted_at, reader)}
    if line.fate is Fate.SENT:
        return gettext("“%(message)s” would have gone out on %(when)s.") % values
    if line.fate is Fate.CANCELLED:
        return gettext("“%(message)s” would have been called back on %(when)s.") % values
    if line.fate is Fate.RECOMPUTED:
        return gettext("“%(message)s” would have been thought over on %(when)s.") % values
    if line.fate is Fate.HELD:
        return gettext("“%(message)s” would still be held.") % values
    return ""


def _change(line: ReplayLine, reader: Reader) -> str:
    if line.change == "moved" and line.really_at is not None:
        return gettext("It really went out on %(when)s.") % {"when": moment_words(line.really_at, reader)}
    return gettext("It was not sent then.") if line.change == "added" else ""


def line_sentence(line: ReplayLine, definition: Definition, reader: Reader) -> str:
    """One message of a replay: what became of it, why, and what was wrong with it."""
    said = line_said(line, definition, reader)
    return " ".join(filter(None, (*said.looks, said.became, said.change, *said.wrong)))


def dropped_sentence(real: RealSend, definition: Definition, reader: Reader) -> str:
    with override(reader.language):
        name = Words(definition.names, reader.language).name(real.template)
        values = {"message": name, "when": moment_words(real.at, reader)}
        return gettext("“%(message)s” really went out on %(when)s. The draft does not send it.") % values


def mishap_sentence(mishap: Mishap, reader: Reader) -> str:
    with override(reader.language):
        when = {"when": moment_words(mishap.since, reader)}
        return {
            INTO_COMPLAINT: gettext("A complaint of %(when)s was open."),
            INTO_QUESTION: gettext("A question of %(when)s had no answer yet."),
            AFTER_DONE: gettext("It was already done by %(when)s."),
            CROWDED: gettext("Another message of ours went out on %(when)s."),
        }[mishap.kind] % when


def difference_sentence(difference: Difference, reader: Reader) -> str:
    """What a stored test expected, and what came."""
    with override(reader.language):
        line = difference.line
        values = {
            "what": _kinds().get(line.kind, ""),
            "step": line.step,
            "when": moment_words(line.at, reader) if line.at else gettext("any time"),
            "found": _found(difference, reader),
        }
        return {
            "missing": gettext("Expected and not there: %(what)s at “%(step)s” (%(when)s)."),
            "unexpected": gettext("There and not expected: %(what)s at “%(step)s” (%(when)s)."),
            "forbidden": gettext("“%(step)s” sent a message on %(when)s and should not have."),
            "moved": gettext("%(what)s at “%(step)s” was expected on %(when)s and came on %(found)s."),
            "reason": gettext("%(what)s at “%(step)s” has another reason: %(found)s."),
            "unknown": gettext("At “%(step)s” it cannot be told further; not given: %(found)s."),
            "trouble": gettext("At “%(step)s” the journey failed: %(found)s."),
        }[difference.code] % values


def _found(difference: Difference, reader: Reader) -> str:
    if difference.code != "moved" or not difference.found:
        return difference.found
    return moment_words(datetime.fromisoformat(difference.found), reader)


def _kinds() -> Mapping[str, str]:
    return {
        "message": gettext("A message"),
        "held": gettext("A hold"),
        "refused": gettext("A refusal"),
        "task": gettext("A task"),
        "call": gettext("A call to another system"),
        "start": gettext("The beginning of another journey"),
        "stop": gettext("The end of another journey"),
    }


def version_difference(old: Definition, new: Definition, language: str) -> list[str]:
    """Two versions told apart in sentences: "- " before what goes, "+ " before what comes."""
    before, after = _recipe(old, language), _recipe(new, language)
    return [line for line in difflib.ndiff(before, after) if line.startswith(("- ", "+ "))]


def _recipe(definition: Definition, language: str) -> list[str]:
    head = [definition.name.in_language(language)]
    stands = [f"{label}: {value}" for label, value in around(definition, language)]
    return [*head, *stands, *_flat(describe(definition, language))]


def _flat(lines: Sequence[StepLine]) -> Iterator[str]:
    for line in lines:
        words = " ".join(filter(None, (line.verb, line.what)))
        yield f"{words}. {line.conditions}".strip() if line.conditions else words
        for way in line.ways:
            yield way.heading
            yield from _flat(way.lines)
