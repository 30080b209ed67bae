"""Messages that ride along with another one: whose words they are, and what if it does not go."""

from collections.abc import Iterable, Mapping

from tactful.foundation import pg

REVIVE = """
UPDATE dispatch SET state = 'queued', merged_into = NULL, settled_at = NULL
WHERE contact_id = ANY(%s::bigint[]) AND merged_into = ANY(%s::bigint[]) AND state = 'merged'
"""
RIDERS = """
SELECT d.merged_into, m.variables ->> 'summary'
FROM dispatch d JOIN message m ON m.id = d.message_id
WHERE d.contact_id = ANY(%s::bigint[]) AND d.merged_into = ANY(%s::bigint[]) AND d.state = 'merged'
ORDER BY d.message_id
"""


def revive(speakers: Mapping[int, int]) -> None:
    """Queue what was merged into messages that do not go after all. ``speakers``: message -> contact."""
    if speakers:
        pg.run(REVIVE, [pg.numbers(set(speakers.values())), pg.numbers(speakers)])


def words_of_riders(contacts: Iterable[int], speakers: Iterable[int]) -> dict[int, list[str]]:
    """Per speaker, what the merged messages say."""
    found: dict[int, list[str]] = {}
    for speaker, words in pg.many(RIDERS, [pg.numbers(set(contacts)), pg.numbers(speakers)]):
        if words:
            found.setdefault(speaker, []).append(words)
    return found
