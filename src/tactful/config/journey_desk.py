"""``tactful journeys``: each act prints plain sentences, or with ``--json`` one document for programs.

0: done, and nothing is wrong. 1: something is, as printed. 2: the command itself could not be carried out.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
django.setup()

import yaml  # noqa: E402, Django must be set up first

from tactful.config.replaying import replay_on_two_cores  # noqa: E402
from tactful.config.trouble import Trouble  # noqa: E402
from tactful.content import queries as content  # noqa: E402
from tactful.foundation.clock import business_now  # noqa: E402
from tactful.foundation.queries import business_at  # noqa: E402
from tactful.gate.sentences import Reader, moment_words  # noqa: E402
from tactful.journeys import queries as journeys  # noqa: E402
from tactful.journeys.actions import import_journey  # noqa: E402
from tactful.journeys.queries import FailedTests, StoredRun  # noqa: E402
from tactful.journeys.rules.advice import advice  # noqa: E402
from tactful.journeys.rules.checks import Surroundings  # noqa: E402
from tactful.journeys.rules.definition import document, parse, read, write  # noqa: E402
from tactful.journeys.rules.expected import lines_of, write_expected  # noqa: E402
from tactful.journeys.rules.given import NotGiven  # noqa: E402
from tactful.journeys.rules.problems import DefinitionError  # noqa: E402
from tactful.journeys.rules.replayed import Replay, ReplayLine  # noqa: E402
from tactful.journeys.types import Definition  # noqa: E402
from tactful.journeys.wording import finding_sentence, problem_sentence  # noqa: E402
from tactful.touchpoints import queries as touchpoints  # noqa: E402
from tactful.wiring import story_words as words  # noqa: E402

Arguments = argparse.Namespace


def check(given: Arguments) -> int:
    """1 when something stops it from being switched on."""
    definition = _definition(given.what, given.language)
    found = advice(definition, _around())
    said = [
        {"id": one.finding.id, "step": one.finding.step, "stops": one.finding.stops,
         "sentence": finding_sentence(one.finding, given.language),
         "mend": words.version_difference(definition, one.mended, given.language) if one.mended else []}
        for one in found
    ]  # fmt: skip
    if given.json:
        _json(said)
    else:
        for each in said:
            print(f"{each['id']}  {each['step'] or '-'}  {each['sentence']}")
        print("All is well." if not found else f"{len(found)} to look at.")
    return 1 if any(one.finding.stops for one in found) else 0


def _around() -> Surroundings:
    """The house, with the journeys that are on."""
    return Surroundings(touchpoints.views_of_all(), content.languages_by_slug(), journeys.live_definitions())


def test(given: Arguments) -> int:
    """1 when one does not pass. A file is tested by the tests of the journey of its name."""
    what = given.what or [line.journey.slug for line in journeys.all_journeys() if line.version]
    found: list[tuple[str, StoredRun]] = []
    for name in what:
        definition = _definition(name, given.language)
        row = journeys.journey_by_slug(definition.slug)
        found += [(definition.slug, run) for run in journeys.run_stored(row.id, definition)] if row else []
    reader = _reader(given)
    if given.json:
        _json([
            {"journey": slug, "test": run.name, "passes": run.passes,
             "differences": [words.difference_sentence(each, reader) for each in run.differences]}
            for slug, run in found
        ])  # fmt: skip
    else:
        for slug, run in found:
            _say_run(slug, run, reader)
        print(f"{sum(run.passes for _, run in found)} of {len(found)} tests pass.")
    return 0 if all(run.passes for _, run in found) else 1


def _say_run(slug: str, run: StoredRun, reader: Reader) -> None:
    print(f"{'passes' if run.passes else 'FAILS '}  {slug}: {run.name}")
    for difference in run.differences:
        print(f"        {words.difference_sentence(difference, reader)}")


def simulate(given: Arguments) -> int:
    """1 when the file says what is expected and something else comes of it."""
    definition = _definition(given.what, given.language)
    document: Mapping[str, Any] = yaml.safe_load(given.given.read_text(encoding="utf-8")) or {}
    expected = document.get("expected")
    facts = document.get("given", {key: value for key, value in document.items() if key != "expected"})
    try:
        tale, differences = journeys.run_given(definition, facts, expected)
    except NotGiven as error:
        raise Trouble(f"{given.given}: {error}") from error
    zone = dict(facts.get("client", {})).get("zone")
    reader = Reader(given.language, zone or _reader(given).zone)
    sentences = [words.difference_sentence(each, reader) for each in differences]
    if given.json:
        _json({"lines": write_expected(lines_of(tale)), "differences": sentences})
    else:
        for at, sentence in words.tale_sentences(tale, definition, reader):
            print(f"{moment_words(at, reader)}: {sentence}")
        print(*sentences, sep="\n", end="\n" if sentences else "")
    return 1 if differences else 0


def replay_past(given: Arguments) -> int:
    if given.days < 1:
        raise Trouble("--days must be at least 1.")
    definition = _definition(given.what, given.language)
    now = business_now()
    found = replay_on_two_cores(definition, now - timedelta(days=given.days), now, _progress)
    if given.json:
        _json(_replay_document(found, given.lines))
        return 0
    reader = _reader(given)
    print(*words.replay_summary(found, given.language), sep="\n")
    for line in found.lines[: given.lines]:
        print(f"{line.contact}  {line.key or '-'}  {words.line_sentence(line, definition, reader)}")
    for real in found.dropped[: given.lines]:
        print(f"{real.contact}  {real.key or '-'}  {words.dropped_sentence(real, definition, reader)}")
    return 0


def _progress(done: int, total: int) -> None:
    """On the terminal only: a file or a pipe gets the answer and nothing else."""
    if sys.stderr.isatty():
        filled = 30 * done // max(1, total)
        end = "\n" if done >= total else "\r"
        print(f"[{'#' * filled}{' ' * (30 - filled)}] {done} of {total} clients", end=end, file=sys.stderr)


def _replay_document(found: Replay, lines: int) -> dict[str, Any]:
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "clients": found.clients,
        "counts": found.counts(),
        "held_by_reason": {str(code): count for code, count in found.held_by_reason().items()},
        "notes": list(found.notes),
        "lines": [_line_document(line) for line in found.lines[:lines]],
    }


def _line_document(line: ReplayLine) -> dict[str, Any]:
    return {
        "contact": line.contact,
        "key": line.key,
        "step": line.step,
        "template": line.template,
        "wanted_at": line.wanted_at.isoformat(),
        "at": line.at.isoformat() if line.at else None,
        "fate": str(line.fate),
        "change": line.change,
        "message": line.message_id,
        "reasons": [[str(reason.code) for reason in look.reasons] for look in line.looks],
        "mishaps": [mishap.kind for mishap in line.mishaps],
    }


def bring_in(given: Arguments) -> int:
    try:
        source = given.what.read_bytes().decode("utf-8")
        version = import_journey(
            source, acting_user=None, now=business_now(), despite_tests=given.despite_tests
        )
    except DefinitionError as error:
        return _say_problems(error, "en")
    except FailedTests as failed:
        reader = Reader("en", business_at(business_now()).time_zone)
        for run in failed.runs:
            _say_run("", run, reader)
        print(f"{failed} --despite-tests brings it in anyway.", file=sys.stderr)
        return 1
    print(f"{version.journey.slug}: version {version.number}. Those on the way finish on theirs.")
    return 0


def export(given: Arguments) -> int:
    sys.stdout.buffer.write(_source(given.what).encode())
    sys.stdout.buffer.flush()
    return 0


def diff(given: Arguments) -> int:
    before, after = (_definition(what, given.language) for what in (given.what, given.other))
    lines = words.version_difference(before, after, given.language)
    differs = document(before) != document(after)  # the database does not keep the order of names
    if given.json:
        _json({"differs": differs, "sentences": lines})
    else:
        same = "No difference that a reader would see." if differs else "They are the same."
        print(*(lines or [same]), sep="\n")
    return 1 if differs else 0


def _definition(what: str, language: str) -> Definition:
    try:
        path = Path(what)
        if path.suffix in (".yaml", ".yml", ".json") or path.is_file():
            return read(path.read_text(encoding="utf-8"))
        return parse(_version(what).document)
    except DefinitionError as error:
        _say_problems(error, language)
        raise Trouble(f"{what} is no journey yet; the sentences above say why.") from error


def _source(what: str) -> str:
    version = _version(what)
    return version.source or write(parse(version.document))


def _version(what: str) -> Any:
    slug, _, number = what.partition("@")
    journey = journeys.journey_by_slug(slug)
    version = journeys.numbered_version(slug, int(number)) if number.isdigit() else None
    if journey is not None and not number:
        version = journey.live_version
    if version is None:
        raise Trouble(f"There is no journey “{what}”. Give its name, name@number, or a YAML file.")
    return version


def _say_problems(error: DefinitionError, language: str) -> int:
    for problem in error.problems:
        print(problem_sentence(problem, language), file=sys.stderr)
    return 1


def _reader(given: Arguments) -> Reader:
    return Reader(given.language, business_at(business_now()).time_zone)


def _json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


ACTS: Mapping[str, Callable[[Arguments], int]] = {
    "check": check,
    "test": test,
    "simulate": simulate,
    "replay": replay_past,
    "import": bring_in,
    "export": export,
    "diff": diff,
}
