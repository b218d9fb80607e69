"""Importers: one mechanism for every file that comes in."""

from .base import Importer, all_importers, get, register

__all__ = ["Importer", "all_importers", "get", "register"]
