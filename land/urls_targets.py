"""Addresses of targets, chiefs and pledges."""

from django.urls import path

from land.views import targets

urlpatterns = [
    path("targets/", targets.TargetsView.as_view(), name="targets"),
    path("targets/<int:pk>/", targets.TargetPlaceView.as_view(), name="target_place"),
    path("targets/<int:pk>/set/", targets.TargetSetView.as_view(), name="target_set"),
    path("targets/<int:pk>/chief/", targets.ChiefNewView.as_view(), name="chief_new"),
    path("targets/<int:pk>/chief/end/", targets.ChiefEndView.as_view(), name="chief_end"),
    path("targets/<int:pk>/pledge/", targets.PledgeNewView.as_view(), name="pledge_new"),
    path("targets/pledges/<int:pk>/withdraw/", targets.PledgeWithdrawView.as_view(), name="pledge_withdraw"),
]
