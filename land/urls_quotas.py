"""Addresses of quotas, approvals and balances. 中文：指标与平衡"""

from django.urls import path

from land.views import (
    approvals,
    compensation,
    designations,
    ledger_files,
    linkage,
    occupations,
    quotas,
    supplements,
)

urlpatterns = [
    path("quotas/", quotas.QuotaListView.as_view(), name="quotas"),
    path("quotas/ledgers/", ledger_files.LedgerFilesView.as_view(), name="quota_ledgers"),
    path(
        "quotas/ledgers/<slug:key>.<slug:form>",
        ledger_files.LedgerFileView.as_view(),
        name="quota_ledger_file",
    ),
    path("quotas/new/", quotas.QuotaNewView.as_view(), name="quota_new"),
    path("quotas/<int:pk>/", quotas.QuotaView.as_view(), name="quota"),
    path("quotas/<int:pk>/move/", quotas.QuotaMoveView.as_view(), name="quota_move"),
    path(
        "quota-entries/<int:pk>/take-back/",
        quotas.EntryTakeBackView.as_view(),
        name="quota_entry_take_back",
    ),
    path("land-approvals/", approvals.ApprovalListView.as_view(), name="land_approvals"),
    path("land-approvals/new/", approvals.ApprovalNewView.as_view(), name="land_approval_new"),
    path("land-approvals/<int:pk>/", approvals.ApprovalView.as_view(), name="land_approval"),
    path("land-approvals/<int:pk>/charge/", approvals.ChargeView.as_view(), name="land_approval_charge"),
    path(
        "land-approvals/<int:pk>/give-back/",
        approvals.GiveBackView.as_view(),
        name="land_approval_give_back",
    ),
    path(
        "land-approvals/<int:pk>/take-back/",
        approvals.ApprovalTakeBackView.as_view(),
        name="land_approval_take_back",
    ),
    path("compensation/", compensation.CompensationView.as_view(), name="compensation"),
    path("compensation/caps/new/", compensation.CapNewView.as_view(), name="supplement_cap_new"),
    path("compensation/in-out/new/", compensation.InOutNewView.as_view(), name="in_out_new"),
    path(
        "compensation/in-out/<int:pk>/take-back/",
        compensation.InOutTakeBackView.as_view(),
        name="in_out_take_back",
    ),
    path("compensation/occupations/", occupations.OccupationListView.as_view(), name="occupations"),
    path("compensation/occupations/new/", occupations.OccupationNewView.as_view(), name="occupation_new"),
    path("compensation/occupations/<int:pk>/", occupations.OccupationView.as_view(), name="occupation"),
    path(
        "compensation/occupations/<int:pk>/exemption/",
        occupations.ExemptionView.as_view(),
        name="occupation_exempt",
    ),
    path("compensation/occupations/<int:pk>/use/", occupations.UseView.as_view(), name="occupation_use"),
    path(
        "compensation/occupations/<int:pk>/take-back/",
        occupations.OccupationTakeBackView.as_view(),
        name="occupation_take_back",
    ),
    path(
        "compensation/uses/<int:pk>/take-back/",
        occupations.UseTakeBackView.as_view(),
        name="supplement_use_take_back",
    ),
    path("compensation/supplements/", supplements.SupplementListView.as_view(), name="supplements"),
    path("compensation/supplements/new/", supplements.SupplementNewView.as_view(), name="supplement_new"),
    path("compensation/supplements/<int:pk>/", supplements.SupplementView.as_view(), name="supplement"),
    path(
        "compensation/supplements/<int:pk>/accept/",
        supplements.AcceptView.as_view(),
        name="supplement_accept",
    ),
    path(
        "compensation/supplements/<int:pk>/take-back/",
        supplements.SupplementTakeBackView.as_view(),
        name="supplement_take_back",
    ),
    path("compensation/basic-farmland/", designations.DesignationListView.as_view(), name="designations"),
    path(
        "compensation/basic-farmland/new/", designations.DesignationNewView.as_view(), name="designation_new"
    ),
    path("compensation/basic-farmland/<int:pk>/", designations.DesignationView.as_view(), name="designation"),
    path(
        "compensation/basic-farmland/<int:pk>/take-back/",
        designations.DesignationTakeBackView.as_view(),
        name="designation_take_back",
    ),
    path("linkage/", linkage.LinkageListView.as_view(), name="linkage"),
    path("linkage/new/", linkage.LinkageNewView.as_view(), name="linkage_new"),
    path("linkage/<int:pk>/", linkage.LinkageView.as_view(), name="linkage_project"),
    path("linkage/<int:pk>/plot/", linkage.PlotNewView.as_view(), name="linkage_plot_new"),
    path("linkage/<int:pk>/accept/", linkage.ReclaimedView.as_view(), name="linkage_accept"),
    path("linkage/<int:pk>/sell/", linkage.SaleView.as_view(), name="linkage_sell"),
    path("linkage/<int:pk>/keep/", linkage.KeepView.as_view(), name="linkage_keep"),
    path("linkage/<int:pk>/take-back/", linkage.LinkageTakeBackView.as_view(), name="linkage_take_back"),
    path(
        "linkage/plots/<int:pk>/take-back/",
        linkage.PlotTakeBackView.as_view(),
        name="linkage_plot_take_back",
    ),
    path(
        "linkage/surplus/<int:pk>/take-back/",
        linkage.MoveTakeBackView.as_view(),
        name="surplus_take_back",
    ),
]
