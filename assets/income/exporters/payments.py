"""The batch file that the bank takes: one payment a row. 中文：银行批量付款文件"""

from __future__ import annotations

import csv
import io

from assets.models import Distribution, Payment

HEAD = ("序号", "收款户名", "收款账号", "金额", "附言")


def bank_file(distribution: Distribution) -> bytes:
    """Payments of a distribution that wait at the bank, as CSV that spreadsheets open."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(HEAD)
    waiting = Payment.objects.in_force().filter(line__distribution=distribution, state="ordered")
    for nth, payment in enumerate(waiting.order_by("pk"), start=1):
        number = f"\t{payment.account_number}"  # a text to spreadsheets: they would round its digits
        rows.writerow([nth, payment.account_name, number, f"{payment.amount:.2f}", payment.run])
    return out.getvalue().encode("utf-8-sig")
