"""Addresses of stocktakes, labels, book values and inspection packs. 中文：清查盘点地址"""

from django.urls import path

from assets.views import book_values, packs, stock_lines, stock_prints, stocktakes

urlpatterns = [
    path("stocktakes/", stocktakes.StocktakeListView.as_view(), name="stocktakes"),
    path("stocktakes/new/", stocktakes.StocktakeNewView.as_view(), name="stocktake_new"),
    path("stocktakes/<int:pk>/", stocktakes.StocktakeView.as_view(), name="stocktake"),
    path("stocktakes/<int:pk>/end/", stocktakes.EndCountView.as_view(), name="stocktake_end"),
    path("stocktakes/<int:pk>/close/", stocktakes.CloseView.as_view(), name="stocktake_close"),
    path("stocktakes/<int:pk>/take-back/", stocktakes.TakeBackView.as_view(), name="stocktake_take_back"),
    path("stocktakes/<int:pk>/surplus/", stock_lines.SurplusView.as_view(), name="stock_surplus"),
    path("stocktakes/<int:pk>/sheet/", stock_prints.SheetView.as_view(), name="stock_sheet"),
    path("stocktakes/<int:pk>/labels/", stock_prints.CampaignLabelsView.as_view(), name="stock_labels"),
    path("stocktakes/<int:pk>/report/", stock_prints.ReportView.as_view(), name="stock_report"),
    path("stocktakes/lines/<int:pk>/", stock_lines.LineView.as_view(), name="stock_line"),
    path(
        "stocktakes/counts/<int:pk>/settle/<str:kind>/", stock_lines.SettleView.as_view(), name="stock_settle"
    ),
    path("assets/labels/", stock_prints.LedgerLabelsView.as_view(), name="asset_labels"),
    path("units/<int:pk>/book-value/", book_values.BookValueView.as_view(), name="book_value"),
    path("book-values/<int:pk>/take-back/", book_values.TakeBackView.as_view(), name="book_value_take_back"),
    path("assets/pack/", packs.PackNewView.as_view(), name="pack_new"),
    path("packs/", packs.PackListView.as_view(), name="packs"),
    path("packs/<int:pk>/", packs.PackView.as_view(), name="pack"),
    path("packs/<int:pk>/progress/", packs.PackProgressView.as_view(), name="pack_progress"),
    path("packs/<int:pk>/file/", packs.PackDownloadView.as_view(), name="pack_file"),
]
