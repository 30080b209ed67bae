"""Staff pages: the line, journeys, import, settings."""

from django.urls import path

from tactful.web.views import imports, journeys, late, line, people, recipes, settings, standing

urlpatterns = [
    path("line/", line.line, name="line"),
    path("line/new/", line.touchpoint_add, name="touchpoint_add"),
    path("line/<slug:slug>/", line.touchpoint, name="touchpoint"),
    path("journeys/", journeys.journeys, name="journeys"),
    path("journeys/<slug:slug>/", journeys.journey, name="journey"),
    path("journeys/<slug:slug>/definition.yaml", journeys.source, name="journey_source"),
    path("journeys/<slug:slug>/steps/<slug:step>/", standing.step, name="journey_step"),
    path("journeys/<slug:slug>/live/", journeys.live, name="journey_live"),
    path("journeys/<slug:slug>/rest/", journeys.rest, name="journey_rest"),
    path("journeys/<slug:slug>/mending/", journeys.mending, name="journey_mending"),
    path("journeys/<slug:slug>/departures/", standing.departures, name="journey_departures"),
    path("journeys/<slug:slug>/moves/", standing.moves, name="journey_moves"),
    path("journeys/<slug:slug>/pauses/", standing.pauses, name="journey_pauses"),
    path("journeys/<slug:slug>/resumptions/", standing.resumptions, name="journey_resumptions"),
    path("journeys/<slug:slug>/retries/", standing.retries, name="journey_retries"),
    path("journeys/<slug:slug>/versions/<int:number>/", standing.version, name="journey_version"),
    path("late/", late.late, name="late"),
    path("late/decisions/", late.decisions, name="late_decisions"),
    path("recipes/", recipes.library, name="recipes"),
    path("recipes/<slug:slug>/", recipes.recipe, name="recipe"),
    path("import/", imports.start, name="import"),
    path("import/columns/", imports.mapping, name="import_mapping"),
    path("import/runs/", imports.bring_in, name="import_start"),
    path("import/<id:pk>/", imports.import_run, name="import_run"),
    path("import/<id:pk>/refused.csv", imports.refused, name="import_refused"),
    path("settings/business/", settings.business, name="settings_business"),
    path("settings/quiet/", settings.quiet, name="settings_quiet"),
    path("settings/caps/", settings.caps, name="settings_caps"),
    path("settings/mail/", settings.mail, name="settings_mail"),
    path("settings/mail/test/", settings.mail_test, name="settings_mail_test"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/<id:pk>/", people.person, name="person"),
    path("settings/people/<id:pk>/password/", people.new_password, name="person_password"),
    path("settings/people/<id:pk>/departure/", people.departure, name="person_departure"),
    path("settings/people/<id:pk>/return/", people.comeback, name="person_return"),
    path("me/", people.account, name="account"),
]
