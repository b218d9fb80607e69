"""Addresses of the land app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
