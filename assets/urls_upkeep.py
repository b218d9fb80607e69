"""Addresses of upkeep: what is due, inspections, repairs, plans, standards, scores, costs."""

from django.urls import path

from assets.views import due, inspecting, plans, repair_acts, repairs, upkeep_sums

urlpatterns = [
    path("inspections/", due.DueListView.as_view(), name="inspections_due"),
    path("inspections/tasks.xlsx", due.TasksView.as_view(), name="inspection_tasks"),
    path("inspections/calendar/", due.CalendarView.as_view(), name="inspections_calendar"),
    path("inspections/record/", due.RecordManyView.as_view(), name="inspections_record_many"),
    path("inspections/round/", inspecting.RoundView.as_view(), name="inspections_round"),
    path("inspections/send/", inspecting.send, name="inspection_send"),
    path("inspections/worker.js", inspecting.worker, name="inspections_worker"),
    path("inspections/<int:pk>/", inspecting.InspectionPage.as_view(), name="inspection"),
    path("units/<int:pk>/inspection/", inspecting.InspectionView.as_view(), name="record_inspection"),
    path("units/<int:pk>/plan/", plans.UnitPlanView.as_view(), name="unit_plan"),
    path("units/<int:pk>/terms/", plans.TermsView.as_view(), name="upkeep_terms"),
    path("units/<int:pk>/repair/", repair_acts.OrderView.as_view(), name="repair_order"),
    path("units/<int:pk>/put-off/", repair_acts.PutOffDefectView.as_view(), name="defect_put_off"),
    path("repairs/", repairs.RepairListView.as_view(), name="repairs"),
    path("repairs/<int:pk>/", repairs.RepairPage.as_view(), name="repair"),
    path("repairs/<int:pk>/done/", repair_acts.DoneView.as_view(), name="repair_done"),
    path("repairs/<int:pk>/check/", repair_acts.CheckView.as_view(), name="repair_check"),
    path("repairs/<int:pk>/put-off/", repair_acts.PutOffView.as_view(), name="repair_put_off"),
    path("repairs/<int:pk>/strike/", repair_acts.StrikeView.as_view(), name="repair_strike"),
    path("upkeep/villages/", upkeep_sums.VillagesView.as_view(), name="upkeep_villages"),
    path("upkeep/ledger.xlsx", upkeep_sums.UpkeepLedgerView.as_view(), name="upkeep_ledger"),
    path("upkeep/costs/", upkeep_sums.CostListView.as_view(), name="upkeep_costs"),
    path("upkeep/standards/", plans.StandardListView.as_view(), name="upkeep_standards"),
    path("upkeep/standards/new/", plans.StandardNewView.as_view(), name="upkeep_standard_new"),
    path("upkeep/standards/<int:pk>/", plans.StandardView.as_view(), name="upkeep_standard"),
    path("upkeep/plans/", plans.PlanListView.as_view(), name="inspection_plans"),
    path("upkeep/plans/new/", plans.PlanNewView.as_view(), name="inspection_plan_new"),
    path("upkeep/plans/<int:pk>/end/", plans.PlanEndView.as_view(), name="inspection_plan_end"),
]
