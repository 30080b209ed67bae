"""Every example of docs/api.md is asked in turn, and answered as it says."""

import json
import re
from collections.abc import Mapping
from functools import reduce
from pathlib import Path

from tactful.api.rest.tests.conftest import Program
from tactful.api.rest.tests.test_rest import TOLD, news_on_the_line, segment_of_bergen
from tactful.api.rest.urls import document
from tactful.journeys.actions import import_journey, switch_on

DOCS = Path(__file__).parents[5] / "docs" / "api.md"
EXAMPLE = re.compile(r"```http\n(?P<method>[A-Z]+) (?P<path>\S+)\n(?P<body>.*?)=> (?P<status>\d+)\n```", re.S)


def test_the_examples(full: Program) -> None:
    cast, text = full.cast, DOCS.read_text()
    cast.writes(cast.consenting, "Is this all?")
    kept = import_journey(TOLD, acting_user=cast.owner.id, now=cast.now)
    segment_of_bergen(cast, "Regulars in Bergen")
    switch_on(kept.journey_id, acting_user=cast.owner.id, now=cast.now)
    examples = list(EXAMPLE.finditer(text))
    assert len(examples) == text.count("```http") >= 11
    ident = broadcast = ""
    news_on_the_line(cast)
    for example in examples:
        told = {
            "{id}": ident,
            "{broadcast}": broadcast,
            "{conversation}": str(cast.thread(cast.consenting).id),
        }
        path, body = (stands_for(example[part], told) for part in ("path", "body"))
        given = json.loads(body) if body else None
        answer = full.asks(example["method"], path, given)
        assert answer.status_code == int(example["status"]), (example["path"], answer.content)
        ident = ident or answer.json()["id"]
        if example["method"] == "POST" and example["path"] == "/broadcasts":
            broadcast = answer.json()["id"]


def stands_for(text: str, told: Mapping[str, str]) -> str:
    return reduce(lambda said, name: said.replace(name, told[name]), told, text)


def test_the_description_tells_every_address() -> None:
    text = DOCS.read_text()
    for path in document()["paths"]:
        first = path.removeprefix("/api/v1/").partition("/")[0]
        assert f"/{first}" in text
