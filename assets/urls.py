"""Addresses of the assets app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
