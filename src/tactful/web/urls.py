"""Staff pages."""

from tactful.web.urls_more import urlpatterns as more

app_name = "web"
urlpatterns = [
    *more,
]
