"""A tree as one condition over ``contact c``, set-based (R56).

Leaves about events and about what holds for a while are sets of contacts: ``IN`` where they are wanted (a
hash semijoin), an anti-join where they are not and everything around must hold, a hashed set otherwise.
For some contacts only (``compile_few``) each table is read once, into a set of its own that holds the rows
of these contacts, and any number of trees is answered from there in one statement.

Tables, columns and operators are ours (``types.Allowed``); whatever stands in the tree is a parameter.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from psycopg.sql import SQL, Composable, Composed, Identifier

from tactful.events.types import LONG, SHORT, VOUCHED
from tactful.segments.hot.testing import Params, asked, asked_moment, json_place, part_of, text_place
from tactful.segments.rules.evaluating import bounds
from tactful.segments.rules.fields import CONTACT_FIELDS
from tactful.segments.types import (
    AllOf,
    Allowed,
    AnyOf,
    Attribute,
    Column,
    Field,
    Happened,
    Moment,
    Node,
    Not,
    Op,
    Property,
    SpellLeaf,
    Standing,
    Test,
    Then,
    Times,
    Value,
    ValueLeaf,
    Window,
)

AND, OR = SQL(" AND "), SQL(" OR ")
FEW = "few_"
#: Each half is answered from an index of its own, and the log is not read (decision 0024).
SAID = SQL(
    "(SELECT contact_id, name, ts, data FROM event WHERE {short}"
    " UNION ALL SELECT contact_id, name, ts, data FROM event WHERE {long})"
).format(short=SQL(SHORT), long=SQL(LONG))
Untallied: TypeAlias = Sequence[int] | None
"""Contacts whose tally of events is not to be trusted (``events.queries.untallied``); None: nobody's is."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """``where``: the condition on ``contact c``; ``params`` goes with it."""

    where: Composed
    params: dict[str, Any]


def compile_tree(
    node: Node, allowed: Allowed, moment: Moment, untallied: Untallied = None, *, vouched: bool = False
) -> Compiled:
    """``node``: unfolded (``rules.walking.unfold``). ``vouched``: without events that only a browser tells
    of, for what begins journeys (R94)."""
    compiler = _Compiler(allowed, moment, untallied, vouched=vouched)
    return Compiled(compiler.said(node, positive=True, top=True), compiler.params.values)


def compile_few(
    nodes: Sequence[Node], allowed: Allowed, moment: Moment, untallied: Untallied = None
) -> Compiled:
    """A whole statement: (place of the tree, contact id) for those of the contacts in the parameter ``ids``
    (bigint[]) who are in each of several trees, by the events that somebody vouches for."""
    compiler = _Compiler(allowed, moment, untallied, few={"contact": "id"})
    asked = [
        SQL("SELECT {}, c.id FROM {} c WHERE {}").format(
            SQL(str(place)),  # a number of our own counting
            Identifier(FEW + "contact"),
            compiler.said(node, positive=True, top=True),
        )
        for place, node in enumerate(nodes)
    ]
    sets = [_few(table, contact) for table, contact in compiler.few.items()]
    sets += [*_few_tallies(compiler), *_few_events(compiler)]
    query = SQL("WITH {} {}").format(SQL(", ").join(sets), SQL(" UNION ALL ").join(asked))
    return Compiled(query, compiler.params.values)


def _few(table: str, contact: str) -> Composed:
    """Of contacts only what may be asked: what they are searched by is large."""
    columns: Composable = SQL("*")
    if table == "contact":
        names = ["id", "attributes", *(each.column.name for each in CONTACT_FIELDS.values())]
        columns = SQL(", ").join(Identifier(name) for name in names)
    return SQL("{} AS MATERIALIZED (SELECT {} FROM {} WHERE {} = ANY(%(ids)s::bigint[]))").format(
        Identifier(FEW + table), columns, Identifier(table), Identifier(contact)
    )


def _few_tallies(compiler: "_Compiler") -> Iterator[Composed]:
    if compiler.tallied_names:
        names = compiler.params.put(sorted(compiler.tallied_names), "text[]")
        yield SQL(
            "few_event_tally AS MATERIALIZED (SELECT name, contact_id, vouched FROM event_tally"
            " WHERE name = ANY({}) AND contact_id = ANY(%(ids)s::bigint[]))"
        ).format(names)


def _few_events(compiler: "_Compiler") -> Iterator[Composed]:
    """Read once by contact, and parted by name: one contact may have thousands of another name. The name is
    asked so that no index on names is drawn in, which would read a million rows for a thousand contacts."""
    if not compiler.names:
        return
    names = compiler.params.put(sorted(compiler.names), "text[]")
    yield SQL(
        "few_event AS MATERIALIZED (SELECT contact_id, name, ts, data FROM event"
        " WHERE contact_id = ANY(%(ids)s::bigint[]) AND name || '' = ANY({}) AND {})"
    ).format(names, SQL(VOUCHED))
    for name, number in compiler.names.items():
        yield SQL("{} AS MATERIALIZED (SELECT * FROM few_event WHERE name = {})").format(
            Identifier(f"{FEW}event_{number}"), compiler.params.put(name, "text")
        )


@dataclass(slots=True)
class _Compiler:
    """``few``: tables of which only some contacts' rows are read, with the column of the contact. ``names``:
    of events, each with the number of its own set."""

    allowed: Allowed
    moment: Moment
    untallied: Untallied
    few: dict[str, str] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    tallied_names: set[str] = field(default_factory=set)
    vouched: bool = False
    params: Params = field(default_factory=Params)

    def said(self, node: Node, *, positive: bool, top: bool) -> Composed:
        """``top``: nothing but ANDs stand around it, so an anti-join may be one."""
        if isinstance(node, Not):
            return self.said(node.of, positive=not positive, top=top)
        if isinstance(node, AllOf | AnyOf):
            every = isinstance(node, AllOf) is positive
            inner = top and (every or len(node.of) == 1)
            parts = [self.said(part, positive=positive, top=inner) for part in node.of]
            return SQL("({})").format((AND if every else OR).join(parts))
        return _LEAVES[type(node)](self, node, positive, top)

    def row(self, said: Composable, positive: bool) -> Composed:
        """A condition on the contact's own row; NULL means no."""
        return SQL("({})" if positive else "(({}) IS NOT TRUE)").format(said)

    def in_set(self, query: Composable, positive: bool, top: bool, *, often: bool = False) -> Composed:
        """``query`` answers with contact ids, none of them NULL. ``often``: with the same one many times. Of
        these PostgreSQL would make a set first, in each process the whole of it; where more than equality is
        asked it cannot."""
        if positive and often and top:
            same = SQL("s.id = c.id AND s.id >= c.id")
            return SQL("EXISTS (SELECT FROM ({}) AS s(id) WHERE {})").format(query, same)
        if positive:
            return SQL("c.id IN ({})").format(query)
        if top:
            return SQL("NOT EXISTS (SELECT FROM ({}) AS s(id) WHERE s.id = c.id)").format(query)
        return SQL("c.id NOT IN ({})").format(query)

    def rows_of(self, table: str, contact: str) -> Identifier:
        if not self.few:
            return Identifier(table)
        self.few[table] = contact
        return Identifier(FEW + table)

    # Leaves

    def field(self, leaf: Field, positive: bool, _: bool) -> Composed:
        described = CONTACT_FIELDS[leaf.name]
        column = SQL("c.{}").format(Identifier(described.column.name))
        if described.kind == "moment":
            return self.row(asked_moment(leaf.test, column, self.params, self.moment), positive)
        negative, test = _positive(leaf.test)
        said = self.named(column, described.column, test)
        return self.row(said, positive is not negative)

    def named(self, column: Composable, described: Column, test: Test) -> Composable:
        if described.lookup is None:
            return asked(test, text_place(column), self.params, self.moment)
        key = text_place(SQL("l.{}").format(Identifier(described.lookup.key)))
        return SQL("{} IN (SELECT l.id FROM {} l WHERE {})").format(
            column, Identifier(described.lookup.table), asked(test, key, self.params, self.moment)
        )

    def attribute(self, leaf: Attribute, positive: bool, _: bool) -> Composed:
        place = part_of(SQL("c.attributes"), leaf.name, self.params)
        return self.row(asked(leaf.test, place, self.params, self.moment), positive)

    def value(self, leaf: Value, positive: bool, top: bool) -> Composed:
        described = self.allowed.values[leaf.kind]
        negative, test = _positive(leaf.test)
        contact = SQL("v.{}").format(Identifier(described.contact))
        place = json_place(self.kept(described))
        name = SQL("v.{} = {}").format(Identifier(described.name), self.params.put(leaf.name, "text"))
        said = [name, asked(test, place, self.params, self.moment), SQL("{} IS NOT NULL").format(contact)]
        query = SQL("SELECT {} FROM {} v WHERE {}").format(
            contact, self.rows_of(described.table, described.contact), AND.join(said)
        )
        return self.in_set(query, positive is not negative, top)

    def kept(self, described: ValueLeaf) -> Composable:
        value = SQL("v.{}").format(Identifier(described.value))
        if not described.since:
            return value
        since, now = (
            SQL("v.{}").format(Identifier(described.since)),
            self.params.put(self.moment.now, "timestamptz"),
        )
        days = SQL("to_jsonb(greatest(0, floor(extract(epoch FROM {} - {}) / 86400))::bigint)").format(
            now, since
        )
        return SQL("(CASE WHEN {} IS NULL THEN {} ELSE {} END)").format(since, value, days)

    def standing(self, leaf: Standing, positive: bool, top: bool) -> Composed:
        described = self.allowed.spells[leaf.kind]
        contact = SQL("t.{}").format(Identifier(described.contact))
        said = [SQL("{} IS NOT NULL").format(contact), *self.spell(leaf, described)]
        query = SQL("SELECT {} FROM {} t WHERE {}").format(
            contact, self.rows_of(described.table, described.contact), AND.join(said)
        )
        return self.in_set(query, positive is (leaf.state != "never"), top)

    def spell(self, leaf: Standing, described: SpellLeaf) -> list[Composable]:
        said = [self.held(name, values) for name, values in described.only.items()]
        for name, value in leaf.fields:
            column = described.fields[name]
            test = Test(Op.IS, column.values.get(value, value))
            said.append(self.named(SQL("t.{}").format(Identifier(column.name)), column, test))
        now = self.params.put(self.moment.now, "timestamptz")
        if described.begins:
            said.append(SQL("t.{} <= {}").format(Identifier(described.begins), now))
        if described.ends and leaf.state != "never":
            ends = SQL("t.{}").format(Identifier(described.ends))
            running = "({ends} IS NULL OR {ends} > {now})" if leaf.state == "now" else "{ends} <= {now}"
            said.append(SQL(running).format(ends=ends, now=now))
        return said

    def held(self, column: str, values: tuple[str, ...]) -> Composable:
        return SQL("t.{} = ANY({})").format(Identifier(column), self.params.put(list(values), "text[]"))

    # Events

    def events(self, name: str, said: bool) -> Composable:
        """``said``: what is said of them is asked for."""
        if self.few:
            return Identifier(f"{FEW}event_{self.names.setdefault(name, len(self.names))}")
        return SAID if said or self.vouched else Identifier("event")

    def happened(self, leaf: Happened, positive: bool, top: bool) -> Composed:
        wanted, times = _counted(leaf.times)
        tallied = self.untallied is not None and is_tallied(leaf)
        query = self.tallied(leaf, times) if tallied else self.logged(leaf, times)
        often = not tallied and times == Times() and not self.few
        return self.in_set(query, positive is wanted, top, often=often)

    def logged(self, leaf: Happened, times: Times, only: Composable | None = None) -> Composed:
        """``only``: a condition that leaves a few contacts, whose own events are read."""
        said = [SQL("e.contact_id IS NOT NULL"), *([only] if only else []), *self.event(leaf)]
        events = Identifier("event") if only and not self.few else self.events(leaf.event, bool(leaf.where))
        query = SQL("SELECT e.contact_id FROM {} e WHERE {}").format(events, AND.join(said))
        if times == Times():
            return query
        return SQL("{} GROUP BY e.contact_id HAVING {}").format(query, self.so_often(SQL("count(*)"), times))

    def so_often(self, counted: Composable, times: Times) -> Composable:
        sign = SQL(">=" if times.how == "at_least" else "=")
        return SQL("{} {} {}").format(counted, sign, self.params.put(times.count, "bigint"))

    def tallied(self, leaf: Happened, times: Times) -> Composed:
        """By the tally, and by the log for those whose tally is not to be trusted at this moment."""
        kept = SQL("t.vouched" if self.vouched or self.few else "t.n")
        said = [SQL("t.name = {}").format(self.params.put(leaf.event, "text")), self.so_often(kept, times)]
        if not self.untallied:
            return self.from_tally(leaf.event, said)
        others = self.params.put(list(self.untallied), "bigint[]")
        tallied = self.from_tally(leaf.event, [*said, SQL("t.contact_id <> ALL({})").format(others)])
        logged = self.logged(leaf, times, SQL("e.contact_id = ANY({})").format(others))
        return SQL("{} UNION ALL {}").format(tallied, logged)

    def from_tally(self, name: str, said: Sequence[Composable]) -> Composed:
        if self.few:
            self.tallied_names.add(name)
        table = Identifier(FEW + "event_tally" if self.few else "event_tally")
        return SQL("SELECT t.contact_id FROM {} t WHERE {}").format(table, AND.join(said))

    def event(self, leaf: Happened) -> list[Composable]:
        first, end = bounds(leaf.window, self.moment)
        said: list[Composable] = [SQL("e.name = {}").format(self.params.put(leaf.event, "text"))]
        if first is not None:
            said.append(SQL("e.ts >= {}").format(self.params.put(first, "timestamptz")))
        said.append(SQL("e.ts < {}").format(self.params.put(end, "timestamptz")))
        said += self.where(SQL("e.data"), leaf.where)
        said += [SQL(VOUCHED.replace("data", "e.data"))] if self.vouched else []
        return said if leaf.then is None else [*said, *self.followed(leaf.then, first)]

    def where(self, data: Composable, properties: tuple[Property, ...]) -> list[Composable]:
        return [
            asked(each.test, part_of(data, each.name, self.params), self.params, self.moment)
            for each in properties
        ]

    def followed(self, then: Then, first: datetime | None) -> list[Composable]:
        """Hours, not days: PostgreSQL's days are those of a calendar. What follows comes after ``first`` as
        well, which keeps it from reading the whole past."""
        long = self.params.put(f"{then.days * 24} hours", "interval")
        now = self.params.put(self.moment.now, "timestamptz")
        said = [
            SQL("f.contact_id = e.contact_id AND f.name = {}").format(self.params.put(then.event, "text")),
            SQL("f.ts > e.ts AND f.ts <= e.ts + {} AND f.ts <= {}").format(long, now),
            *self.where(SQL("f.data"), then.where),
        ]
        if first is not None:
            said.append(SQL("f.ts > {}").format(self.params.put(first, "timestamptz")))
        if self.vouched:
            said.append(SQL("({})").format(SQL(VOUCHED.replace("data", "f.data"))))
        exists = SQL("EXISTS (SELECT FROM {} f WHERE {})").format(
            self.events(then.event, bool(then.where)), AND.join(said)
        )
        if not then.never:
            return [exists]
        return [SQL("NOT {}").format(exists), SQL("e.ts + {} <= {}").format(long, now)]


def is_tallied(leaf: Happened) -> bool:
    """Whether it asks for no more than a tally knows: how often, ever."""
    return leaf.window == Window() and not leaf.where and leaf.then is None


def _positive(test: Test) -> tuple[bool, Test]:
    """(turned round, the test that asks for the opposite): sets know only who answers yes."""
    if test.op is Op.IS_NOT:
        return True, Test(Op.IS, test.value)
    if test.op is Op.KNOWN and not test.value:
        return True, Test(Op.KNOWN, True)
    return False, test


def _counted(times: Times) -> tuple[bool, Times]:
    """(wanted, whom to look for): whoever has it never is in no set of events."""
    if times.how == "at_most":
        return False, Times("at_least", times.count + 1)
    return (False, Times()) if times == Times("exactly", 0) else (True, times)


_LEAVES: Mapping[type, Callable[[_Compiler, Any, bool, bool], Composed]] = {
    Field: _Compiler.field,
    Attribute: _Compiler.attribute,
    Value: _Compiler.value,
    Standing: _Compiler.standing,
    Happened: _Compiler.happened,
}
