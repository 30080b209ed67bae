"""Write the Python client from the description of the API: ``bin/client`` (``--check``: is it up to date?).

One file that needs nothing but Python: a typed dictionary for each schema and a method for each operation.
"""

import keyword
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "src" / "tactful" / "api" / "client.py"
BASE = ROOT / "bin" / "client.py.in"
SIMPLE = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
Schema = Mapping[str, Any]


def main() -> int:
    written = formatted(source(described()))
    if "--check" not in sys.argv:
        TARGET.write_text(written)
    elif TARGET.read_text() != written:
        print("src/tactful/api/client.py is not what the API says any more. Run bin/client.")
        return 1
    return 0


def described() -> Schema:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tactful.config.settings")
    import django  # noqa: PLC0415

    django.setup()
    from tactful.api.rest.urls import document  # noqa: PLC0415

    return document()


def source(document: Schema) -> str:
    base, _cut, client = BASE.read_text().partition("# SCHEMAS\n")
    schemas = document["components"]["schemas"]
    parts = [base, *(schema_class(name, schema) for name, schema in schemas.items() if name != "Problem")]
    parts.append(client)
    for path, operations in document["paths"].items():
        parts += [method(verb, path, operation) for verb, operation in operations.items()]
    return "\n".join(parts)


def schema_class(name: str, schema: Schema) -> str:
    fields = [
        f"    {field}: {hint(part) if field in required(schema) else f'NotRequired[{hint(part)}]'}"
        for field, part in schema["properties"].items()
    ]
    told = [*words(schema, "    "), ""] if "description" in schema else []
    return "\n".join([f"class {class_name(name)}(TypedDict):", *told, *fields, "\n"])


def words(described: Schema, indent: str) -> list[str]:
    """The description as a docstring, for lines of 110."""
    said = " ".join(described["description"].split())
    if len(said) <= 100 - len(indent):
        return [f'{indent}"""{said}"""']
    first, *rest = textwrap.wrap(said, 106 - len(indent), break_long_words=False)
    return [f'{indent}"""{first}', *(indent + line for line in rest), f'{indent}"""']


def required(schema: Schema) -> set[str]:
    """What an answer always has; what goes in may leave out what has a default."""
    return set(schema.get("required", ()))


def class_name(name: str) -> str:
    return name.replace("_", "")


def hint(schema: Schema) -> str:
    if "$ref" in schema:
        return class_name(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]"
    if "anyOf" in schema:
        return " | ".join(hint(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list[{hint(schema['items'])}]"
    if schema.get("type") == "object":
        inner = schema.get("additionalProperties")
        return f"dict[str, {hint(inner) if isinstance(inner, dict) else 'Any'}]"
    return SIMPLE.get(schema.get("type", ""), "Any")


def method(verb: str, path: str, operation: Schema) -> str:
    given = [each for each in operation.get("parameters", ()) if each["in"] != "header"]
    answer = next(part for status, part in operation["responses"].items() if str(status).startswith("2"))
    result = hint(answer["content"]["application/json"]["schema"])
    changes = verb != "get"
    takes = ", ".join(arguments(operation, given, changes))
    lines = [f"    def {operation['operationId']}({takes}) -> {result}:"]
    if "description" in operation:
        lines += words(operation, " " * 8)
    lines += [f"        {line}" for line in body(verb, path, operation, given, result)]
    return "\n".join([*lines, ""])


def arguments(operation: Schema, given: list[Schema], changes: bool) -> Iterator[str]:
    yield "self"
    yield from (f"{each['name']}: str" for each in given if each["in"] == "path")
    if "requestBody" in operation:
        yield f"body: {hint(operation['requestBody']['content']['application/json']['schema'])}"
    asked = [each for each in given if each["in"] == "query"]
    if asked or changes:
        yield "*"
    for each in asked:
        yield f"{each['name']}: {hint(each['schema']).removesuffix(' | None')} | None = None"
    if changes:
        yield "idempotency_key: str | None = None"


def body(verb: str, path: str, operation: Schema, given: list[Schema], result: str) -> Iterator[str]:
    names = [each["name"] for each in given]
    assert not any(map(keyword.iskeyword, names)), names
    where = path.removeprefix("/api/v1")
    for each in given:
        if each["in"] == "path":
            where = where.replace(f"{{{each['name']}}}", f"{{_part({each['name']})}}")
    asked = [f'"{each["name"]}": {each["name"]}' for each in given if each["in"] == "query"]
    parts = [repr(verb.upper()), f"f{where!r}" if "{" in where else repr(where)]
    parts += [f"query={{{', '.join(asked)}}}"] if asked else []
    parts += ["body=body"] if "requestBody" in operation else []
    parts += ["key=idempotency_key"] if verb != "get" else []
    yield f"answer: {result} = self._asked({', '.join(parts)})"
    yield "return answer"


def formatted(text: str) -> str:
    ruff = [sys.executable, "-m", "ruff"]
    ran = subprocess.run(
        [*ruff, "format", "--stdin-filename", str(TARGET), "-"],
        input=text, capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    return ran.stdout


if __name__ == "__main__":
    raise SystemExit(main())
