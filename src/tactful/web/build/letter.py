"""One letter as it is written: its blocks, its fields, what a colleague would say, and how it looks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tactful.broadcasts import queries as broadcasts
from tactful.broadcasts.rules.slugs import place_of
from tactful.contacts import queries as contacts
from tactful.content import queries as content
from tactful.content.queries import LetterDraft
from tactful.content.rules.letters import editing
from tactful.content.rules.letters.blocks import INSIDE, KINDS, Block
from tactful.content.rules.letters.hints import WHY_NOT, Hint, hints
from tactful.content.rules.letters.letter import (
    LANGUAGES,
    OURS,
    OURSELVES,
    Letter,
    Letters,
    letters_of,
    names_used,
    problems,
    undeclared,
    why_source,
)
from tactful.content.types import MailRefused, Problem, TemplateRefused
from tactful.web.forms.broadcasts import LANGUAGE_NAMES
from tactful.web.forms.letters import controls, field_name, kind_name, summary
from tactful.web.letter_form import Posted
from tactful.web.pages.letters import BlockForm, BlockRow, FieldRow, Gap, HintRow, LetterPage, Preview
from tactful.web.templatetags.tactful import near
from tactful.web.types import Act, Link, Tab
from tactful.web.visit import Visit
from tactful.web.words import capital
from tactful.wiring.broadcasts import letter_as_seen

FOUND = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. ``view``: phone, desk or dark. ``typed``: what the open form was sent with
    and could not be kept."""

    language: str = "nb"
    edit: str = ""
    add: str = ""
    kind: str = ""
    view: str = "phone"
    client: int | None = None
    q: str = ""
    tab: str = ""
    at: str = ""
    typed: Posted | None = None

    def url(self, slug: str, name: str = "letter", **other: object) -> str:
        given = {"l": self.language, "view": self.view, "client": self.client or "", "tab": self.tab, **other}
        asked = urlencode({key: value for key, value in given.items() if value != ""})
        return f"{reverse(f'web:{name}', args=[slug])}?{asked}"


def asked_of(given: Mapping[str, str], usual: str) -> Asked:
    def one(name: str, among: Sequence[str], otherwise: str) -> str:
        value = given.get(name, "")
        return value if value in among else otherwise

    client = given.get("client", "")
    return Asked(
        language=one("l", LANGUAGES, usual if usual in LANGUAGES else "en"),
        edit=given.get("edit", "")[:12],
        add=given.get("add", "")[:12],
        kind=one("kind", tuple(KINDS), ""),
        view=one("view", ("phone", "desk", "dark"), "phone"),
        client=int(client) if client.isdecimal() and len(client) < 19 else None,
        q=given.get("q", "").strip()[:200],
        tab=one("tab", ("source",), ""),
        at=given.get("at", "")[:20],
    )


def letter_page(
    slug: str, draft: LetterDraft | None, asked: Asked, visit: Visit, said: str = ""
) -> LetterPage:
    letters = letters_of(draft.body) if draft else content.letters_of_template(slug)
    if draft is None and not letters.of(asked.language).blocks and letters.of(asked.language).source is None:
        asked = replace(asked, language=next(iter(letters.by_language), asked.language))
    letter, other = letters.of(asked.language), letters.of(_other(asked.language))
    named, place = draft or content.template(slug), place_of(slug)
    page = LetterPage(
        slug=slug,
        name=(named.name_nb if visit.language == "nb" else named.name_en) if named else slug,
        language=asked.language,
        languages=tuple(_languages(slug, letters, asked)),
        sentence=_sentence(draft, visit),
        back=_back(place),
        use=_("Take it into the broadcast") if place else _("Put it to use"),
        news=place is not None,
        begin=draft is None and visit.user.may_set_up,
        subject=letter.subject,
        preheader=letter.preheader,
        unsubscribe=letter.unsubscribe,
        problems=tuple(_problem_words(each) for each in problems(letter, asked.language))
        if not letter.is_blank
        else (),
        preview=_preview(slug, letter, asked, visit),
    )
    return (
        page if draft is None or not visit.user.may_set_up else _open(page, draft, letter, other, asked, said)
    )


def _open(
    page: LetterPage, draft: LetterDraft, letter: Letter, other: Letter, asked: Asked, said: str
) -> LetterPage:
    can_undo, can_redo = content.steps_of(draft)
    is_source = letter.source is not None or asked.tab == "source"
    why = why_source(letter) if letter.source is not None else None
    found = hints(letter)
    words = _Words(page.slug, asked, editing.beside(letter.blocks, other.blocks), found, bool(other.blocks))
    return replace(
        page,
        revision=draft.revision,
        said=said,
        can_undo=can_undo,
        can_redo=can_redo,
        tabs=_tabs(page.slug, asked, is_source, blocks=why is None),
        rows=() if is_source else words.rows(letter.blocks, ""),
        last=None if is_source else words.gap(str(len(letter.blocks))),
        source=letter.mjml() if is_source else None,
        why_source=_why(why.code, why.params) if why else "",
        blank_from=_copy_from(letter, other, asked),
        fields=tuple(_fields(letter)),
        offered=tuple(_offered(letter, asked.language, broadcasts.fields() if page.news else ())),
        hints=tuple(_hint_row(place, hint, page.slug, asked) for place, hint in enumerate(found)),
        focus=asked.at,
    )


def _back(place: tuple[int, int] | None) -> Link:
    if place is None:
        return Link(_("Letters"), reverse("web:letters"))
    return Link(_("Broadcast"), reverse("web:broadcast", args=place[:1]))


def _why(code: str, params: Mapping[str, str]) -> str:
    return _(WHY_NOT[code]) % params if code in WHY_NOT else _("It holds more than blocks can say.")


def _other(language: str) -> str:
    return next(code for code in LANGUAGES if code != language)


def _sentence(draft: LetterDraft | None, visit: Visit) -> str:
    if draft is None:
        return _("This is what goes out now.")
    person = visit.person(draft.by)
    return _("%(name)s wrote in it %(when)s. Nothing of it goes out before it is put to use.") % {
        "name": person.name if person else _("Somebody"),
        "when": near(draft.at, visit.now),
    }


def _languages(slug: str, letters: Letters, asked: Asked) -> Iterator[Tab]:
    for code in LANGUAGES:
        name = capital(str(LANGUAGE_NAMES[code]))
        said = _("%(language)s: missing") % {"language": name} if letters.of(code).is_blank else name
        yield Tab(said, replace(asked, language=code, tab="").url(slug), current=code == asked.language)


def _tabs(slug: str, asked: Asked, is_source: bool, *, blocks: bool) -> tuple[Tab, ...]:
    source = Tab(_("As MJML"), replace(asked, tab="source").url(slug), current=is_source)
    if not blocks:
        return (source,)
    return (Tab(_("As blocks"), replace(asked, tab="").url(slug), current=not is_source), source)


def _copy_from(letter: Letter, other: Letter, asked: Asked) -> Link | None:
    if not letter.is_blank or other.is_blank:
        return None
    name = LANGUAGE_NAMES[_other(asked.language)]
    return Link(_("Begin with the blocks of the %(language)s letter") % {"language": name}, "")


def _fields(letter: Letter) -> Iterator[FieldRow]:
    known = {each.name: each for each in letter.variables}
    for name in names_used(letter):
        found = known.get(name)
        yield FieldRow(
            name, field_name(name), found.default if found else None, bool(found and found.required)
        )


def _offered(
    letter: Letter, language: str, counted: Iterable[tuple[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """``counted``: computed properties that may be named too, with their labels."""
    known = {each.name: each.default or "" for each in letter.variables if each.kind != "url"}
    ours = {"sender_name": OURSELVES[language], "business": OURSELVES[language]}
    for name in dict.fromkeys([*OURS, *known]):
        yield name, field_name(name), known.get(name) or ours.get(name, "")
    yield from ((name, label, "") for name, label in counted if name not in known)


def _hint_row(place: int, hint: Hint, slug: str, asked: Asked) -> HintRow:
    url = "" if hint.mends or not hint.path else asked.url(slug, edit=hint.path) + "#open"
    return HintRow(_(hint.message) % hint.params, f"{place}:{hint.code}" if hint.mends else "", url)


def _problem_words(each: Problem) -> str:
    return _(each.message) % each.params


@dataclass(frozen=True, slots=True)
class _Words:
    """The rows of a letter. ``beside``: the other language's blocks, by path."""

    slug: str
    asked: Asked
    beside: Mapping[str, Block]
    found: Sequence[Hint]
    both: bool

    def rows(self, blocks: Sequence[Block], before: str) -> tuple[BlockRow, ...]:
        return tuple(self._row(f"{before}{place}", block, len(blocks)) for place, block in enumerate(blocks))

    def _row(self, path: str, block: Block, count: int) -> BlockRow:
        place = int(path.rpartition(".")[2])
        return BlockRow(
            gap=self.gap(path),
            path=path,
            number=".".join(str(int(step) + 1) for step in path.split(".")),
            name=kind_name(block.kind),
            summary=summary(block),
            other=self._beside(path, block),
            form=self._form(path, block, "save")
            if self.asked.edit == path and block.kind != "columns"
            else None,
            up=place > 0,
            down=place < count - 1,
            hints=tuple(_(hint.message) % hint.params for hint in self.found if hint.path == path),
            columns=tuple(
                (
                    _("Column %(number)s") % {"number": column + 1},
                    self.rows(inside, f"{path}.{column}."),
                    self.gap(f"{path}.{column}.{len(inside)}"),
                )
                for column, inside in enumerate(block.columns)
            ),
        )

    def _beside(self, path: str, block: Block) -> str:
        other = self.beside.get(path)
        if not self.both or block.kind in ("divider", "spacer", "columns"):
            return ""
        name = capital(str(LANGUAGE_NAMES[_other(self.asked.language)]))
        if other is None:
            return _("%(language)s: nothing like it here") % {"language": name}
        return f"{name}: {summary(other)}"

    def _form(self, path: str, block: Block, act: str) -> BlockForm:
        asked = (
            controls(self.asked.typed.block, self.asked.typed.wrong) if self.asked.typed else controls(block)
        )
        return BlockForm(kind_name(block.kind), path, block.kind, act, asked, self._beside(path, block))

    def gap(self, path: str) -> Gap:
        label = pgettext("block", "Add something here")
        if self.asked.add != path:
            return Gap(path, label)
        if self.asked.kind and self.asked.kind != "columns":
            return Gap(path, label, (), self._form(path, editing.fresh(self.asked.kind), "add"))
        kinds = INSIDE if "." in path else tuple(KINDS)
        if place_of(self.slug):  # a personal link comes from a journey
            kinds = tuple(kind for kind in kinds if kind != "link")
        links = (
            Link(kind_name(kind), f"{self.asked.url(self.slug, add=path, kind=kind)}#open") for kind in kinds
        )
        return Gap(path, label, tuple(links))


def _preview(slug: str, letter: Letter, asked: Asked, visit: Visit) -> Preview | None:
    if letter.is_blank:
        return None
    trouble, subject = "", letter.subject
    try:
        subject = letter_as_seen(letter.mail(asked.language), asked.client, visit.now).subject
    except (TemplateRefused, MailRefused):
        trouble = _("It cannot be shown yet. What has to be mended stands above.")
    names = {"phone": _("Phone"), "desk": _("Desk"), "dark": _("Dark")}
    found = contacts.search(asked.q, limit=FOUND) if asked.q else ()
    test = Act(
        _("Send a test to %(address)s") % {"address": visit.user.email},
        reverse("web:letter_test", args=[slug]),
        fields=(("l", asked.language), ("client", str(asked.client or ""))),
    )
    return Preview(
        subject=subject,
        frame_url=asked.url(slug, "letter_frame"),
        views=tuple(
            Tab(
                name,
                replace(asked, view=view).url(slug, edit=asked.edit) + "#preview",
                current=view == asked.view,
            )
            for view, name in names.items()
        ),
        phone=asked.view != "desk",
        q=asked.q,
        who=next((line.name for line in contacts.lines([asked.client] if asked.client else [])), ""),
        found=tuple(Link(line.name, replace(asked, client=line.id).url(slug) + "#preview") for line in found),
        trouble=trouble,
        test=test if visit.user.may_set_up and not trouble else None,
    )


def unanswered(letter: Letter) -> list[str]:
    return [field_name(name) for name in undeclared(letter)]
