"""The words around blocks: what each kind is called, and what its form asks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tactful.content.rules.letters.blocks import KINDS, LEVELS, SPACES, WIDTHS, Block, not_understood
from tactful.content.rules.letters.inline import one_line
from tactful.web.forms.brand import TROUBLES
from tactful.web.pages.letters import Control
from tactful.web.types import Text

LONGEST = 80


def kind_name(kind: str) -> str:
    return {
        "heading": _("Title"),
        "text": _("Words"),
        "button": _("Button"),
        "link": _("Personal link"),
        "image": _("Picture"),
        "divider": _("Line across"),
        "spacer": _("Space"),
        "signature": _("Signature"),
        "social": _("Where else we are"),
        "columns": _("Columns"),
    }[kind]


def field_name(name: str) -> str:
    """A field of a client or a matter, in plain words."""
    return {
        "given_name": _("First name"),
        "company": _("Company"),
        "sender_name": _("Who looks after the client"),
        "business": _("Our name"),
        "upload_url": _("The page where the client sends documents"),
        "review_url": _("The page for a review"),
        "change_url": _("The page to change the appointment"),
        "cart_url": _("The basket"),
        "matter": _("What it is about"),
        "deadline": _("The deadline"),
        "missing_list": _("What is still missing"),
        "when": _("When it is"),
        "place": _("Where it is"),
    }.get(name) or name.replace("_", " ").capitalize()


def controls(block: Block, wrong: Mapping[str, Text] = MappingProxyType({})) -> tuple[Control, ...]:
    """``wrong``: by name, what cannot be kept of what was typed."""
    return tuple(replace(_control(name, block), error=wrong.get(name, "")) for name in KINDS[block.kind])


def wrong_addresses(block: Block) -> dict[str, Text]:
    return {name: _WRONG[name]() for name in not_understood(block)}


def picture_trouble(code: str) -> Text:
    """As of a logo, but for what it is called."""
    if code == "not_a_picture":
        return _("This is no PNG or JPEG picture. Save it as one of these.")
    return str(TROUBLES[code])


_WRONG: Mapping[str, Callable[[], Text]] = {
    "src": lambda: _("This is no address of a picture. It begins with https:// and has no spaces."),
    "href": lambda: _("This leads nowhere. Write an address such as https://… without spaces."),
    "links": lambda: _("One line has no address. Write each as a name, a space and https://…"),
}


def _control(name: str, block: Block) -> Control:
    label, kind, hint, fields = _ASKED[name]()
    value = block.fields.get(name, "")
    if name == "text" and block.kind == "heading":
        return Control(name, _("The title"), value, fields=True)
    return Control(name, label, value, kind, hint, _CHOICES.get(name, tuple)(), fields)


Asked = tuple[Text, str, Text, bool]
_ASKED: Mapping[str, Callable[[], Asked]] = {
    "text": lambda: (
        _("The words"),
        "words",
        _("A blank line begins a new paragraph, “- ” a point of a list. **strong**, *slanted*, "
          "[words](https://…). Type {{ for a field."),
        True,
    ),
    "level": lambda: (_("How large?"), "choice", "", False),
    "label": lambda: (_("What stands on it"), "line", _("Say what happens: “Book a time”."), True),
    "href": lambda: (_("Where it leads"), "address", _("An address such as https://…"), False),
    "name": lambda: (_("Whose page?"), "choice", _("Each client gets a link of their own."), False),
    "src": lambda: (_("Address of the picture"), "picture", _("It begins with https://."), False),
    "alt": lambda: (
        _("What it shows"), "line", _("For whoever does not see the picture."), True
    ),
    "width": lambda: (_("How wide?"), "choice", "", False),
    "size": lambda: (_("How much?"), "choice", "", False),
    "greeting": lambda: (_("The greeting"), "line", _("The name of whoever writes follows."), True),
    "links": lambda: (_("Names and addresses"), "words", _("One a line: Facebook https://…"), False),
}  # fmt: skip
LINKS = ("upload_url", "review_url", "change_url", "cart_url")
_CHOICES: Mapping[str, Callable[[], tuple[tuple[str, Text], ...]]] = {
    "level": lambda: tuple(zip(LEVELS, (_("Large"), pgettext("size", "Medium"), _("Small")), strict=True)),
    "width": lambda: tuple((each, f"{each} %") for each in WIDTHS),
    "size": lambda: tuple(zip(SPACES, (_("A little"), _("Some"), _("Much")), strict=True)),
    "name": lambda: (("", _("Choose")), *((each, field_name(each)) for each in LINKS)),
}


def summary(block: Block) -> str:
    """One line of what stands in it."""
    given = block.fields
    said = {
        "image": given.get("alt") or given.get("src", ""),
        "link": given.get("label", ""),
        "button": given.get("label", ""),
        "signature": given.get("greeting", ""),
        "social": given.get("links", "").replace("\n", ", "),
    }.get(block.kind, given.get("text", ""))
    line = one_line(said.replace("**", ""))
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
