"""What is still missing before a broadcast may go, as sentences."""

from collections.abc import Collection, Iterator
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tactful.broadcasts.rules.fields import wrong
from tactful.broadcasts.rules.variants import LETTERS
from tactful.broadcasts.rules.words import mail_source
from tactful.broadcasts.types import Plan, Variant, When, Words
from tactful.content.rules.compile import check_template
from tactful.kernel.zones import local_day
from tactful.segments.types import Moment, Node
from tactful.touchpoints.types import Line, MessageClass, TouchpointView

KINDS = (MessageClass.RELATIONSHIP, MessageClass.MARKETING)
MOST_PER_HOUR = 1_000_000
LONGEST_DELAY = 24 * 60  # minutes


def problems(
    plan: Plan,
    *,
    tree: Node | None,
    touchpoint: TouchpointView | None,
    moment: Moment,
    fields: Collection[str] = (),
    drafts: Collection[int] = (),
) -> list[str]:
    """In the reader's language; empty when it may go. ``moment``: the business's now. ``fields``: keys of the
    computed properties that the words may name. ``drafts``: versions that stand in the block editor."""
    return [
        *_about(plan, tree, touchpoint),
        *(said for place, each in enumerate(plan.variants) for said in _words(place, each, plan, fields)),
        *(_drafts() % {"letter": LETTERS[place]} for place in drafts),
        *_when(plan, moment.now, moment.zone),
    ]


def _drafts() -> str:
    return _(
        "Version %(letter)s is being written in blocks. Take it into the broadcast, or put that draft away."
    )


def _about(plan: Plan, tree: Node | None, touchpoint: TouchpointView | None) -> Iterator[str]:
    if not plan.name.strip():
        yield _("Give it a name, so that you find it again.")
    if not plan.segment:
        yield _("Choose who gets it.")
    elif tree is None:
        yield _("The group that gets it cannot be read any more. Choose another one, or mend it.")
    if touchpoint is None:
        yield _("Choose the touchpoint at which this is said.")
    elif touchpoint.line is not Line.STRUCTURAL:
        yield _("This touchpoint is a matter for people. Choose one where automation may write.")
    elif touchpoint.message_class not in KINDS:
        yield _("A broadcast keeps in touch or brings news. Choose a touchpoint of that kind.")


def _words(place: int, variant: Variant, plan: Plan, fields: Collection[str]) -> Iterator[str]:
    named = len(plan.variants) > 1
    if not variant.languages:
        yield (
            _("Write what version %(letter)s says.") % {"letter": LETTERS[place]}
            if named
            else _("Write what it says, in at least one language.")
        )
    if place and set(variant.languages) != set(plan.variants[0].languages):
        yield _("Write every version in the same languages.")
    for language in variant.languages:
        for said in _amiss(variant.words[language], language, fields):
            where = {"language": _LANGUAGES()[language], "sentence": said, "letter": LETTERS[place]}
            yield (
                _("Version %(letter)s, %(language)s: %(sentence)s")
                if named
                else _("%(language)s: %(sentence)s")
            ) % where


def _amiss(words: Words, language: str, fields: Collection[str]) -> list[str]:
    found = [_FIELDS[code] % {"name": name} for code, name in wrong(words, fields)]
    return found or [
        _(problem.message) % dict(problem.params) for problem in check_template(mail_source(words, language))
    ]


_FIELDS = {
    "default": gettext_lazy(
        'Say what stands there for clients of whom it is not known: {{ %(name)s | default: "some" }}.'
    ),
    "two": gettext_lazy(
        "{{ %(name)s }} says two things for clients of whom it is not known. Take one of them."
    ),
    "unknown": gettext_lazy(
        "Nothing is called %(name)s. The fields that you can use stand above the words; an owner can add one "
        "under Settings, What we know."
    ),
}


def _LANGUAGES() -> dict[str, str]:  # noqa: N802, said anew in each reader's language
    return {"nb": _("Norwegian"), "en": _("English")}


def _when(plan: Plan, now: datetime, zone: str) -> Iterator[str]:
    schedule = plan.schedule
    if sum(each.weight for each in plan.variants) <= 0 or any(each.weight < 0 for each in plan.variants):
        yield _("Give at least one version a share.")
    if schedule.when is When.AT and (schedule.at is None or schedule.at <= now):
        yield _("Choose a moment that is still to come.")
    if schedule.when is When.LOCAL and (
        schedule.day is None or schedule.clock is None or schedule.day < local_day(now, zone)
    ):
        yield _("Choose a day that is still to come, and an hour.")
    if plan.per_hour is not None and not 1 <= plan.per_hour <= MOST_PER_HOUR:
        yield _("Say how many may go out in an hour, 1 or more.")
    if not 0 <= plan.delay_minutes <= LONGEST_DELAY:
        yield _("The time in which you can take it back is at most a day.")
