"""Addresses of money: accounts, statements, matching, month-end, reports. 中文：收支对账"""

from django.urls import path

from assets.income.views import matching, money, money_acts, months, reports

urlpatterns = [
    path("money/", money.MoneyView.as_view(), name="money"),
    path("money/accounts/new/", money.AccountNewView.as_view(), name="bank_account_new"),
    path("money/accounts/<int:pk>/", money.AccountView.as_view(), name="bank_account"),
    path("money/accounts/<int:pk>/statement/", money.StatementNewView.as_view(), name="statement_new"),
    path("money/accounts/<int:pk>/match/", money.MatchRunView.as_view(), name="match_run"),
    path("money/accounts/<int:pk>/matching/", matching.MatchingView.as_view(), name="matching"),
    path("money/accounts/<int:pk>/months/<str:month>/", months.MonthView.as_view(), name="month_end"),
    path(
        "money/accounts/<int:pk>/months/<str:month>/close/",
        months.MonthCloseView.as_view(),
        name="month_close",
    ),
    path(
        "money/accounts/<int:pk>/months/<str:month>/vouchers.xlsx",
        months.VouchersView.as_view(),
        name="vouchers",
    ),
    path("money/closes/<int:pk>/reopen/", months.ReopenView.as_view(), name="month_reopen"),
    path("money/lines/<int:pk>/", matching.LineView.as_view(), name="bank_line"),
    path("money/lines/<int:pk>/settle/", matching.SettleView.as_view(), name="line_settle"),
    path("money/matches/<int:pk>/undo/", matching.UndoView.as_view(), name="match_undo"),
    path("money/cash/", money_acts.CashView.as_view(), name="cash"),
    path("money/cash/<int:pk>/paid-in/", money_acts.PaidInView.as_view(), name="cash_paid_in"),
    path("money/matches/<int:pk>/use/", money_acts.AdvanceView.as_view(), name="advance_use"),
    path("money/accounts/<int:pk>/stop/", money_acts.StopView.as_view(), name="account_stop"),
    path("money/cash/new/", money.CashNewView.as_view(), name="cash_new"),
    path("money/reports/", reports.ReportView.as_view(), name="money_report"),
    path("money/reports/export.xlsx", reports.ReportExportView.as_view(), name="money_report_export"),
    path("money/reports/<int:key>/", reports.ReportLinesView.as_view(), name="money_report_lines"),
    path("money/arrears/", reports.ArrearsView.as_view(), name="arrears"),
    path("money/arrears/export.xlsx", reports.ArrearsExportView.as_view(), name="arrears_export"),
]
