"""Any definition that can be built is written, read and written to the same bytes."""

import json
from datetime import date, time, timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tactful.gate.types import Check
from tactful.journeys.rules.definition import document, parse, read, write
from tactful.journeys.types import (
    ANY_DAY,
    END,
    WORKING_DAYS,
    AllOf,
    Answer,
    AnyOf,
    Approval,
    Arm,
    Branch,
    Compare,
    Condition,
    DateEntry,
    DayRule,
    Definition,
    Delay,
    EventEntry,
    Exit,
    ExitRule,
    FormEntry,
    Goal,
    ManualEntry,
    MessageEntry,
    Not,
    Op,
    RecurringEntry,
    Reentry,
    ReentryMode,
    Ref,
    SegmentEntry,
    Send,
    Share,
    Source,
    Split,
    StartJourney,
    Step,
    StopJourney,
    Tag,
    Task,
    TaskKind,
    Text,
    Update,
    Variable,
    Wait,
    WaitFor,
    Watch,
    Webhook,
)

from .build import unhurried

IDS = ("a", "b", "c")
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
texts = st.builds(Text, words | st.sampled_from(["no", "09:00", "1e3", "~", "# x", "a\nb"]), words)
names = st.sampled_from(["documents.missing", "on", "null", "no", "true"])
fields = st.sampled_from(["amount", "on", "1", "Ærlig: ja"])
refs = st.builds(Ref, st.just(Source.FACT), names) | st.builds(
    Ref, st.sampled_from([Source.ATTRIBUTE, Source.ENTRY, Source.EVENT]), fields
)
numbers = st.integers(-(10**6), 10**6) | st.floats(-1e6, 1e6, allow_nan=False)
scalars = words | numbers | st.booleans() | st.none()
compares = st.one_of(
    st.builds(Compare, refs, st.just(Op.HOLDS)),
    st.builds(Compare, refs, st.sampled_from([Op.IS, Op.IS_NOT]), scalars),
    st.builds(Compare, refs, st.just(Op.ONE_OF), st.lists(scalars, min_size=1, max_size=3).map(tuple)),
    st.builds(Compare, refs, st.sampled_from([Op.MORE_THAN, Op.AT_MOST]), numbers),
    st.builds(Compare, refs, st.just(Op.KNOWN), st.booleans()),
)
several = st.deferred(lambda: st.lists(conditions, min_size=1, max_size=2).map(tuple))
conditions: st.SearchStrategy[Condition] = st.deferred(
    lambda: compares | st.builds(AllOf, several) | st.builds(AnyOf, several) | st.builds(Not, conditions)
)
elapsed = st.integers(0, 5000).map(lambda number: timedelta(minutes=number))
clocks = st.none() | st.builds(time, st.integers(0, 23), st.integers(0, 59))
rules = st.sampled_from([ANY_DAY, WORKING_DAYS, DayRule(frozenset({0, 4}))])
delays = st.one_of(
    st.builds(Delay, days=st.integers(1, 99), at=clocks, on=rules),
    st.builds(Delay, elapsed=elapsed, at=clocks, on=rules),
    st.builds(Delay, working_days=st.integers(1, 99), at=clocks),
    st.builds(Delay, until=st.dates(date(2020, 1, 1), date(2040, 1, 1)) | refs, earlier=elapsed, at=clocks),
)
targets = st.sampled_from([*IDS, END])
maybe_target = st.none() | targets
matches = st.lists(fields, max_size=2, unique=True).map(tuple)
watches = st.builds(Watch, names, matches, st.none() | conditions)
checks = st.frozensets(st.sampled_from([Check.MOOD, Check.QUIET_HOURS]))
variables = st.builds(Variable, st.just("link"), refs, st.none() | texts)


owners = st.sampled_from(["", "person:liv"])
shares = st.builds(Share, st.integers(1, 9), targets, st.none() | texts, st.booleans())
values = st.dictionaries(st.sampled_from(["order", "next", "until"]), refs | scalars, max_size=2)


def steps_called(name: str) -> st.SearchStrategy[Step]:
    who = st.just(name)
    answers = st.lists(st.builds(Answer, st.sampled_from(["yes", "no"]), texts, targets), max_size=2)
    return st.one_of(
        st.builds(Send, who, targets, st.just("tip"), st.just("tip-1"), st.none() | conditions,
                  st.none() | delays, checks, st.lists(variables, max_size=1).map(tuple), maybe_target),
        st.builds(Wait, who, targets, delays),
        st.builds(WaitFor, who, targets, watches, delays, targets),
        st.builds(Branch, who, targets, st.lists(st.builds(Arm, conditions, targets), min_size=1, max_size=2)
                  .map(tuple)),
        st.builds(Task, who, targets, st.sampled_from(TaskKind), texts, owners,
                  st.none() | conditions, answers.map(tuple), delays, maybe_target),
        st.builds(Update, who, targets, st.dictionaries(fields, scalars, min_size=1)),
        st.builds(Tag, who, targets, st.just(("vip",)), matches),
        st.builds(Split, who, st.just(END), st.lists(shares, min_size=2).map(tuple)),
        st.builds(Approval, who, targets, texts, owners, targets, delays, maybe_target),
        st.builds(Webhook, who, targets, st.just("https://example.org/hook"), values),
        st.builds(Webhook, who, targets, st.just("https://example.org/x"), values, delays, maybe_target),
        st.builds(StartJourney, who, targets, st.just("another"), values),
        st.builds(StopJourney, who, targets, st.just("another")),
        st.builds(Exit, who, st.just(END), st.none() | texts),
    )  # fmt: skip


entries = st.one_of(
    st.builds(EventEntry, names, st.none() | conditions, st.sampled_from(["", "engagement"])),
    st.builds(MessageEntry, st.sampled_from(["any", "sms"]), st.none() | conditions),
    st.builds(FormEntry, st.just("contact-us"), st.none() | conditions, st.sampled_from(["", "order"])),
    st.builds(SegmentEntry, st.just("quiet-ones")),
    st.builds(DateEntry, st.just("visit.starts_at"), elapsed, st.just("visit"), at=clocks),
    st.builds(
        DateEntry,
        st.just("contact.attribute.birthday"),
        elapsed,
        yearly=st.booleans(),
        at=clocks,
        condition=st.none() | conditions,
    ),
    st.builds(
        RecurringEntry,
        st.sampled_from(["FREQ=WEEKLY;BYDAY=MO", "FREQ=MONTHLY"]),
        st.just(time(9)),
        st.dates(date(2020, 1, 1), date(2040, 1, 1)),
        conditions,
    ),
    st.builds(ManualEntry, st.sampled_from(["", "order"]), st.booleans()),
)
exit_rules = st.builds(ExitRule, watches) | st.builds(ExitRule, st.none(), conditions)
definitions = st.builds(
    Definition,
    st.just("any"),
    texts,
    entries,
    st.tuples(*map(steps_called, IDS)),
    st.none() | texts,
    st.builds(
        Reentry, st.sampled_from(ReentryMode), st.integers(0, 9).map(lambda days: timedelta(days=days))
    ),
    st.none() | st.builds(Goal, watches, targets),
    st.lists(exit_rules, max_size=2).map(tuple),
    st.booleans(),
    st.integers(0, 100),
    st.dictionaries(names, texts, max_size=2),
)


# Shrinking so large a value takes minutes and shows no more than the value itself.
@settings(unhurried, max_examples=10, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(definitions)
def test_write_and_read_give_the_same(made: Definition) -> None:
    text = write(made)
    assert read(text) == made
    assert write(read(text)) == text
    assert parse(json.loads(json.dumps(document(made)))) == made
