"""Addresses of the land registers: a list each, and the forms of a row."""

from django.urls import path

from land.registers import REGISTERS
from land.views import registers

LISTS = dict(registers.list_views())
urlpatterns = [
    *(
        path(f"land/{register.key}/", LISTS[register.url_name].as_view(), name=register.url_name)
        for register in REGISTERS
    ),
    path("land/<slug:register>/new/", registers.RowNewView.as_view(), name="land_row_new"),
    path("land/<slug:register>/<int:pk>/", registers.RowChangeView.as_view(), name="land_row"),
    path("land/<slug:register>/<int:pk>/strike/", registers.RowStrikeView.as_view(), name="land_row_strike"),
]
