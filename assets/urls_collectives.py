"""Addresses of income over years: collectives against their targets, yields of assets. 中文：分年度收入"""

from django.urls import path

from assets.income.views import books, collectives

urlpatterns = [
    path("income/books/", books.BooksView.as_view(), name="books"),
    path("income/books/export.xlsx", books.BooksExportView.as_view(), name="books_export"),
    path("income/collectives/", collectives.CollectivesView.as_view(), name="collectives"),
    path(
        "income/collectives/export.xlsx",
        collectives.CollectivesExportView.as_view(),
        name="collectives_export",
    ),
    path("income/collectives/<int:pk>/", collectives.CollectiveView.as_view(), name="collective"),
    path("income/collectives/<int:pk>/target/", collectives.TargetView.as_view(), name="collective_target"),
    path("income/collectives/<int:pk>/state/", collectives.StateView.as_view(), name="collective_state"),
    path("income/stated/<int:pk>/take-back/", collectives.TakeBackView.as_view(), name="stated_take_back"),
    path("income/yields/", collectives.YieldsView.as_view(), name="yields"),
    path("income/yields/export.xlsx", collectives.YieldsExportView.as_view(), name="yields_export"),
]
