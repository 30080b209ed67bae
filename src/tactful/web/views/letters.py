"""Letters: looked at, written block by block, tried, put to use."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tactful.broadcasts.actions import take_blocks
from tactful.broadcasts.rules.slugs import PREFIX, place_of
from tactful.content import actions
from tactful.content import queries as content
from tactful.content.actions import DraftGone, LetterRefused, Meanwhile, Writing
from tactful.content.queries import LetterDraft
from tactful.content.rules.letters import editing
from tactful.content.rules.letters.blocks import Block, Blocks, NotBlocks
from tactful.content.rules.letters.editing import NoSuchBlock
from tactful.content.rules.letters.hints import hints, mend
from tactful.content.rules.letters.inline import one_line
from tactful.content.rules.letters.letter import (
    Letter,
    Letters,
    begun,
    declared,
    letters_of,
    with_blocks,
    with_default,
)
from tactful.content.rules.letters.mjml import from_mjml
from tactful.content.types import MailAddress, MailRefused, TemplateRefused
from tactful.web.access import Sorry, StaffRequest, number, refused, staff_page, writes
from tactful.web.build.letter import Asked, asked_of, letter_page, unanswered
from tactful.web.build.letters import letters_page
from tactful.web.forms.journey.words import slug as slug_of
from tactful.web.frames import framed
from tactful.web.letter_form import posted
from tactful.wiring.broadcasts import letter_as_seen, send_letter_test

LONGEST: Final = 100_000
RESERVED: Final = {"new"}
LIGHT, DARK = "@media not all", "@media all"
THEME: Final = "@media (prefers-color-scheme: dark)"
Change = Callable[[Letter], Letter]


@require_safe
@staff_page("letters")
def letters(request: StaffRequest) -> HttpResponseBase:
    return render(request, "web/letters.html", {"page": letters_page(request.visit)})


@staff_page("letters")
@writes
def new(request: StaffRequest) -> HttpResponseBase:
    name = one_line(request.POST.get("name", ""))[:120]
    slug = slug_of(name)[:60]
    if not name or not slug:
        raise Sorry(_("Give the letter a name."))
    if slug in RESERVED or slug.startswith(PREFIX) or content.template(slug) or content.letter_draft(slug):
        raise Sorry(_("There is a letter with this name already. Choose another name."))
    language = _usual(request)
    actions.begin_letter(
        slug=slug, name_en=name, name_nb=name, letters=Letters({language: begun(language)}),
        acting_user=request.user.id, now=request.visit.now,
    )  # fmt: skip
    return redirect("web:letter", slug)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page("letters")
def letter(request: StaffRequest, slug: str) -> HttpResponseBase:
    """The letter; by POST, the wish to write on it."""
    if request.method == "POST" and not place_of(slug):
        return _begin(request, slug)
    draft = content.letter_draft(slug)
    if draft is None and (place := place_of(slug)):
        return redirect("web:broadcast", place[0])
    if draft is None and content.template(slug) is None:
        raise Http404
    return _show(request, slug, draft, _asked(request))


def _usual(request: StaffRequest) -> str:
    return "nb" if request.visit.house.language == "nb" else "en"


def _asked(request: StaffRequest) -> Asked:
    """What the page or its form asks for. No client is looked up for helpers."""
    given = request.POST if request.method == "POST" else request.GET
    asked = asked_of(given.dict(), _usual(request))
    return replace(asked, client=None, q="") if request.user.is_helper else asked


def _show(
    request: StaffRequest, slug: str, draft: LetterDraft | None, asked: Asked, said: str = ""
) -> HttpResponseBase:
    page = letter_page(slug, draft, asked, request.visit, said)
    return render(request, "web/letter.html", {"page": page})


@writes
def _begin(request: StaffRequest, slug: str) -> HttpResponseBase:
    try:
        actions.open_letter(slug=slug, acting_user=request.user.id, now=request.visit.now)
    except DraftGone as gone:
        raise Http404 from gone
    return redirect("web:letter", slug)


def _writing(request: StaffRequest, slug: str) -> Writing:
    return Writing(slug, number(request.POST.get("revision", "")) or 0, request.user.id, request.visit.now)


def _draft(slug: str) -> LetterDraft:
    draft = content.letter_draft(slug)
    if draft is None:
        raise Http404
    return draft


def _change(
    request: StaffRequest, slug: str, change: Change, said: str, at: Callable[[], str] = str
) -> HttpResponseBase:
    """One change to the letter of one language; troubles are sentences, and nothing is overwritten. ``at``:
    where the focus goes, asked when the change is made."""
    asked = _asked(request)
    draft = _draft(slug)
    found = letters_of(draft.body)
    try:
        letter = change(found.of(asked.language))
        place = at()
    except NoSuchBlock as gone:
        raise Sorry(_("This block is not there any more. Look at the letter again.")) from gone
    changed = found.having(asked.language, declared(_with_defaults(request, letter), asked.language))
    with _meanwhile():
        draft = actions.edit_letter(_writing(request, slug), changed)
    return _show(request, slug, draft, replace(asked, edit="", add="", at=place), said)


@contextmanager
def _meanwhile() -> Iterator[None]:
    """What somebody else has done to the draft since it was seen, in words."""
    try:
        yield
    except Meanwhile as trouble:
        raise Sorry(_("Somebody has changed this letter meanwhile. This is how it stands now.")) from trouble
    except DraftGone as gone:
        raise Sorry(_("This letter was put to use or put away meanwhile.")) from gone


def _with_defaults(request: StaffRequest, letter: Letter) -> Letter:
    for key, value in request.POST.items():
        if key.startswith("default-") and isinstance(value, str):
            letter = with_default(letter, key.removeprefix("default-")[:61], value[:300])
    return letter


@staff_page("letters")
@writes
def blocks(request: StaffRequest, slug: str) -> HttpResponseBase:
    """``act``: add, save, up, down, copy or remove, at ``path``."""
    act, path = request.POST.get("act", ""), request.POST.get("path", "")
    asked = _asked(request)
    if act not in _ACTS:
        raise Http404
    sent = posted(request)
    if act in ("add", "save") and sent.wrong:
        return _once_more(request, slug, replace(asked, typed=sent, kind=sent.block.kind), path)

    def change(letter: Letter) -> Letter:
        if letter.source is not None:
            raise NoSuchBlock(path)
        return with_blocks(letter, _ACTS[act](letter.blocks, path, sent.block), asked.language)

    return _change(request, slug, change, _SAID[act](), lambda: _FOCUS[act](path))


def _once_more(request: StaffRequest, slug: str, asked: Asked, path: str) -> HttpResponseBase:
    """The form again, with all that was typed and what is wrong with it; nothing is kept yet."""
    new = request.POST.get("act") == "add"
    again = replace(asked, add=path if new else "", edit="" if new else path)
    return _show(request, slug, _draft(slug), again, _("This is not kept yet."))


_ACTS: Final[dict[str, Callable[[Blocks, str, Block], Blocks]]] = {
    "add": editing.add,
    "save": editing.put,
    "up": lambda found, path, _block: editing.move(found, path, -1),
    "down": lambda found, path, _block: editing.move(found, path, 1),
    "copy": lambda found, path, _block: editing.copy(found, path),
    "remove": lambda found, path, _block: editing.remove(found, path),
}
_SAID: Final[dict[str, Callable[[], str]]] = {
    "add": lambda: _("Added."),
    "save": lambda: _("Kept."),
    "up": lambda: _("Moved up."),
    "down": lambda: _("Moved down."),
    "copy": lambda: _("Copied."),
    "remove": lambda: _("Taken away. Undo brings it back."),
}
_FOCUS: Final[dict[str, Callable[[str], str]]] = {
    "add": lambda path: f"s-{path}",
    "save": lambda path: f"s-{path}",
    "up": lambda path: f"up-{editing.following(path, -1)}",
    "down": lambda path: f"down-{editing.following(path)}",
    "copy": lambda path: f"s-{editing.following(path)}",
    "remove": lambda path: f"g-{path}",
}


@staff_page("letters")
@writes
def head(request: StaffRequest, slug: str) -> HttpResponseBase:
    given = request.POST

    def change(letter: Letter) -> Letter:
        subject, preheader = (one_line(given.get(name, ""))[:300] for name in ("subject", "preheader"))
        return replace(
            letter, subject=subject, preheader=preheader, unsubscribe=bool(given.get("unsubscribe"))
        )

    return _change(request, slug, change, _("Kept."), lambda: "h-save")


@staff_page("letters")
@writes
def fields(request: StaffRequest, slug: str) -> HttpResponseBase:
    """What stands there when a client has no value; the values themselves come as ``default-…``."""
    return _change(request, slug, lambda letter: letter, _("Kept."), lambda: "f-save")


@staff_page("letters")
@writes
def source(request: StaffRequest, slug: str) -> HttpResponseBase:
    """MJML by hand; what can be read as blocks is blocks again."""
    typed = str(request.POST.get("source", ""))[:LONGEST].replace("\r\n", "\n")

    def change(letter: Letter) -> Letter:
        try:
            return replace(letter, blocks=from_mjml(typed), source=None, text="")
        except NotBlocks:
            return replace(letter, blocks=(), source=typed, text="")

    return _change(request, slug, change, _("Kept."))


@staff_page("letters")
@writes
def beginning(request: StaffRequest, slug: str) -> HttpResponseBase:
    """A language begins with the blocks of the other one, or with a greeting."""
    asked = _asked(request)
    draft = content.letter_draft(slug)
    others = [each for code, each in letters_of(draft.body).by_language.items()] if draft else []
    source = next((each for each in others if not each.is_blank), None)

    def change(letter: Letter) -> Letter:
        if not letter.is_blank:
            return letter
        return source if source is not None else begun(asked.language)

    return _change(request, slug, change, _("These are the words of the other language. Write them anew."))


@staff_page("letters")
@writes
def history(request: StaffRequest, slug: str) -> HttpResponseBase:
    back = request.POST.get("way") != "forth"
    with _meanwhile():
        draft = actions.step_letter(_writing(request, slug), -1 if back else 1)
    asked = _asked(request)
    said = _("Undone.") if back else _("Done again.")
    return _show(request, slug, draft, replace(asked, at="undo" if back else "redo"), said)


@staff_page("letters")
@writes
def mending(request: StaffRequest, slug: str) -> HttpResponseBase:
    """What one click can mend of what was said; ``fix`` names it by place and code."""
    place, _colon, code = request.POST.get("fix", "").partition(":")

    def change(letter: Letter) -> Letter:
        found = hints(letter)
        at = number(place)
        if at is None or at >= len(found) or found[at].code != code:
            raise NoSuchBlock(place)
        return mend(letter, found[at])

    return _change(request, slug, change, _("Mended. Undo brings the old words back."), lambda: "h-hints")


@require_safe
@staff_page("letters")
def frame(request: StaffRequest, slug: str) -> HttpResponseBase:
    """The mail itself as it is written now, by day or in the dark, in a frame that can do nothing."""
    asked = _asked(request)
    found = _letter(slug, asked)
    try:
        mail = letter_as_seen(found.mail(asked.language), asked.client, request.visit.now)
    except (TemplateRefused, MailRefused) as refusal:
        raise Http404 from refusal
    return framed(mail.html.replace(THEME, DARK if asked.view == "dark" else LIGHT), ours=True)


def _letter(slug: str, asked: Asked) -> Letter:
    draft = content.letter_draft(slug)
    found = letters_of(draft.body) if draft else content.letters_of_template(slug)
    letter = found.of(asked.language)
    if letter.is_blank:
        letter = next((each for each in found.by_language.values() if not each.is_blank), letter)
    if letter.is_blank:
        raise Http404
    return letter


@require_POST
@staff_page("letters")
def test(request: StaffRequest, slug: str) -> HttpResponseBase:
    """To whoever asks; outside a transaction, for somebody else's server may take its time."""
    if not request.user.may_set_up:
        return refused(request, _("You may look at everything here, but not change it. Ask an owner."))
    asked = _asked(request)
    to = MailAddress(request.user.email, request.user.name)
    try:
        mail = _letter(slug, asked).mail(asked.language)
        trouble = send_letter_test(mail, asked.client, to, request.visit.now)
    except (TemplateRefused, MailRefused) as refusal:
        trouble = str(refusal)
    if trouble:
        messages.error(request, _("The test could not be sent: %(trouble)s") % {"trouble": trouble})
    else:
        messages.success(request, _("A test is on its way to %(mail)s.") % {"mail": request.user.email})
    return redirect(asked.url(slug))


@staff_page("letters")
@writes
def publication(request: StaffRequest, slug: str) -> HttpResponseBase:
    """From the next message on; who waits in a journey gets the new words too. A broadcast's go into it."""
    if request.user.is_helper and (place_of(slug) or content.template(slug)):
        raise Sorry(_("These words are in use. You prepare others; ask an owner to publish them."))
    if place := place_of(slug):
        return _taken(request, slug, *place)
    try:
        with _meanwhile():
            made = actions.publish_letter(_writing(request, slug))
    except LetterRefused as refusal:
        raise Sorry(_not_yet(slug, refusal)) from refusal
    said = _("In use from the next message on.") if made else _("Nothing was changed, so nothing is new.")
    messages.success(request, said)
    return redirect("web:letter", slug) if content.template(slug) else redirect("web:letters")


def _taken(request: StaffRequest, slug: str, broadcast: int, variant: int) -> HttpResponseBase:
    with _meanwhile():
        take_blocks(broadcast_id=broadcast, variant=variant, writing=_writing(request, slug))
    messages.success(request, _("The words are in the broadcast. Nothing has gone out."))
    return redirect("web:broadcast", broadcast)


def _not_yet(slug: str, refusal: LetterRefused) -> str:
    draft = content.letter_draft(slug)
    found = letters_of(draft.body) if draft else Letters()
    for each in found.by_language.values():
        if names := unanswered(each):
            said = _("Say first what stands there for somebody without a value: %(names)s.")
            return said % {"names": ", ".join(names)}
    every = [_(each.message) % each.params for troubles in refusal.problems.values() for each in troubles]
    return " ".join(every) or _("There are no words yet. Write some first.")


@staff_page("letters")
@writes
def removal(request: StaffRequest, slug: str) -> HttpResponseBase:
    with _meanwhile():
        actions.put_away_letter(_writing(request, slug))
    messages.success(request, _("The draft is gone. What is in use stays as it is."))
    return redirect("web:broadcast", place[0]) if (place := place_of(slug)) else redirect("web:letters")
