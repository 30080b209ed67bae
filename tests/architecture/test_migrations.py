"""An upgrade in place: while the new release starts, processes of the old one still use the database.

So a migration only adds. What is dropped, renamed or tightened waits until no older release can be running;
then it is named in ``ALLOWED`` with the reason why it is safe.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src/tactful"
DANGEROUS = {
    "RemoveField": "an older process still reads the column",
    "DeleteModel": "an older process still reads the table",
    "RenameField": "an older process knows the old name only",
    "RenameModel": "an older process knows the old name only",
    "AlterModelTable": "an older process knows the old name only",
    "AlterField": "an older process may write what no longer fits",
}
WORDS = re.compile(
    r"\bDROP\s+(?:TABLE|COLUMN)\b|\bRENAME\s+(?:TO|COLUMN)\b|\bSET\s+NOT\s+NULL\b|\bALTER\s+COLUMN\s+\S+\s+TYPE\b",
    re.IGNORECASE,
)
EARLIER = "Older than the first release that is upgraded while it runs."
ALLOWED: dict[str, str] = {
    "contacts.0007_import_speed": EARLIER,
    "contacts.0009_taking_imports_back": EARLIER,
    "foundation.0008_helpers": "Names one more role; choices are nothing to PostgreSQL.",
    "contacts.0011_clients_of_many_rows": "Only foreign keys go; triggers ask for the same.",
    "contacts.0012_leaner_imports": "Only an index goes; another one begins with the same column.",
    "contacts.0013_quicker_imports": "The column stays; a trigger takes over what older processes write.",
    "contacts.0014_defaults": "Columns keep their form, and only get defaults.",
    "inbox.0003_cards": EARLIER,
    "tracking.0001_initial": "Widens a column in the migration that makes its table.",
}


def dangers(source: str) -> Iterator[str]:
    """What of a migration an older process would not survive."""
    tree = ast.parse(source)
    backward = _backward(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func).rpartition(".")[2]
            if name in DANGEROUS:
                yield f"{name}: {DANGEROUS[name]}"
            if name == "AddField" and _must_be_given(node):
                yield f"AddField {_field_name(node)}: an older process inserts rows without it"
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in backward:
            yield from (f"SQL: {found.group()}" for found in WORDS.finditer(node.value))


def _must_be_given(call: ast.Call) -> bool:
    """NOT NULL without a default in the database: Django's own default lives in Python only."""
    named = [word.value for word in call.keywords if word.arg == "field"]
    field = (named or call.args[2:3] or [None])[0]
    if not isinstance(field, ast.Call):
        return True
    given = {word.arg: ast.unparse(word.value) for word in field.keywords}
    kind = ast.unparse(field.func).rpartition(".")[2]
    return (
        given.get("null") != "True"
        and "db_default" not in given
        and kind not in {"GeneratedField", "ManyToManyField"}
    )


def _field_name(call: ast.Call) -> str:
    named = [word.value for word in call.keywords if word.arg == "name"] or call.args[1:2]
    return ast.unparse(named[0]) if named else "?"


def _backward(tree: ast.Module) -> set[int]:
    """Texts that run only when a migration is taken back: second argument of RunSQL, and names for it."""
    found: set[int] = set()
    names: set[str] = {"BACKWARD"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("RunSQL"):
            behind = [*node.args[1:], *(word.value for word in node.keywords if word.arg == "reverse_sql")]
            found |= {id(part) for each in behind for part in ast.walk(each)}
            names |= {each.id for each in behind if isinstance(each, ast.Name)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(at, ast.Name) and at.id in names for at in node.targets
        ):
            found |= {id(part) for part in ast.walk(node.value)}
    return found


def migrations() -> list[Path]:
    return sorted(PACKAGE.glob("*/migrations/[0-9]*.py"))


def test_migrations_only_add() -> None:
    broken = {}
    for path in migrations():
        name = f"{path.parent.parent.name}.{path.stem}"
        found = list(dangers(path.read_text(encoding="utf-8")))
        if found and name not in ALLOWED:
            broken[name] = found
    assert broken == {}


def test_what_is_allowed_is_there_and_needs_it() -> None:
    by_name = {f"{path.parent.parent.name}.{path.stem}": path for path in migrations()}
    stale = [name for name in ALLOWED if not list(dangers(by_name[name].read_text(encoding="utf-8")))]
    assert stale == []


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.RemoveField(model_name='a', name='b')",
        "migrations.RenameField(model_name='a', old_name='b', new_name='c')",
        "migrations.DeleteModel(name='a')",
        "migrations.AddField(model_name='a', name='b', field=models.IntegerField())",
        "migrations.AddField(model_name='a', name='b', field=models.IntegerField(default=1))",
        "migrations.RunSQL('ALTER TABLE a DROP COLUMN b')",
        "migrations.RunSQL('ALTER TABLE a ALTER COLUMN b SET NOT NULL')",
    ],
)
def test_each_danger_is_seen(operation: str) -> None:
    assert len(list(dangers(f"operations = [{operation}]"))) == 1


@pytest.mark.parametrize(
    "operation",
    [
        "migrations.AddField(model_name='a', name='b', field=models.IntegerField(null=True))",
        "migrations.AddField(model_name='a', name='b', field=models.IntegerField(db_default=1))",
        "migrations.CreateModel(name='a', fields=[])",
        "migrations.RunSQL('CREATE TABLE a ()', 'DROP TABLE a')",
    ],
)
def test_what_only_adds_is_well(operation: str) -> None:
    assert list(dangers(f"operations = [{operation}]")) == []
