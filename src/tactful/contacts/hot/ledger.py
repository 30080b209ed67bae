"""Carries out what ``rules.holdings`` describes, writes down exactly what was done, and takes it back.

Everything is done and noted by the database, set by set: no row travels. Names of tables and columns are our
own constants; nothing of them comes from outside.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from tactful.contacts.rules.holdings import Add, Change, Holding, Move, Remove, Step
from tactful.foundation import pg
from tactful.foundation.ids import new_id

_PART = """INSERT INTO contact_merge_part
    (id, merge_id, number, kind, "table", names, key_names, counts, keys, was, becomes, before, after)
SELECT %(part)s, %(merge)s, %(number)s, '{kind}', %(table)s, %(names)s::text[], %(key_names)s::text[],
    %(counts)s::text[], {keys}, %(was)s::bigint, %(becomes)s::bigint, {before}, {after}
FROM rows HAVING count(*) > 0"""
_NO_KEYS, _NO_ROWS = "'{}'::bigint[]", "'[]'::jsonb"

_MOVE = """WITH rows AS (
    UPDATE {table} t SET "{column}" = %(becomes)s::bigint
    WHERE t."{column}" = %(was)s::bigint AND ({find}) RETURNING t."{key}" AS key)
"""
_CHANGE = """WITH rows AS MATERIALIZED (
    SELECT DISTINCT ON ({keys}) {was} AS before, {will} AS after
    FROM {table} t {beside} WHERE {where} ORDER BY {keys}),
put AS (
    UPDATE {table} t SET {sets}
    FROM rows CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, rows.after) AS r WHERE {same})
"""
_ADD = """WITH rows AS (INSERT INTO {table} AS t ({columns}) {select} RETURNING to_jsonb(t) AS row)
"""
_REMOVE = "WITH rows AS (DELETE FROM {table} t WHERE {where} RETURNING to_jsonb(t) AS row)\n"


@dataclass(slots=True)
class Ledger:
    """The record of one merge, as it grows. ``number``: of the last part."""

    merge: int
    kept: int
    gone: int
    now: datetime
    number: int = 0

    def settle(self, holdings: Iterable[Holding]) -> None:
        for holding in holdings:
            for step in holding.steps:
                self.take(step)

    def take(self, step: Step, **params: Any) -> None:
        """One step; ``params``: further parameters that its SQL names."""
        _STEPS[type(step)](self, step, {"kept": self.kept, "gone": self.gone, "now": self.now, **params})

    def move(self, step: Move, params: Mapping[str, Any]) -> None:
        ends = pg.one(f"SELECT ({step.was})::bigint, ({step.becomes})::bigint", params)
        if ends is None or None in ends or ends[0] == ends[1]:
            return
        query = _MOVE.format(table=step.table, column=step.column, key=step.key, find=step.find)
        part = _PART.format(
            kind="moved", keys="array_agg(rows.key ORDER BY rows.key)", before=_NO_ROWS, after=_NO_ROWS
        )
        own = {"was": ends[0], "becomes": ends[1], "names": [step.column], "key_names": [step.key]}
        self._note(query + part, step.table, {**params, **own})

    def change(self, step: Change, params: Mapping[str, Any]) -> None:
        keys = ", ".join(f't."{key}"' for key in step.keys)
        own = "".join(f", '{key}', t.\"{key}\"" for key in step.keys).removeprefix(", ")
        query = _CHANGE.format(
            table=step.table,
            keys=keys,
            was=_object(own, {name: f't."{name}"' for name in step.sets}),
            will=_object(own, step.sets),
            beside=step.beside,
            where=step.where,
            sets=", ".join(f'"{name}" = r."{name}"' for name in step.sets),
            same=" AND ".join(f't."{key}" = r."{key}"' for key in step.keys),
        )
        part = _PART.format(
            kind="changed", keys=_NO_KEYS, before="jsonb_agg(rows.before)", after="jsonb_agg(rows.after)"
        )
        names = {"names": list(step.sets), "key_names": list(step.keys), "counts": sorted(step.counts)}
        self._note(query + part, step.table, {**params, **names})

    def add(self, step: Add, params: Mapping[str, Any]) -> None:
        columns = ", ".join(f'"{name}"' for name in step.columns)
        query = _ADD.format(table=step.table, columns=columns, select=step.select)
        part = _PART.format(kind="added", keys=_NO_KEYS, before=_NO_ROWS, after="jsonb_agg(rows.row)")
        self._note(query + part, step.table, {**params, "key_names": list(step.keys)})

    def remove(self, step: Remove, params: Mapping[str, Any]) -> None:
        query = _REMOVE.format(table=step.table, where=step.where)
        part = _PART.format(kind="removed", keys=_NO_KEYS, before="jsonb_agg(rows.row)", after=_NO_ROWS)
        self._note(query + part, step.table, params)

    def _note(self, query: str, table: str, params: Mapping[str, Any]) -> None:
        self.number += 1
        nothing: dict[str, Any] = {"names": [], "key_names": [], "counts": [], "was": None, "becomes": None}
        own = {"part": new_id(), "merge": self.merge, "number": self.number, "table": table}
        given = {**nothing, **params, **own}
        for name in ("names", "key_names", "counts"):
            given[name] = pg.texts(given[name])
        pg.run(query, given)


def _object(own: str, values: Mapping[str, str]) -> str:
    said = "".join(f", '{name}', {value}" for name, value in values.items())
    return f"jsonb_build_object({own}{said})"


_STEPS: Mapping[type, Callable[[Ledger, Any, Mapping[str, Any]], None]] = {
    Move: Ledger.move,
    Change: Ledger.change,
    Add: Ledger.add,
    Remove: Ledger.remove,
}

_PARTS = """SELECT number, kind, "table", names, key_names, counts FROM contact_merge_part
WHERE merge_id = %s ORDER BY number DESC"""
_ROWS_OF = """SELECT jsonb_array_length(CASE kind WHEN 'removed' THEN before ELSE after END)
FROM contact_merge_part WHERE merge_id = %s AND number = %s"""
_ONLY = "AND (%(only)s::int IS NULL OR b.place = %(only)s)"

_MOVE_BACK = """UPDATE {table} t SET "{column}" = p.was FROM contact_merge_part p
WHERE p.merge_id = %(merge)s AND p.number = %(number)s AND t."{key}" = ANY(p.keys)
    AND t."{column}" = p.becomes AND (%(only)s::bigint IS NULL OR t."{key}" = %(only)s)"""
_CHANGE_BACK = (
    """UPDATE {table} t SET {sets} FROM contact_merge_part p
CROSS JOIN LATERAL ROWS FROM (jsonb_array_elements(p.before), jsonb_array_elements(p.after))
    WITH ORDINALITY AS b (was, became, place)
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.was) AS w
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.became) AS a
WHERE p.merge_id = %(merge)s AND p.number = %(number)s AND {same} AND {unchanged} """
    + _ONLY
)
_ADD_BACK = (
    """DELETE FROM {table} t USING contact_merge_part p
CROSS JOIN LATERAL jsonb_array_elements(p.after) WITH ORDINALITY AS b (row, place)
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.row) AS w
WHERE p.merge_id = %(merge)s AND p.number = %(number)s AND {same} AND to_jsonb(t) = b.row """
    + _ONLY
)
_REMOVE_BACK = (
    """INSERT INTO {table} ({columns}) SELECT {values} FROM contact_merge_part p
CROSS JOIN LATERAL jsonb_array_elements(p.before) WITH ORDINALITY AS b (row, place)
CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, b.row) AS w
WHERE p.merge_id = %(merge)s AND p.number = %(number)s """
    + _ONLY
)
_COLUMNS = """SELECT attname FROM pg_attribute
WHERE attrelid = %s::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum"""
_CONTACT_BACK = """UPDATE contact t SET {sets}, attributes = (
    SELECT COALESCE(jsonb_object_agg(k.key, k.value), '{{}}') FROM (
        SELECT key, CASE WHEN t.attributes -> key IS NOT DISTINCT FROM a.attributes -> key
            THEN w.attributes -> key ELSE t.attributes -> key END AS value
        FROM (SELECT jsonb_object_keys(t.attributes)
            UNION SELECT jsonb_object_keys(w.attributes)) AS known (key)
    ) AS k WHERE k.value IS NOT NULL)
FROM contact_merge_part p
CROSS JOIN LATERAL jsonb_populate_record(NULL::contact, p.before -> 0) AS w
CROSS JOIN LATERAL jsonb_populate_record(NULL::contact, p.after -> 0) AS a
WHERE p.merge_id = %s AND p."table" = 'contact' AND p.kind = 'changed' AND t.id = w.id"""
_KEYS = "SELECT unnest(keys) FROM contact_merge_part WHERE merge_id = %s AND number = %s"


def take_back(merge: int, *, left_out: Mapping[str, str]) -> int:
    """Everything that a merge did, backwards, as far as the rows are still as it left them: what has been
    changed since stays as it is. Answers how many rows could not come back, because others stand in
    their place by now. ``left_out``: table -> kind of parts that the caller takes back itself."""
    lost = 0
    for number, kind, table, names, key_names, counts in pg.many(_PARTS, [merge]):
        if left_out.get(table) == kind:
            continue
        query = _back(kind, table, names, key_names, counts)
        lost += _run_back(query, merge, number, kind)
    return lost


def take_back_contact(merge: int, columns: Sequence[str]) -> int:
    """What the merge wrote on the kept contact, each column and each attribute for itself: what somebody has
    written since stays. ``columns``: those that a merge can write, beside the attributes."""
    sets = ", ".join(
        f'"{name}" = CASE WHEN t."{name}" IS NOT DISTINCT FROM a."{name}" THEN w."{name}" ELSE t."{name}" END'
        for name in columns
    )
    return pg.run(_CONTACT_BACK.format(sets=sets), [merge])


def _back(kind: str, table: str, names: Sequence[str], keys: Sequence[str], counts: Sequence[str]) -> str:
    if kind == "moved":
        return _MOVE_BACK.format(table=table, column=names[0], key=keys[0])
    if kind == "removed":
        columns = [row[0] for row in pg.many(_COLUMNS, [table])]
        quoted = [f'"{name}"' for name in columns]
        return _REMOVE_BACK.format(
            table=table, columns=", ".join(quoted), values=", ".join(f"w.{name}" for name in quoted)
        )
    same = " AND ".join(f't."{key}" = w."{key}"' for key in keys)
    if kind == "added":
        return _ADD_BACK.format(table=table, same=same)
    sets = ", ".join(
        f'"{name}" = t."{name}" - (a."{name}" - w."{name}")' if name in counts else f'"{name}" = w."{name}"'
        for name in names
    )
    fixed = [name for name in names if name not in counts]
    unchanged = " AND ".join(f't."{name}" IS NOT DISTINCT FROM a."{name}"' for name in fixed) or "true"
    return _CHANGE_BACK.format(table=table, sets=sets, same=same, unchanged=unchanged)


def _run_back(query: str, merge: int, number: int, kind: str) -> int:
    """All rows at once; where something stands in the way of one of them, one after the other."""
    params = {"merge": merge, "number": number, "only": None}
    if _fits(query, params):
        return 0
    if kind == "moved":
        places = [row[0] for row in pg.many(_KEYS, [merge, number])]
    else:
        (count,) = pg.one(_ROWS_OF, [merge, number]) or (0,)
        places = list(range(1, count + 1))
    return sum(not _fits(query, {**params, "only": place}) for place in places)


def _fits(query: str, params: Mapping[str, Any]) -> bool:
    try:
        with transaction.atomic():
            pg.run(query, params)
    except IntegrityError:
        return False
    return True
