"""The sentences about templates, marked for translation without asking Django."""

from tactful.content.types import Part, Problem
from tactful.kernel.marking import gettext_noop

SENTENCES: dict[str, str] = {
    "syntax": gettext_noop("This is not valid Liquid: %(detail)s."),
    "too_long": gettext_noop("The text is longer than %(limit)s characters. Make it shorter."),
    "mark_too_long": gettext_noop("“%(mark)s…” is longer than %(limit)s characters. Make it shorter."),
    "too_many_marks": gettext_noop("There are more than %(limit)s places in {{ }} or {%% %%}. Use fewer."),
    "tag": gettext_noop("The tag “%(name)s” is not available in letters. You can use: %(allowed)s."),
    "filter": gettext_noop("The filter “%(name)s” is not available in letters. You can use: %(allowed)s."),
    "range": gettext_noop("A range like (1..10) is not available in letters. Use a list variable."),
    "unknown_variable": gettext_noop(
        "The variable “%(name)s” is not declared. Declare it with a default, or correct its name."
    ),
    "no_default": gettext_noop(
        "The variable “%(name)s” has no default. Say what stands there when a client has no value."
    ),
    "bad_name": gettext_noop(
        "“%(name)s” cannot be the name of a variable. Use small letters, digits and _, and none of our own "
        "names."
    ),
    "twice": gettext_noop("The variable “%(name)s” is declared twice. Keep one of them."),
    "walk": gettext_noop(
        "“%(name)s” asks for something inside a value. Values are plain text; use “%(root)s”."
    ),
    "mjml": gettext_noop("The mail body is not valid MJML: %(detail)s."),
    "unknown_element": gettext_noop("The element <%(name)s> is not known in MJML. Correct its name."),
    "place": gettext_noop("%(mark)s stands where no value may stand (%(place)s). Move it into the text."),
    "tag_place": gettext_noop(
        "%(mark)s stands inside an HTML tag. Put {%% %%} only between tags, around whole elements."
    ),
    "active": gettext_noop("<%(name)s> is not available in mails. Remove it."),
    "handler": gettext_noop("The attribute “%(name)s” runs a script. Remove it."),
    "scheme": gettext_noop("The link “%(name)s” does not start with https://, http://, mailto: or tel:."),
    "no_label": gettext_noop(
        "A whole MJML document has no footer of ours. Show {{ automatic_label }} in it, so that clients "
        "see that the mail is automatic."
    ),
    "unclosed": gettext_noop(
        "“%(mark)s” opens a second {{ or {%% before it closes the first. Close it first."
    ),
    "empty_subject": gettext_noop("The subject is empty. Write one."),
    "empty_body": gettext_noop("The mail has no words. Write at least one line."),
}


def problem(code: str, part: Part, line: int | None = None, **params: str) -> Problem:
    return Problem(code=code, message=SENTENCES[code], params=params, part=part, line=line)
