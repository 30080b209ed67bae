"""Liquid with its claws cut (R55): allow-listed tags and filters, no includes, no walks, bounded work.

The bound is counted, not timed: a text has at most MARK_LIMIT marks of at most MARK_LENGTH letters, each
runs at most LOOP_LIMIT times (nested loops multiply, and the library counts the product), no value grows
over VALUE_LIMIT, and the output stops at OUTPUT_LIMIT. The worst template allowed ends in well under a
second.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from liquid import Environment
from liquid.exceptions import LiquidError

from tactful.content.rules.escaping import VALUE_LIMIT, Context, escape_for, items_of
from tactful.content.rules.marks import Mark, find_marks
from tactful.content.rules.problems import problem
from tactful.content.types import MailRefused, Part, Problem, Variable, VariableKind

SOURCE_LIMIT = 100_000
MARK_LIMIT = 300
MARK_LENGTH = 1_000
LOOP_LIMIT = 500
OUTPUT_LIMIT = 400_000
TAGS = (
    "if", "elsif", "else", "endif", "unless", "endunless", "case", "when", "endcase",
    "for", "endfor", "break", "continue", "assign", "comment", "endcomment",
)  # fmt: skip
FILTERS = (
    "default", "escape", "upcase", "downcase", "capitalize", "strip", "truncate",
    "append", "prepend", "first", "last", "join", "size",
)  # fmt: skip
_PROPERTIES = {"size", "first", "last"}
_PARSER_TAGS = {
    "if",
    "unless",
    "case",
    "for",
    "break",
    "continue",
    "assign",
    "comment",
    "content",
    "illegal",
    "output",
}


def _unescaped(value: object) -> object:
    """``escape`` in a template does nothing: every output is escaped for its place afterwards, once."""
    return value


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    def bounded(*args: Any, **kwargs: Any) -> Any:
        result = function(*args, **kwargs)
        return result[:VALUE_LIMIT] if isinstance(result, str) else result

    for name in ("with_context", "with_environment", "filter_async"):
        if hasattr(function, name):
            setattr(bounded, name, getattr(function, name))
    return bounded


def _escaper(context: Context) -> Callable[[object], str]:
    text, items = escape_for(context, VariableKind.TEXT), escape_for(context, VariableKind.LIST)
    lines = escape_for(context, VariableKind.LINES)

    def escaped(value: object) -> str:
        if isinstance(value, list):
            return items("\n".join(str(item) for item in value))
        return lines(value) if isinstance(value, Lines) else text("" if value is None else str(value))

    return escaped


class Lines(str):
    """A value of several lines; a filter makes it a plain string again."""

    __slots__ = ()


class _Closed(Environment):
    loop_iteration_limit = LOOP_LIMIT
    output_stream_limit = OUTPUT_LIMIT
    local_namespace_limit = 200_000
    block_nesting_limit = 12
    context_depth_limit = 12


def _closed_environment() -> _Closed:
    env = _Closed()
    env.tags = {name: tag for name, tag in env.tags.items() if name in _PARSER_TAGS}
    env.filters = {name: _bounded(env.filters[name]) for name in FILTERS if name != "escape"}
    env.filters["escape"] = _unescaped
    for context in Context:
        env.filters[context_filter(context)] = _escaper(context)
    return env


def context_filter(context: Context) -> str:
    """The name of our own filter that escapes for ``context``. Templates may not name it."""
    return f"_{context.value}"


_ENVIRONMENT = _closed_environment()
Rendering = Callable[[Mapping[str, object]], str]


def compile_liquid(source: str) -> Rendering:
    """``source`` as a function of its values (``liquid_value``). Raises ``MailRefused`` at a limit."""
    template = _ENVIRONMENT.from_string(source)

    def render(values: Mapping[str, object]) -> str:
        try:
            return template.render(values)
        except LiquidError as error:
            raise MailRefused(
                f"The template did not come to an end with these values: {error.message}.",
                "mail.template",
            ) from error

    return render


def liquid_value(value: str, kind: VariableKind) -> object:
    """A value as templates see it: a list for LIST, else a string."""
    if kind is VariableKind.LIST:
        return items_of(value)
    return Lines(value) if kind is VariableKind.LINES else value


def check_liquid(source: str, variables: Sequence[Variable], part: Part = Part.TEXT) -> list[Problem]:
    """What is wrong with one Liquid text, in the order of its lines; empty when it may be used."""
    if len(source) > SOURCE_LIMIT:
        return [problem("too_long", part, limit=str(SOURCE_LIMIT))]
    marks = find_marks(source)
    if len(marks) > MARK_LIMIT:
        return [problem("too_many_marks", part, limit=str(MARK_LIMIT))]
    long = [mark for mark in marks if len(mark.source) > MARK_LENGTH]
    if long:  # the library's parser takes longer than a page may for brackets in brackets
        return [
            problem("mark_too_long", part, each.line, mark=each.source[:40], limit=str(MARK_LENGTH))
            for each in long
        ]
    found = [trouble for mark in marks for trouble in _mark_problems(mark, part)]
    return found or _parsed_problems(source, {variable.name: variable for variable in variables}, part)


def _mark_problems(mark: Mark, part: Part) -> list[Problem]:
    found = []
    if mark.is_tag and mark.name not in TAGS:
        allowed = ", ".join(tag for tag in TAGS if not tag.startswith("end"))
        found.append(problem("tag", part, mark.line, name=mark.name, allowed=allowed))
    if "{{" in mark.source[2:] or "{%" in mark.source[2:]:
        found.append(problem("unclosed", part, mark.line, mark=mark.source[:60]))
    if mark.has_range:
        found.append(problem("range", part, mark.line))
    return found


def _parsed_problems(source: str, known: Mapping[str, Variable], part: Part) -> list[Problem]:
    try:
        analysis = _ENVIRONMENT.from_string(source).analyze()
    except LiquidError as error:
        return [problem("syntax", part, _error_line(source, error), detail=_detail(error))]
    found = [
        problem("filter", part, _line(source, span.index), name=name, allowed=", ".join(FILTERS))
        for name, spans in analysis.filters.items()
        if name not in FILTERS
        for span in spans
    ]
    for name, uses in analysis.globals.items():
        if name not in known:
            line = _line(source, uses[0].span.index)
            found.append(problem("unknown_variable", part, line, name=name))
    for uses in analysis.variables.values():
        for use in uses:
            if _walks(use.segments):
                path = ".".join(str(segment) for segment in use.segments)
                line = _line(source, use.span.index)
                found.append(problem("walk", part, line, name=path, root=str(use.segments[0])))
    return sorted(found, key=lambda trouble: trouble.line or 0)


def _walks(segments: Sequence[object]) -> bool:
    if segments[0] == "forloop":
        return len(segments) > 2
    return len(segments) > 2 or (len(segments) == 2 and segments[1] not in _PROPERTIES)


def _error_line(source: str, error: LiquidError) -> int | None:
    """The parser does not say where an expression or a block that ends too early began, so we look."""
    if error.token is not None and error.token.start_index >= 0:
        return _line(source, error.token.start_index)
    marks = find_marks(source)
    broken = next((mark.line for mark in marks if not mark.is_tag and not _parses(mark.source)), None)
    return broken or _open_block(marks)


def _parses(source: str) -> bool:
    try:
        _ENVIRONMENT.from_string(source)
    except LiquidError:
        return False
    return True


def _open_block(marks: Sequence[Mark]) -> int | None:
    """The line of the innermost block that nothing closes."""
    blocks: list[Mark] = []
    for mark in marks:
        if f"end{mark.name}" in TAGS:
            blocks.append(mark)
        elif blocks and mark.name == f"end{blocks[-1].name}":
            blocks.pop()
    return blocks[-1].line if blocks else None


def _detail(error: LiquidError) -> str:
    return str(error.message).rstrip(".")[:200]


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, index) + 1
