"""A tree as one condition over ``contact c``, set-based (R56).

Leaves about events and about what holds for a while are sets of contacts: ``IN`` where they are wanted (a
hash semijoin), an anti-join where they are not and everything around must hold, a hashed set otherwise.
``ids`` narrows every set to the contacts in hand, so that re-evaluating a thousand of them reads a thousand.

Tables, columns and operators are ours (``types.Allowed``); whatever stands in the tree is a parameter.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from psycopg.sql import SQL, Composable, Identifier

from tactful.segments.hot.testing import Params, Place, asked, asked_moment, json_place, text_place
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
)

AND, OR = SQL(" AND "), SQL(" OR ")
IDS = "ids"


@dataclass(frozen=True, slots=True)
class Compiled:
    """``where``: the condition; ``params`` goes with it, and with ``ids`` (bigint[]) if ``among``."""

    where: Composable
    params: dict[str, Any]


def compile_tree(node: Node, allowed: Allowed, moment: Moment, *, among: bool = False) -> Compiled:
    """``node`` is unfolded (``rules.walking.unfold``). ``among``: for contacts in the parameter ``ids``."""
    compiler = _Compiler(allowed, moment, among)
    where = compiler.said(node, positive=True, top=True)
    if among:
        where = SQL("c.id = ANY({ids}) AND {where}").format(ids=_IDS, where=where)
    return Compiled(where, compiler.params.values)


_IDS = SQL("%(ids)s::bigint[]")


@dataclass(slots=True)
class _Compiler:
    allowed: Allowed
    moment: Moment
    among: bool
    params: Params = field(default_factory=Params)

    def said(self, node: Node, *, positive: bool, top: bool) -> Composable:
        """``top``: nothing but ANDs stand around it, so an anti-join may be one."""
        if isinstance(node, Not):
            return self.said(node.of, positive=not positive, top=top)
        if isinstance(node, AllOf | AnyOf):
            every = isinstance(node, AllOf) is positive
            inner = top and (every or len(node.of) == 1)
            parts = [self.said(part, positive=positive, top=inner) for part in node.of]
            return SQL("({})").format((AND if every else OR).join(parts))
        return _LEAVES[type(node)](self, node, positive, top)

    def row(self, said: Composable, positive: bool) -> Composable:
        """A condition on the contact's own row; NULL means no."""
        return SQL("({})" if positive else "(({}) IS NOT TRUE)").format(said)

    def in_set(self, query: Composable, positive: bool, top: bool) -> Composable:
        """``query`` answers with contact ids, none of them NULL."""
        if positive:
            return SQL("c.id IN ({})").format(query)
        if top:
            return SQL("NOT EXISTS (SELECT FROM ({}) AS s(id) WHERE s.id = c.id)").format(query)
        return SQL("c.id NOT IN ({})").format(query)

    def narrowed(self, column: Composable) -> list[Composable]:
        mine = (
            SQL("{} = ANY({})").format(column, _IDS) if self.among else SQL("{} IS NOT NULL").format(column)
        )
        return [mine]

    # Leaves

    def field(self, leaf: Field, positive: bool, _: bool) -> Composable:
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

    def attribute(self, leaf: Attribute, positive: bool, _: bool) -> Composable:
        place = self.part_of(SQL("c.attributes"), leaf.name)
        return self.row(asked(leaf.test, place, self.params, self.moment), positive)

    def part_of(self, json: Composable, name: str) -> Place:
        return json_place(SQL("({} -> {})").format(json, self.params.put(name, "text")))

    def value(self, leaf: Value, positive: bool, top: bool) -> Composable:
        described = self.allowed.values[leaf.kind]
        negative, test = _positive(leaf.test)
        contact = SQL("v.{}").format(Identifier(described.contact))
        place = json_place(SQL("v.{}").format(Identifier(described.value)))
        name = SQL("v.{} = {}").format(Identifier(described.name), self.params.put(leaf.name, "text"))
        said = [name, asked(test, place, self.params, self.moment), *self.narrowed(contact)]
        query = SQL("SELECT {} FROM {} v WHERE {}").format(
            contact, Identifier(described.table), AND.join(said)
        )
        return self.in_set(query, positive is not negative, top)

    def standing(self, leaf: Standing, positive: bool, top: bool) -> Composable:
        described = self.allowed.spells[leaf.kind]
        contact = SQL("t.{}").format(Identifier(described.contact))
        said = [*self.narrowed(contact), *self.spell(leaf, described)]
        query = SQL("SELECT {} FROM {} t WHERE {}").format(
            contact, Identifier(described.table), AND.join(said)
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

    def happened(self, leaf: Happened, positive: bool, top: bool) -> Composable:
        wanted, times = _counted(leaf.times)
        said = [*self.narrowed(SQL("e.contact_id")), *self.event(leaf)]
        query = SQL("SELECT e.contact_id FROM event e WHERE {}").format(AND.join(said))
        if times != Times():
            sign = SQL(">=" if times.how == "at_least" else "=")
            count = self.params.put(times.count, "bigint")
            query = SQL("{} GROUP BY e.contact_id HAVING count(*) {} {}").format(query, sign, count)
        return self.in_set(query, positive is wanted, top)

    def event(self, leaf: Happened) -> list[Composable]:
        first, end = bounds(leaf.window, self.moment)
        said: list[Composable] = [SQL("e.name = {}").format(self.params.put(leaf.event, "text"))]
        if first is not None:
            said.append(SQL("e.ts >= {}").format(self.params.put(first, "timestamptz")))
        said.append(SQL("e.ts < {}").format(self.params.put(end, "timestamptz")))
        said += self.where(SQL("e.data"), leaf.where)
        return said if leaf.then is None else [*said, *self.followed(leaf.then)]

    def where(self, data: Composable, properties: tuple[Property, ...]) -> list[Composable]:
        return [
            asked(each.test, self.part_of(data, each.name), self.params, self.moment) for each in properties
        ]

    def followed(self, then: Then) -> list[Composable]:
        """Hours, not days: PostgreSQL's days are those of a calendar."""
        long = self.params.put(f"{then.days * 24} hours", "interval")
        now = self.params.put(self.moment.now, "timestamptz")
        said = [
            SQL("f.contact_id = e.contact_id AND f.name = {}").format(self.params.put(then.event, "text")),
            SQL("f.ts > e.ts AND f.ts <= e.ts + {} AND f.ts <= {}").format(long, now),
            *self.where(SQL("f.data"), then.where),
        ]
        exists = SQL("EXISTS (SELECT FROM event f WHERE {})").format(AND.join(said))
        if not then.never:
            return [exists]
        return [SQL("NOT {}").format(exists), SQL("e.ts + {} <= {}").format(long, now)]


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


_LEAVES: Mapping[type, Callable[[_Compiler, Any, bool, bool], Composable]] = {
    Field: _Compiler.field,
    Attribute: _Compiler.attribute,
    Value: _Compiler.value,
    Standing: _Compiler.standing,
    Happened: _Compiler.happened,
}
