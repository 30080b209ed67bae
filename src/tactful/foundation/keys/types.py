"""What a key of another program may do. Each address of the API asks for one of these."""

from enum import StrEnum


class Scope(StrEnum):
    READ_CONTACTS = "contacts:read"
    WRITE_CONTACTS = "contacts:write"
    ERASE_CONTACTS = "contacts:erase"
    READ_EVENTS = "events:read"
    WRITE_EVENTS = "events:write"
    READ_SEGMENTS = "segments:read"
    READ_JOURNEYS = "journeys:read"
    BEGIN_JOURNEYS = "journeys:begin"
    READ_MESSAGES = "messages:read"
    READ_CONVERSATIONS = "conversations:read"
    PROPOSE = "proposals:write"
    READ_TASKS = "tasks:read"
    READ_BROADCASTS = "broadcasts:read"
    DRAFT_BROADCASTS = "broadcasts:draft"
