"""Pages of the demo; ``config.urls`` leaves them out of every other instance."""

from django.urls import path

from tactful.demo import views

app_name = "demo"
urlpatterns = [
    path("postbox/", views.postbox, name="postbox"),
    path("postbox/new/", views.write, name="write"),
    path("postbox/<int:number>/", views.letter, name="letter"),
    path("postbox/<int:number>/body/", views.body, name="body"),
    path("postbox/<int:number>/answer/", views.answer, name="answer"),
    path("next-morning/", views.next_morning, name="next_morning"),
]
