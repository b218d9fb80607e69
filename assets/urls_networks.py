"""Addresses of roads, water works, relocation sites and own facts. 中文：专项台账地址"""

from django.urls import path

from assets.views import networks, own

urlpatterns = [
    path("roads/", networks.RoadListView.as_view(), name="roads"),
    path("roads/villages/", networks.VillageListView.as_view(), name="road_villages"),
    path("water-works/", networks.WaterListView.as_view(), name="water_works"),
    path("relocation-sites/", networks.SiteListView.as_view(), name="relocation_sites"),
    path("relocation-sites/new/", own.SiteNewView.as_view(), name="relocation_site_new"),
    path("units/<int:pk>/own/<slug:key>/", own.OwnView.as_view(), name="own_facts"),
    path("units/<int:pk>/own/<slug:key>/<int:row>/strike/", own.StrikeView.as_view(), name="own_strike"),
    path("units/<int:pk>/zone-permit/", own.PermitView.as_view(), name="zone_permit"),
    path("divisions/<int:pk>/centre/", own.CentreView.as_view(), name="division_centre"),
]
