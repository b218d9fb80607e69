"""Columns of money and of fractions. 中文：金额字段"""

from __future__ import annotations

from typing import Any

from django.db import models


def yuan(label: Any, **more: Any) -> models.DecimalField:
    """A column of yuan and fen."""
    return models.DecimalField(label, max_digits=14, decimal_places=2, **more)


def percent(label: Any, **more: Any) -> models.DecimalField:
    """A column of per cent with four decimals, empty where the contract says nothing."""
    return models.DecimalField(label, max_digits=9, decimal_places=4, null=True, blank=True, **more)
