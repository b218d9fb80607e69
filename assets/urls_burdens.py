"""Addresses of insurance policies and loans. 中文：保险与贷款"""

from django.urls import path

from assets.income.views import burdens

urlpatterns = [
    path("income/burdens/", burdens.BurdensView.as_view(), name="burdens"),
    path("income/loans/<int:pk>/repaid/", burdens.RepaidView.as_view(), name="loan_repaid"),
    path(
        "income/burdens/<str:kind>/<int:pk>/take-back/",
        burdens.TakeBackView.as_view(),
        name="burden_take_back",
    ),
    path("units/<int:pk>/insurance/", burdens.PolicyView.as_view(), name="insurance_new"),
    path("units/<int:pk>/loan/", burdens.LoanView.as_view(), name="loan_new"),
]
