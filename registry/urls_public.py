"""Addresses that need no sign-in: the public site."""

from django.contrib.auth.decorators import login_not_required
from django.urls import path

from registry.views import public

urlpatterns = [
    path("public/", login_not_required(public.PublicView.as_view()), name="public"),
    path(
        "public/notices/<int:pk>/",
        login_not_required(public.PublicNoticeView.as_view()),
        name="public_notice",
    ),
]
