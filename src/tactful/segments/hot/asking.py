"""Running what ``compiling`` has put together: how many, who, and who of these."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from psycopg.sql import SQL, Composed

from tactful.events.queries import untallied
from tactful.foundation import pg
from tactful.segments.hot.compiling import Compiled, compile_few, compile_tree, is_tallied
from tactful.segments.rules.walking import leaves
from tactful.segments.types import Allowed, Happened, Moment, Node, Not, Times, Window

COUNT = SQL("SELECT count(*) FROM contact c WHERE {where}")
MEMBERS = SQL("SELECT c.id FROM contact c WHERE {where}")
SOME = SQL(
    "WITH m AS MATERIALIZED (SELECT c.id FROM contact c WHERE {where})"
    " SELECT id FROM m ORDER BY id LIMIT {most}"
)

#: A worker's session looks rows up by their keys (``pg.tune``); here whole tables are read, and a plan is
#: made for these very values. Compiling a plan of half a second would take longer than it saves. What is
#: known of JSON values says little, and a loop in a loop that was meant for one row never ends for a million:
#: joins hash, whose cost has a bound. Somebody waits for the answer: other processes help where they can.
WHOLE_TABLES = (
    "SELECT set_config(name, value, true) FROM (VALUES ('work_mem', '256MB'), ('jit', 'off'), "
    "('plan_cache_mode', 'auto'), ('enable_seqscan', 'on'), ('enable_bitmapscan', 'on'), "
    "('enable_sort', 'on'), ('enable_hashjoin', 'on'), ('enable_mergejoin', 'on'), "
    "('enable_nestloop', 'off'), ('parallel_setup_cost', '50'), "
    "('max_parallel_workers_per_gather', '2'), "
    "('min_parallel_table_scan_size', '1MB')) AS s(name, value)"
)


@contextmanager
def whole_tables() -> Iterator[None]:
    """In a transaction, to whose end the settings hold."""
    with transaction.atomic():
        pg.many(WHOLE_TABLES)
        yield


def compiled(node: Node, allowed: Allowed, moment: Moment, *, vouched: bool = False) -> Compiled:
    """By the tally of events where it knows enough."""
    return compile_tree(node, allowed, moment, _untallied([node], moment), vouched=vouched)


def _untallied(nodes: Sequence[Node], moment: Moment) -> list[int] | None:
    asked = (leaf for node in nodes for leaf in leaves(node) if isinstance(leaf, Happened))
    return untallied(moment.now) if any(is_tallied(leaf) for leaf in asked) else None


def fetch(query: SQL | Composed, params: dict[str, Any]) -> list[pg.Row]:
    """Not prepared: each tree is a statement of its own, planned for its own values."""
    with pg.cursor() as cursor:
        rows: list[pg.Row] = cursor.execute(query, params, prepare=False, binary=True).fetchall()
    return rows


def count(node: Node, allowed: Allowed, moment: Moment) -> int:
    if counts_others(node):
        with whole_tables():
            ((everybody,),) = fetch(COUNT.format(where=SQL("true")), {})
            return int(everybody) - _counted(Not(node), allowed, moment)
    with whole_tables():
        return _counted(node, allowed, moment)


def counts_others(node: Node) -> bool:
    """Of one that asks for nothing but an event, ever, those are counted to whom it has not happened:
    PostgreSQL shares that join out among processes, and the other one, of so many, it does not."""
    return isinstance(node, Happened) and node.times == Times() and node.window == Window()


def _counted(node: Node, allowed: Allowed, moment: Moment) -> int:
    asked = compiled(node, allowed, moment)
    ((found,),) = fetch(COUNT.format(where=asked.where), asked.params)
    return int(found)


def members(node: Node, allowed: Allowed, moment: Moment) -> list[int]:
    asked = compiled(node, allowed, moment)
    with whole_tables():
        return [row[0] for row in fetch(MEMBERS.format(where=asked.where), asked.params)]


def some(node: Node, allowed: Allowed, moment: Moment, most: int) -> list[int]:
    """The first few by id: those known longest."""
    asked = compiled(node, allowed, moment)
    query = SOME.format(where=asked.where, most=SQL("%(most)s::int"))
    with whole_tables():
        return [row[0] for row in fetch(query, asked.params | {"most": most})]


def among(nodes: Sequence[Node], allowed: Allowed, moment: Moment, ids: Collection[int]) -> list[set[int]]:
    """Those of ``ids`` who are in each tree, in one statement."""
    found: list[set[int]] = [set() for _ in nodes]
    others = _untallied(nodes, moment)
    asked = compile_few(nodes, allowed, moment, others if others is None else sorted({*others} & {*ids}))
    with whole_tables():
        for place, ident in fetch(asked.where, asked.params | {"ids": pg.numbers(ids)}):
            found[place].add(ident)
    return found
