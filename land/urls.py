"""Addresses of the land app: the layers, what was set aside, and what became of the farmland."""

from django.urls import include, path

from land import urls_targets
from land.views import flow, layers, plan

urlpatterns = [
    path("layers/", layers.LayerListView.as_view(), name="layers"),
    path("layers/<int:pk>/", layers.LayerView.as_view(), name="layer"),
    path("", include("land.urls_cases")),
    path("", include("land.urls_registers")),
    path("farmland/", flow.FlowView.as_view(), name="farmland_flow"),
    path("farmland/audit/", plan.AuditView.as_view(), name="farmland_audit"),
    path("land/plan/<path:code>/", plan.PlanView.as_view(), name="land_plan"),
    path("", include("land.urls_quotas")),
    *urls_targets.urlpatterns,
]
