"""Client pages. Every address carries a personal token."""

from django.urls import path

from tactful.portal import consent, views

app_name = "portal"
urlpatterns = [
    path("why/<str:token>/", views.why, name="why"),
    path("why/<str:token>/pause/", views.pause, name="pause"),
    path("why/<str:token>/talk/", views.talk, name="talk"),
    path("unsubscribe/<str:token>/", views.unsubscribe, name="unsubscribe"),
    path("unsubscribe/<str:token>/undo/", views.unsubscribe_undo, name="unsubscribe_undo"),
    path("preferences/<str:token>/", views.preferences, name="preferences"),
    path("preferences/<str:token>/none/", views.preferences_none, name="preferences_none"),
    path("preferences/<str:token>/erasure/", views.erasure, name="erasure"),
    path("news/", consent.ask_for_news, name="news"),
    path("confirm/<str:token>/", consent.confirm, name="confirm"),
    path("documents/<str:token>/", views.documents, name="documents"),
    path("documents/<str:token>/sent/", views.documents_sent, name="documents_sent"),
]
