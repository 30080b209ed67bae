"""The recipe library: what each journey does, for whom it is, what it needs, and when not to use it."""

from collections.abc import Iterable, Iterator, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from tactful.journeys import queries, recipes
from tactful.journeys.rules.definition import read
from tactful.journeys.sentences import StepLine, describe
from tactful.web.pages.journeys import RecipeRow, RecipesPage
from tactful.web.types import Act, Link
from tactful.web.visit import Visit


def recipes_page(visit: Visit) -> RecipesPage:
    """Those for the house's own trade come first, and of these the ones that are not in the house yet."""
    here = {line.journey.slug for line in queries.all_journeys()}
    rows = sorted((_row(slug, slug in here, visit) for slug in recipes.names()), key=lambda row: row.name)
    rows.sort(key=lambda row: (not row.ours, row.open is not None))
    ours = tuple(row for row in rows if row.ours)
    return RecipesPage(ours or tuple(rows), tuple(row for row in rows if not row.ours) if ours else ())


def _row(slug: str, is_here: bool, visit: Visit) -> RecipeRow:
    definition, notes, language = read(recipes.text(slug)), recipes.notes(slug), visit.language
    trades = _trades()
    take = Act(_("Take it in"), reverse("web:recipe", args=[slug]))
    return RecipeRow(
        slug=slug,
        name=definition.name.in_language(language),
        sentence=definition.about.in_language(language) if definition.about else "",
        trades=", ".join(trades[each] for each in notes.trades),
        steps=tuple(_steps(describe(definition, language))),
        needs=tuple(each.in_language(language) for each in notes.needs),
        tells=tuple((name, ", ".join(fields)) for name, fields in notes.tells.items()),
        when_not=notes.when_not.in_language(language),
        ours=visit.house.trade in notes.trades,
        act=take if visit.user.may_set_up and not is_here else None,
        open=Link(_("Open the journey"), reverse("web:journey", args=[slug])) if is_here else None,
    )


def _trades() -> Mapping[str, str]:
    return {
        "accounting": _("accounting"),
        "health": _("clinics"),
        "salon": _("salons"),
        "workshop": _("workshops"),
        "shop": _("shops"),
        "consulting": _("consulting"),
    }


def _steps(lines: Iterable[StepLine]) -> Iterator[str]:
    """The steps as sentences, in the order in which they stand."""
    for line in lines:
        if line.number:
            yield f"{line.verb} {line.what}".strip()
        for way in line.ways:
            yield from _steps(way.lines)
