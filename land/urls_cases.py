"""Addresses of enforcement cases and of boundary points."""

from django.urls import path

from land.views import case_acts, cases

urlpatterns = [
    path("cases/", cases.CaseListView.as_view(), name="cases"),
    path("cases/clues/<int:pk>/", case_acts.CaseCluesView.as_view(), name="case_clues"),
    path("cases/pictures/<int:pk>/", case_acts.CasePictureView.as_view(), name="case_picture"),
    path("cases/<int:key>/", cases.CaseView.as_view(), name="case"),
    path("cases/<int:key>/<slug:act>/", case_acts.CaseActView.as_view(), name="case_act"),
    path(
        "units/<int:unit>/boundary-points.txt",
        case_acts.BoundaryPointsView.as_view(),
        name="boundary_points",
    ),
]
