"""Every address of the house, the demo's among them, whatever the environment says."""

from django.urls import include, path

from tactful.config.urls import urlpatterns as house

urlpatterns = [path("demo/", include("tactful.demo.urls")), *house]
