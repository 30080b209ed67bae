"""What the events of a story have said of objects: dates and whatever else came with them. In memory."""

from typing import Any

from tactful.journeys.rules.dates import CANCELLED, object_fields, told_object
from tactful.journeys.rules.moves import Event


class Objects:
    """Feed it the events in order; it answers for the facts of every object that they have named."""

    def __init__(self) -> None:
        self._known: dict[str, dict[str, Any]] = {}  # appointment=17 -> its fields

    def hear(self, event: Event) -> None:
        told = told_object(event.name, event.data)
        if told is None:
            return
        kind, key, verb = told
        fields = self._known.setdefault(f"{kind}={key}", {})
        if verb == CANCELLED:
            fields.clear()
        else:
            fields.update(object_fields(kind, event.data))

    def answers(self, key: str) -> bool:
        """Whether ``appointment.starts_at:appointment=17`` is about an object that was named."""
        return key.partition(":")[2] in self._known and self._kind(key) == key.partition(".")[0]

    def value(self, key: str) -> Any:
        name, _, about = key.partition(":")
        return self._known[about].get(name.partition(".")[2])

    @staticmethod
    def _kind(key: str) -> str:
        return key.partition(":")[2].partition("=")[0]
