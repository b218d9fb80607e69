"""Addresses of the maps app."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
