"""Random trees and random people, out of few words, so that they meet."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from tactful.segments.rules.fields import CONTACT_FIELDS
from tactful.segments.types import (
    DATES,
    DAYS_COUNTED,
    NUMBERS,
    AllOf,
    AnyOf,
    Attribute,
    Belongs,
    Field,
    Happened,
    History,
    Moment,
    Node,
    Not,
    Occurrence,
    Op,
    Property,
    Standing,
    Stay,
    Test,
    Then,
    Times,
    Value,
    Window,
)

NOW = datetime(2026, 3, 29, 12, 30, tzinfo=UTC)  # the clock goes forward in Oslo this very morning
MOMENT = Moment(NOW, "Europe/Oslo")
DAY = timedelta(days=1)

EVENTS = ("visit", "Bestilling «ny»", "x'; --")
NAMES = ("city", 'it"s', "%s")
TEXTS = ("Bergen", "bergen", "Ås", "3", "3.0", "007", "-1.5", "2026-03-29", "2026-02-31", "1990-04-01", "%",
         "2026-04-02T23:30:00Z", "true", "O'Hara", '"', "\\", "0000-01-01", "1e3")  # fmt: skip
NUMBERS_KEPT = (0, 1, 3, 3.0, 7, -1.5, 0.1, 1000)
SLUGS = ("welcome", "win-back")
TAGS = ("vip", "100%", "a'b")
MAILS = ("kari@fjord.example", "ola@fjord.example")
COMPANIES = ("Hansen AS", "Ås & Sønn")

json_values = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from(NUMBERS_KEPT),
    st.booleans(),
    st.none(),
    st.just(""),
    st.lists(st.sampled_from(TEXTS), max_size=3),
    st.just({"Bergen": "Bergen"}),
    st.just([["Bergen"], 3, None]),
)
scalars = st.one_of(st.sampled_from(TEXTS), st.sampled_from(NUMBERS_KEPT), st.booleans())
days = st.sampled_from(("2026-03-28", "2026-03-29", "2026-03-30", "1990-03-01", "2026-02-28"))


def tests(ops: tuple[Op, ...]) -> st.SearchStrategy[Test]:
    return st.sampled_from(ops).flatmap(lambda op: _operand(op).map(lambda value: Test(op, value)))


def _operand(op: Op) -> st.SearchStrategy[Any]:
    if op is Op.KNOWN:
        return st.booleans()
    if op in NUMBERS:
        return st.sampled_from(NUMBERS_KEPT)
    if op in DATES:
        return days
    if op in DAYS_COUNTED:
        return st.sampled_from((0, 1, 4, 30, 3660))
    if op is Op.ONE_OF:
        return st.lists(scalars, min_size=1, max_size=3).map(tuple)
    return st.sampled_from(TEXTS) if op is Op.CONTAINS else scalars


_dates = tuple(DATES | DAYS_COUNTED)
fields = st.sampled_from(tuple(CONTACT_FIELDS)).flatmap(
    lambda name: tests(_dates if CONTACT_FIELDS[name].kind == "moment" else tuple(Op)).map(
        lambda test: Field(name, test)
    )
)
attributes = st.builds(Attribute, st.sampled_from(NAMES), tests(tuple(Op)))
values = st.builds(Value, st.just("computed"), st.sampled_from(NAMES), tests(tuple(Op)))
properties = st.one_of(
    st.just(()),
    st.lists(st.builds(Property, st.sampled_from(NAMES), tests(tuple(Op))), max_size=2).map(tuple),
)
times = st.one_of(
    st.builds(Times, st.just("at_least"), st.integers(1, 3)),
    st.builds(Times, st.sampled_from(("at_most", "exactly")), st.integers(0, 3)),
)
windows = st.one_of(
    st.just(Window()),
    st.builds(Window, last_days=st.sampled_from((1, 2, 7, 40))),
    st.tuples(days, days).map(lambda two: Window(between=(min(map(_day, two)), max(map(_day, two))))),
)
thens = st.builds(Then, st.sampled_from(EVENTS), st.sampled_from((1, 3, 10)), st.booleans(), properties)
happened = st.builds(
    Happened, st.sampled_from(EVENTS), times, windows, properties, st.one_of(st.none(), thens)
)
ever = st.builds(Happened, st.sampled_from(EVENTS), times)
_states = st.sampled_from(("now", "over", "never"))
standings = st.one_of(
    st.builds(Standing, st.just("tag"), st.sampled_from(TAGS).map(lambda tag: (("tag", tag),)), _states),
    st.builds(
        Standing, st.just("journey"), st.sampled_from(SLUGS).map(lambda slug: (("journey", slug),)), _states
    ),
    st.builds(
        Standing,
        st.just("conversation"),
        st.sampled_from(("open", "complaint")).map(lambda kind: (("conversation", kind),)),
        _states,
    ),
    st.builds(
        Standing,
        st.just("consent"),
        st.sampled_from(
            (
                (("purpose", "marketing"),),
                (("purpose", "marketing"), ("channel", "mail")),
                (("purpose", "service"),),
            )
        ),
        _states,
    ),
    st.builds(
        Standing,
        st.just("address"),
        st.sampled_from(("mail", "phone")).map(lambda kind: (("address", kind),)),
    ),
)
belongs = st.builds(Belongs, st.sampled_from(("regulars", "away")))
leaves = st.one_of(fields, attributes, happened, happened, standings, standings, values, belongs)


def _groups(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(AllOf, several), st.builds(AnyOf, several), st.builds(Not, inner))


trees: st.SearchStrategy[Node] = st.recursive(leaves, _groups, max_leaves=5)

LIBRARY: dict[str, Node] = {
    "regulars": AllOf((Happened("visit", Times("at_least", 2)), Not(Standing("tag", (("tag", "vip"),))))),
    "away": AnyOf((Belongs("regulars"), Attribute("city", Test(Op.IS, "Bergen")))),
}


def _day(text: str) -> date:
    return date.fromisoformat(text)


# People

_moments = st.sampled_from(
    (NOW, NOW - DAY, NOW - DAY + timedelta(microseconds=1), NOW - 2 * DAY, NOW - 3 * DAY, NOW - 4 * DAY,
     NOW - 10 * DAY, NOW - 40 * DAY, NOW - 400 * DAY, NOW + timedelta(hours=1), NOW + 2 * DAY,
     datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
)  # fmt: skip
_bags = st.dictionaries(st.sampled_from(NAMES), json_values, max_size=3)
occurrences = st.builds(Occurrence, st.sampled_from(EVENTS), _moments, _bags)


def _stay(kind: str, fields: st.SearchStrategy[dict[str, str]]) -> st.SearchStrategy[Stay]:
    spans = st.tuples(_moments, st.one_of(st.none(), _moments)).map(
        lambda two: (two[0], max(two[0], two[1]) if two[1] else None)
    )
    return st.builds(lambda said, span: Stay(kind, said, *span), fields, spans)


stays = st.one_of(
    _stay("tag", st.sampled_from(TAGS).map(lambda tag: {"tag": tag})),
    _stay("journey", st.sampled_from(SLUGS).map(lambda slug: {"journey": slug})),
    _stay("conversation", st.sampled_from(("open", "complaint")).map(lambda kind: {"conversation": kind})),
    _stay(
        "consent",
        st.sampled_from(
            ({"purpose": "marketing", "channel": "mail"}, {"purpose": "marketing", "channel": "sms"},
             {"purpose": "service", "channel": "mail"})
        ),
    ),
    st.sampled_from(("mail", "phone")).map(lambda kind: Stay("address", {"address": kind})),
)  # fmt: skip


def _one_running_basis(found: list[Stay]) -> tuple[Stay, ...]:
    """As the database has it: no second one for a purpose and channel while one has no end."""
    kept: list[Stay] = []
    for stay in found:
        running = stay.kind == "consent" and stay.ends is None
        if not running or all(other.fields != stay.fields or other.ends for other in kept):
            kept.append(stay)
    return tuple(kept)


histories = st.builds(
    History,
    fields=st.fixed_dictionaries(
        {
            "name": st.sampled_from(TEXTS),
            "given_name": st.sampled_from(("", "Bergen", "3")),
            "language": st.sampled_from(("", "nb", "en")),
            "country": st.just("NO"),
            "tier": st.sampled_from(("", "3", "2026-03-29")),
            "source": st.sampled_from(("", "import %s")),
            "company": st.sampled_from(("", *COMPANIES)),
            "manager": st.sampled_from(("", *MAILS)),
            "created_at": _moments,
        }
    ),
    attributes=_bags,
    values=st.dictionaries(
        st.tuples(st.just("computed"), st.sampled_from(NAMES)), st.one_of(json_values, _moments), max_size=3
    ),
    stays=st.lists(stays, max_size=4).map(_one_running_basis),
    events=st.lists(occurrences, max_size=8).map(tuple),
)
