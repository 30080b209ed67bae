"""What is wrong with a document: a code with parameters, where it stands, and English words.

The sentences are marked for translation and translated in ``sentences`` (rules know no language).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tactful.kernel.marking import gettext_noop

SENTENCES: Mapping[str, str] = {
    "group": gettext_noop("This must be a group of named parts."),
    "list": gettext_noop("This must be a list with at least one part and at most %(most)s."),
    "format": gettext_noop("This is no segment that can be read here. Its format must be “%(format)s”."),
    "empty": gettext_noop("There is no condition yet. Add at least one."),
    "kind": gettext_noop("“%(name)s” is not known here. Known are: %(allowed)s."),
    "unknown": gettext_noop("“%(name)s” does not go here. Take it out."),
    "allowed": gettext_noop("“%(value)s” is not possible here. Possible are: %(allowed)s."),
    "one_question": gettext_noop("Ask exactly one thing here: one of %(allowed)s."),
    "text": gettext_noop("Write something here: at most %(most)s letters."),
    "characters": gettext_noop("There is a character here that cannot be kept. Take it out."),
    "number": gettext_noop("This must be a number that is not too large."),
    "count": gettext_noop("This must be a whole number from %(least)s to %(most)s."),
    "truth": gettext_noop("This must be yes or no."),
    "scalar": gettext_noop("This must be a text, a number, or yes or no."),
    "date": gettext_noop("“%(value)s” is not a day of the calendar. Write it as 2027-03-31."),
    "order": gettext_noop("The first day comes after the last one. Turn them round."),
    "one_window": gettext_noop("Say either a number of days or two dates, not both."),
    "only_dates": gettext_noop("This is a date. Ask whether it is before, after or within some days."),
    "missing": gettext_noop("“%(name)s” is missing. Add it."),
    "deep": gettext_noop(
        "Groups within groups go no deeper than %(most)s here. Make a segment of the inner one."
    ),
    "many": gettext_noop("There are more than %(most)s conditions. Make segments of some of them."),
    "no_segment": gettext_noop("There is no segment “%(name)s”. Choose another."),
    "circle": gettext_noop("The segments ask each other in a circle: %(way)s. Take one of them out."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``path``: where in the document, as ``where.all[2].times``."""

    code: str
    path: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    def in_english(self) -> str:
        said = SENTENCES[self.code] % self.params
        return f"{self.path}: {said}" if self.path else said


class SegmentError(ValueError):
    """The document is not a segment. ``problem``: the first thing that is wrong with it."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.in_english())
