"""The real addresses; what a page links to and is not there yet is answered by nothing."""

from django.urls import include, path

from tactful.config.urls import urlpatterns as house
from tactful.web import urls
from tactful.web.tests.urls import WEB, _nothing

_there = {getattr(each, "name", "") for each in urls.urlpatterns}
_missing = [
    path(f"stub/{pattern}", _nothing, name=name) for name, pattern in WEB.items() if name not in _there
]
_web = ([*urls.urlpatterns, *_missing], "web")
urlpatterns = [*(each for each in house if "web.urls" not in repr(each)), path("", include(_web))]
