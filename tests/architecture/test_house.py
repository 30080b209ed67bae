"""Rules of the house that import contracts cannot say."""

import ast
import re

from tests.architecture.source import ROOT, Source, production

FRONTEND = ROOT.parents[1] / "frontend" / "src"

APPS = {
    "contacts", "touchpoints", "channels", "events", "tracking", "connectors", "gate", "segments", "content",
    "calendars", "delivery", "journeys", "broadcasts", "inbox", "engagements",
}  # fmt: skip
FLOORS = [
    {"foundation"},
    {"events"},
    {"contacts", "touchpoints", "channels", "webhooks"},
    {"tracking"},
    {"connectors", "calendars"},
    {"gate", "segments", "content"},
    {"delivery"},
    {"journeys", "broadcasts", "inbox", "engagements"},
]
OPEN_ROOMS = {
    "types",
    "rules",
    "queries",
    "actions",
    "sentences",
    "feed",
    "templates_seed",
    "recipes",
    "wording",
}
WRITES = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}
WRITING_ROOMS = re.compile(
    r"(^|/)(actions|drafts|migrations|hot|testing)(/|\.py)|guard\.py|seed|/models(/|\.py)|/sql\.py|secrets\.py|clock\.py"
)
CLOCK = re.compile(
    r"datetime\.(?:now|utcnow|today)\(|date\.today\(|timezone\.now\(|\btime\.time(?:_ns)?\("
    r"|\bCURRENT_TIMESTAMP\b|(?<![\w.])now\(\)(?=\s*(?:,|\)|-|\+|AND|WHERE|\"|'))|auto_now"
)
CLOCK_KEEPERS = {"kernel/clock.py", "foundation/clock.py"}


def floor(app: str) -> int:
    return next(number for number, apps in enumerate(FLOORS) if app in apps)


def test_only_open_rooms_are_entered_from_outside() -> None:
    broken = [
        f"{source.name} imports {name}"
        for source in production()
        for name in source.imports()
        if (parts := name.split("."))[1] in APPS
        and parts[1] != source.app
        and parts[2] not in OPEN_ROOMS
        and not (parts[1] == "channels" and source.app in {"wiring", "config", "demo"})
        and not _may_enter(source, parts)
    ]
    assert broken == []


def _may_enter(source: Source, parts: list[str]) -> bool:
    """Tables may point down at tables; the roof may start an app's jobs and worker."""
    tables_point_down = parts[2] == "models" and source.path.name == "models.py"
    roof_starts_work = source.app in {"config", "wiring"} and parts[2] in {
        "jobs",
        "worker",
        "recovery",
        "driver",
    }
    demo_plays = source.app == "demo" and parts[2] in {"models", "jobs"}
    return tables_point_down or roof_starts_work or demo_plays


def test_string_foreign_keys_point_down() -> None:
    broken = [
        f"{source.name}: {found.group(1)}"
        for source in production()
        if source.path.name == "models.py" and source.app in APPS
        for found in re.finditer(r"(?:ForeignKey|OneToOneField)\(\s*[\"'](\w+)\.", source.text)
        if floor(found.group(1)) >= floor(source.app)
    ]
    assert broken == []


def test_state_changes_only_in_actions() -> None:
    broken = [
        f"{source.name}:{node.lineno} {node.func.attr}"
        for source in production()
        if not WRITING_ROOMS.search(source.name)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and (node.func.attr in WRITES or _is_manager_write(node.func))
        and not _is_no_row(node.func)
    ]
    assert broken == []


def _is_manager_write(func: ast.Attribute) -> bool:
    """``Model.objects.create(…)`` and ``….filter(…).update(…)``; ``dict.update`` is none of these."""
    return func.attr in {"create", "update"} and ".objects." in ast.unparse(func)


def _is_no_row(func: ast.Attribute) -> bool:
    return isinstance(func.value, ast.Name) and func.value.id in {"form", "session", "router"}


def test_nobody_else_asks_for_the_time() -> None:
    broken = [
        f"{source.name}:{number} {line.strip()}"
        for source in production()
        if source.name not in CLOCK_KEEPERS
        for number, line in enumerate(source.text.splitlines(), 1)
        if CLOCK.search(line)
        and "business_now()" not in line
        and "machine_now()" not in line
        and "clock.now()" not in line
    ]
    assert broken == []


def test_files_and_functions_stay_small() -> None:
    long_files = [
        source.name
        for source in production()
        if source.text.count("\n") > 400 and source.name != "api/client.py"  # written by bin/client
    ]
    long_functions = [
        f"{source.name}:{node.lineno} {node.name}"
        for source in production()
        if "/migrations/" not in source.name
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > 60
    ]
    assert (long_files, long_functions) == ([], [])


def test_a_theme_is_colours_alone() -> None:
    """Tests look at a page whole in one theme, and in the other at its colours (``light-dark()``)."""
    paths = [path for path in FRONTEND.rglob("*.*") if path.suffix in {".css", ".ts"}]
    texts = [re.sub(r"/\*.*?\*/", "", path.read_text("utf-8"), flags=re.DOTALL) for path in paths]
    assert len(texts) > 20
    asked = [text for text in texts if "prefers-color-scheme" in text]
    own = [
        rule[0]
        for text in texts
        for rule in re.finditer(r"[^{}]*\bdata-theme\b[^{}]*\{([^{}]*)\}", text)
        if not re.fullmatch(r"\s*color-scheme: \w+;\s*", rule[1])
    ]
    assert (asked, own) == ([], [])


def test_no_signals_and_no_save_overrides() -> None:
    broken = [
        source.name
        for source in production()
        if "django.dispatch" in source.text
        or re.search(r"^    def save\(self", source.text, re.MULTILINE)
        or "django.db.models.signals" in source.text
    ]
    assert broken == []


def test_no_words_hide_in_f_strings() -> None:
    """Before Python 3.12 whoever gathers the words for translation reads an f-string as one token."""
    broken = [
        f"{source.name}:{call.lineno}"
        for source in production()
        for joined in ast.walk(source.tree)
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in {"_", "gettext", "ngettext", "pgettext"}
        and isinstance(call.args[0], ast.Constant)
    ]
    assert broken == []
