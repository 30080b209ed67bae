"""``bin/bench year``: a whole business from one seed, 200 clients and a year, on the real house.

Replies, complaints, edits of live journeys, workers that die at enumerated points, clocks that step; and
nobody gets a judgement message from automation, nobody the same step twice, nobody is stuck, nothing goes
out while somebody talks, and the machine interrupts people no more than it may. ``--seed N --seeds M`` lives
through M years from N on; the same seed gives the same year. Exit code 1 if anything was wrong.
"""

import json

from bench.seeds import options, parts, say, town


def main() -> int:
    given = options("year", clients=200, days=365)
    if given.part:
        return _live(given.seed, given.clients, given.days)
    return max(part.code for part in parts("year", given))


def _live(seed: int, clients: int, days: int) -> int:
    with town("year", seed) as here:
        from tests.year.live import Life, Size  # noqa: PLC0415

        life = Life(Size(seed, clients, days), here.url, here.folder)
        life.told = lambda violation: say(f"seed {seed}: {violation}")
        life.lived_through = lambda day: say(f"seed {seed}: day {day} of {days}") if day % 30 == 0 else None
        lived = life.live()
    if lived.violations:
        again = f"bin/bench year --seed {seed} --clients {clients} --days {lived.days}"
        say(f"Live through it again: {again}")
    print(json.dumps(lived.as_json(), ensure_ascii=False), flush=True)
    return 1 if lived.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
