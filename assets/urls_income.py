"""Addresses of contracts and distributions. 中文：合同与分配"""

from django.urls import path

from assets.income.views import completing, contracts, payments, pools

urlpatterns = [
    path("contracts/", contracts.ContractListView.as_view(), name="contracts"),
    path("contracts/new/", contracts.ContractNewView.as_view(), name="contract_new"),
    path("contracts/<int:pk>/", contracts.ContractView.as_view(), name="contract"),
    path("contracts/<int:pk>/sign/", contracts.SignView.as_view(), name="contract_sign"),
    path("contracts/<int:pk>/amend/", contracts.AmendView.as_view(), name="contract_amend"),
    path("contracts/<int:pk>/terminate/", contracts.TerminateView.as_view(), name="contract_terminate"),
    path("contracts/<int:pk>/dunning/", contracts.DunningView.as_view(), name="contract_dunning"),
    path(
        "contracts/<int:pk>/dues/<int:due>/write-off/", contracts.WriteOffView.as_view(), name="due_write_off"
    ),
    path("contracts/<int:pk>/complete/", completing.CompleteView.as_view(), name="contract_complete"),
    path("units/<int:pk>/benefit-link/", completing.LinkView.as_view(), name="benefit_link"),
    path("contracts/<int:pk>/declare/", payments.DeclareView.as_view(), name="contract_declare"),
    path("distributions/<int:pk>/pay/", payments.OrderView.as_view(), name="distribution_pay"),
    path("distributions/<int:pk>/result/", payments.ResultView.as_view(), name="distribution_result"),
    path("distributions/<int:pk>/bank.csv", payments.BankFileView.as_view(), name="distribution_bank_file"),
    path("pools/", pools.PoolListView.as_view(), name="pools"),
    path("pools/new/", pools.PoolNewView.as_view(), name="pool_new"),
    path("pools/<int:pk>/", pools.PoolView.as_view(), name="pool"),
    path("pools/<int:pk>/entry/", pools.EntryView.as_view(), name="pool_entry"),
    path("pools/<int:pk>/settle/", pools.SettleView.as_view(), name="pool_settle"),
    path("distributions/<int:pk>/", pools.DistributionView.as_view(), name="distribution"),
    path("distributions/<int:pk>/approve/", pools.ApproveView.as_view(), name="distribution_approve"),
    path("pools/<int:pk>/plan/", pools.PlanView.as_view(), name="distribution_new"),
]
