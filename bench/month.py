"""``bin/bench month``: four weeks of a five-person firm with 120 clients, on the real house, from each seed.

The people behave like people (``tests/month``): they answer in Tactful, from the mail program of a phone and
by phone, note calls only sometimes, take paper over the counter and enter it hours or days later, decide
within hours of working days, and close hardly anything by hand. One of them is away for a week, a public
holiday falls into the month, and the token of their one mailbox dies for two days. Exit code 1 if a measure
is missed, over all seeds together:

* ``interruptions_median`` <= 3 and ``interruptions_p95`` <= 6: what the machine asks of the whole firm on a
  working day, by the one definition of an interruption (``inbox/burden.py``), though in the first three days of
  this month most clients are asked for the documents of the season. ``interruptions_of_a_person_*`` is the same
  of each of the five.
* ``reminders_after_delivery`` under 1 in 500: reminders of what was delivered or answered already, where
  Tactful had it before the handoff: in its mailbox, on the client's page, told by another system or noted by
  a person. ``reminders_unread``: it lay in the mailbox and had not been read yet; counted with them, and a
  violation besides if it had lain there for a minute.
  ``reminders_on_a_desk`` is only shown: it lay on paper or in somebody's head, and nobody had said so. No
  machine can know that.
* ``deadlines_lost`` 0: messages that speak of a date, or are waited for, and came too late because something
  held them that people could end, while no person of ours had said what to do or was told that it is theirs.
* ``holds_over_two_days`` 0: held for something that people end, while nobody did anything about the message
  or the client for two working days. ``longest_hold_days`` shows the longest in all.
* ``closed_by_hand_percent`` under 10: of the conversations that were handed back to automation.
* ``violations`` 0: whatever else must never be (``tests/year/oracle.py``), a mail that was never read, and a
  dead token that was told of more than once.
"""

import json

from bench.seeds import options, parts, say, town


def main() -> int:
    given = options("month", clients=120, days=28)
    if given.part:
        return _live(given.seed, given.clients, given.days)
    return _together([part.said for part in parts("month", given)])


def _together(said: list[dict[str, object]]) -> int:
    from tests.month.measures import Lived, missed, together  # noqa: PLC0415

    measured = together([Lived(**each) for each in said])  # type: ignore[arg-type]
    wrong = missed(measured)
    for words in wrong:
        say(f"Missed: {words}")
    print(json.dumps(measured | {"missed": wrong}, ensure_ascii=False), flush=True)
    return 1 if wrong else 0


def _live(seed: int, clients: int, days: int) -> int:
    with town("month", seed) as here:
        from tests.month.live import Month  # noqa: PLC0415
        from tests.year.live import Size  # noqa: PLC0415

        month = Month(Size(seed, clients, days), here.url, here.folder)
        month.told = lambda violation: say(f"seed {seed}: {violation}")
        month.lived_through = lambda day: say(f"seed {seed}: day {day} of {days}") if day % 7 == 0 else None
        lived = month.month()
    print(json.dumps(lived.as_json(), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
