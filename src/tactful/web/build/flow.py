"""How people pass through a journey, in words: who needs a look, where they went on, how long they stayed."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tactful.journeys import queries
from tactful.journeys.queries import JourneyLine, Passage, Standing
from tactful.journeys.rules.digest import digest_of
from tactful.journeys.types import Definition
from tactful.web.templatetags.tactful import duration, number
from tactful.web.types import Fact, Link, Text

WORTH_SAYING = timedelta(minutes=1)


def attention(slug: str, standing: Mapping[str, Standing]) -> Iterator[Link]:
    """One link for each kind of trouble, with how many."""
    url = reverse("web:journey_people", args=[slug])
    for only, words in TROUBLES.items():
        count = sum(getattr(each, only) for each in standing.values())
        if count:
            yield Link(words(count) % {"n": number(count)}, f"{url}?only={only}")


def troubles(crowd: Standing) -> Iterator[Text]:
    """Of one step."""
    for only, words in SHORT.items():
        count = getattr(crowd, only)
        if count:
            yield words() % {"n": number(count)}


TROUBLES: Final[Mapping[str, Callable[[int], str]]] = {
    "failing": lambda n: ngettext("%(n)s could not go on", "%(n)s could not go on", n),
    "late": lambda n: ngettext("%(n)s is late", "%(n)s are late", n),
    "held": lambda n: ngettext("%(n)s has a message held", "%(n)s have a message held", n),
    "paused": lambda n: ngettext("%(n)s rests", "%(n)s rest", n),
}
SHORT: Final[Mapping[str, Callable[[], str]]] = {
    "failing": lambda: _("%(n)s failing"),
    "late": lambda: _("%(n)s late"),
    "held": lambda: _("%(n)s held"),
    "paused": lambda: _("%(n)s resting"),
}


def flow_note(sample: int) -> Text:
    if not sample:
        return ""
    said = ngettext(
        "What is said of how people went on speaks of the %(n)s who began.",
        "What is said of how people went on speaks of the last %(n)s who began.",
        sample,
    )
    return said % {"n": number(sample)}


def how_they_went(passed: Passage) -> Iterator[Text]:
    """Of those who came to a step that does not part the ways."""
    if not passed.came:
        return
    on = sum(passed.ways.values())
    parts = [ngettext("%(n)s came here", "%(n)s came here", passed.came) % {"n": number(passed.came)}]
    for count, said in ((on, _("%(share)s went on")), (passed.ended, _("%(share)s left the journey here"))):
        if count:
            parts.append(said % {"share": share(count, passed.came)})
    yield ", ".join(parts)
    if passed.too_late:
        left_out = ngettext(
            "%(n)s message was left out: it would have come too late",
            "%(n)s messages were left out: they would have come too late",
            passed.too_late,
        )
        yield left_out % {"n": number(passed.too_late)}
    if passed.median is not None and passed.median >= WORTH_SAYING:
        yield _time(passed)


def _time(passed: Passage) -> Text:
    assert passed.median is not None
    words = {"median": duration(passed.median), "slowest": duration(passed.slowest or passed.median)}
    if words["median"] == words["slowest"]:
        return _("Usually %(median)s") % words
    return _("Half stayed up to %(median)s, one in ten longer than %(slowest)s") % words


def went(passed: Passage | None, first: str) -> Text:
    """How many took the way that begins with this step; "" for the one that ends the journey."""
    if passed is None or not passed.came:
        return ""
    count = passed.ways.get(first, 0) if first else passed.ended
    words = {"n": number(count), "share": share(count, passed.came)}
    return ngettext("%(n)s went this way, %(share)s", "%(n)s went this way, %(share)s", count) % words


def share(count: int, total: int) -> str:
    """``61 %``; what is not nothing is never said to be nothing."""
    percent = 100 * count / total
    if 0 < percent < 1:
        return _("less than 1 %%") % {}
    return f"{percent:.0f} %"


def proofs(slug: str, line: JourneyLine, definition: Definition) -> Iterator[Fact]:
    """What tests and the last replay say of the live version."""
    runs = queries.run_stored(line.journey.id, definition)
    failing = sum(not run.passes for run in runs)
    if not runs:
        said = _("None yet")
    elif failing:
        said = ngettext("%(n)d does not pass", "%(n)d do not pass", failing) % {"n": failing}
    else:
        said = ngettext("%(n)d, it passes", "%(n)d, all pass", len(runs)) % {"n": len(runs)}
    yield Fact(_("Tests"), said, url=reverse("web:journey_tests", args=[slug]))
    run = queries.last_replay_run(slug, digest_of(definition))
    if run is None:
        yield Fact(_("Replay of 90 days"), _("Not yet"), url=reverse("web:replays", args=[slug]))
        return
    wrong = run.summary.get("counts", {}).get("wrong", 0)
    found = ngettext("%(n)d message with a mistake", "%(n)d messages with a mistake", wrong) % {"n": wrong}
    url = reverse("web:replay", args=[slug, run.id])
    yield Fact(_("Replay of 90 days"), found if wrong else _("No mistake found"), url=url)
