"""What is wrong with a document: a code with parameters, where it stands, and English words.

The sentences are marked for translation and translated in ``sentences`` (rules know no language).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tactful.kernel.marking import gettext_noop

SENTENCES: Mapping[str, str] = {
    "missing": gettext_noop("“%(name)s” is missing. Add it."),
    "unknown": gettext_noop("“%(name)s” is not known here. Known are: %(allowed)s."),
    "unknown_near": gettext_noop("“%(name)s” is not known here. Did you mean “%(near)s”?"),
    "kind": gettext_noop("This must be %(expected)s."),
    "allowed": gettext_noop("“%(value)s” is not possible here. Possible are: %(allowed)s."),
    "shape": gettext_noop("“%(value)s” has the wrong shape. %(hint)s."),
    "too_small": gettext_noop("%(value)s is too little. The least is %(limit)s."),
    "too_big": gettext_noop("%(value)s is too much. The most is %(limit)s."),
    "length": gettext_noop(
        "This has too few or too many parts. Add what is missing or take away what is not needed."
    ),
    "choose_one": gettext_noop("Write exactly one of these: %(allowed)s."),
    "needs": gettext_noop("“%(name)s” needs “%(other)s” beside it."),
    "twice": gettext_noop("“%(name)s” stands here twice. Keep one of them."),
    "wrong": gettext_noop("This is not as it should be. See the schema for what may stand here."),
    "target": gettext_noop("There is no step “%(name)s”. Write the id of a step, or end."),
    "persons_own": gettext_noop("“%(name)s” is for the words of a person. Give the field another name."),
    "reserved": gettext_noop("A step cannot be called “end”. Give it another id."),
    "one_time": gettext_noop(
        "A wait takes one of days, hours and minutes, working_days and until. Keep one."
    ),
    "date": gettext_noop("“%(value)s” is not a day of the calendar. Write it as 2027-03-31."),
    "not_with": gettext_noop("“%(name)s” does not go with “%(other)s”. Take it out."),
    "date_key": gettext_noop(
        "“%(value)s” is a date of each “%(name)s”. Write it as %(name)s.starts_at, "
        "and “key: %(name)s” beside it."
    ),
    "client_date": gettext_noop(
        "“%(value)s” is no date of the client. Name an attribute: contact.attribute.birthday."
    ),
    "rule": gettext_noop(
        "“%(value)s” does not fit in this rule. Write, for example, FREQ=WEEKLY;BYDAY=MO, "
        "FREQ=MONTHLY;BYMONTHDAY=1 or FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=1."
    ),
    "other_slug": gettext_noop("This is the draft of “%(slug)s”. Write it so; it keeps its short name."),
    "yaml": gettext_noop("The file cannot be read as YAML here: %(detail)s."),
    "alias": gettext_noop("Anchors and references of YAML are not used here. Write the part out."),
    "tag": gettext_noop("Tags of YAML such as %(value)s are not used here. Take it out."),
    "characters": gettext_noop("There is a character here that cannot be kept. Take it out."),
    "too_long": gettext_noop("The document is too large or too deep. A journey has at most 200 steps."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """``path``: where in the document, as ``steps[2].delay.at``. ``line``: in the YAML file, from 1."""

    code: str
    path: str = ""
    line: int | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def in_english(self) -> str:
        return place(self.path, self.line) + SENTENCES[self.code] % self.params


class DefinitionError(ValueError):
    """The document is not a journey. ``problems`` lists all that was found, in order of the document."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problem.in_english() for problem in problems))


def place(path: str, line: int | None, word_for_line: str = "line") -> str:
    """``steps[2].next (line 31): `` or what is known of it."""
    where = " ".join(filter(None, (path, f"({word_for_line} {line})" if line else "")))
    return f"{where}: " if where else ""


def path_text(parts: tuple[str | int, ...]) -> str:
    out = ""
    for part in parts:
        out += f"[{part}]" if isinstance(part, int) else f".{part}" if out else part
    return out
