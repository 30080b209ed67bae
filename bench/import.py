"""``bin/bench import``: a CSV file of clients, with all that the product does with it: every row cleaned,
planned against who is there, written with addresses, tags, grounds and search words, and accounted for.

The file is read as a long one is: by the worker's own step, batch after batch. ``rows_per_s`` is the first
time, ``again_rows_per_s`` the same file once more, which changes nothing.
"""

import argparse
import csv
import io
import random
import sys
import time
from datetime import UTC, datetime

from bench import house
from bench.machine import cpu_seconds, postmaster_pid

HEADER = ("Navn", "E-post", "Mobil", "Firma", "By", "Fødselsdato", "Merkelapper", "Språk")
FIRST = ("Liv", "Kari", "Ola", "Åse", "Per", "Nina", "Jonas", "Signe", "Eirik", "Maja", "Fiona", "Øyvind")
LAST = ("Strand", "Berg", "Lie", "Haugen", "Solheim", "Nygård", "Moe", "Dahl", "Fjeld", "Aas", "Vik", "Bakke")
CITIES = ("Bergen", "Voss", "Oslo", "Stord", "Florø", "Odda")


def main() -> None:
    options = argparse.ArgumentParser(prog="bin/bench import")
    options.add_argument("--rows", type=int, default=100_000)
    options.add_argument("--json", action="store_true", help="kept for symmetry: the last line always is")
    given = options.parse_args()
    with house.database("import"):
        house.report(measure(given.rows))


def measure(rows: int) -> dict[str, float | int]:
    import tactful.contacts.actions  # noqa: F401, PLC0415
    from tactful.foundation import pg  # noqa: PLC0415
    from tactful.foundation.collector import calm_collector  # noqa: PLC0415

    calm_collector()
    pg.tune()  # all as in a worker, whose modules are loaded
    content = the_file(rows)
    say(f"{rows} rows, {len(content) / 1e6:.1f} MB")
    spent = [own_cpu(), server_cpu()]
    first, counts = read(content)
    say(f"CPU ms per row: ours {(own_cpu() - spent[0]) * 1000 / rows:.3f}, "
        f"PostgreSQL {(server_cpu() - spent[1]) * 1000 / rows:.3f}")  # fmt: skip
    say(", ".join(f"{outcome} {count}" for outcome, count in counts.items()))
    again, counts = read(content)
    say(", ".join(f"{outcome} {count}" for outcome, count in counts.items()))
    return {"rows": rows, "rows_per_s": round(rows / first), "again_rows_per_s": round(rows / again)}


def read(content: bytes) -> tuple[float, dict[str, int]]:
    """Seconds, and what became of the rows."""
    from tactful.contacts.actions import begin_import, continue_imports, put_aside  # noqa: PLC0415
    from tactful.contacts.rules.headings import guess_mapping  # noqa: PLC0415
    from tactful.contacts.rules.tables import open_table  # noqa: PLC0415
    from tactful.contacts.types import ImportRequest  # noqa: PLC0415
    from tactful.foundation.clock import business_now  # noqa: PLC0415

    now = business_now()
    began = time.monotonic()
    stored = put_aside(content, acting_user=None, now=now)
    table = open_table(content)
    mapping = guess_mapping(table.header, table.rows[:200])  # and somebody looks at it, on the page
    run = begin_import(ImportRequest("clients.csv", content, mapping), stored, acting_user=None, now=now)
    while continue_imports(now=now):
        pass
    took = time.monotonic() - began
    run.refresh_from_db()
    return took, {name: count for name, count in run.counts.items() if count}


def the_file(rows: int) -> bytes:
    """Semicolons, two notations of phone numbers, a few mistakes, firms shared by twenty."""
    chance = random.Random(1)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADER)
    for number in range(rows):
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        digits = f"{40_000_000 + number:08d}"
        phone = f"+47 {digits}" if number % 2 else f"{digits[:3]} {digits[3:5]} {digits[5:]}"
        born = datetime(1950 + number % 50, 1 + number % 12, 1 + number % 28, tzinfo=UTC)
        mail = f"client{number}@example.com" if number % 200 else "no address"
        writer.writerow(
            (name, mail, phone, f"Firma {number // 20} AS" if number % 3 else "", chance.choice(CITIES),
             f"{born:%d.%m.%Y}", "fast kunde" if number % 4 else "", "nb")
        )  # fmt: skip
    return text.getvalue().encode()


def own_cpu() -> float:
    return time.process_time()


def server_cpu() -> float:
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        return cpu_seconds([postmaster_pid(cursor.fetchone()[0])])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
