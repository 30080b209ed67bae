"""Staff pages: the line, journeys, import, settings."""

from django.urls import path

from tactful.web.views import imports, line

urlpatterns = [
    path("line", line.line, name="line"),
    path("line/new", line.touchpoint_add, name="touchpoint_add"),
    path("line/<slug:slug>", line.touchpoint, name="touchpoint"),
    path("journeys", line.line, name="journeys"),
    path("journeys/<slug:slug>", line.touchpoint, name="journey"),
    path("import", imports.start, name="import"),
    path("import/columns", imports.mapping, name="import_mapping"),
    path("import/runs", imports.bring_in, name="import_start"),
    path("import/<int:pk>", imports.import_run, name="import_run"),
    path("import/<int:pk>/refused.csv", imports.refused, name="import_refused"),
    path("settings/business", line.line, name="settings_business"),
    path("account-mine", line.line, name="account"),
]
