"""Rows as counties published them come in as they are. Source: public notices of the places named."""

from decimal import Decimal

import pytest

from projects.models import FundingLine, Project

pytestmark = pytest.mark.django_db
HEAD = "地区,项目名称,地点,建设内容_原文,资金规模_万元,其中_本资金_万元,source,note\n"
ROWS = (
    '宁夏中卫沙坡头区,黄泉村黄泉至跑水道路硬化项目,香山乡黄泉村,"道路长2950千米,路面宽4米",173.84,150,spt.gov.cn,\n'
    "云南楚雄牟定县,外湾及小村道路硬化工程,凤屯镇腊湾村委会,扩修及硬化进村公路1.4公里,62,62,牟定县公示,\n"
    "云南临沧永德县,一事一议财政奖补美丽乡村,乌木龙乡菖蒲塘村,户外硬板路11条2.6公里,201.6,200,永德县财政局,\n"
)


def test_published_project_rows_come_in_with_their_money_in_yuan(bring, tmp_path):
    path = tmp_path / "公示.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    answer, status = bring(path, kind="projects")
    assert (answer["errors"], status, answer["accepted"]) == ([], 0, 3)
    assert Project.objects.count() == 3
    money = dict(FundingLine.objects.in_force().values_list("unit__name", "amount"))
    assert money["黄泉村黄泉至跑水道路硬化项目"] == Decimal("1738400.00")
    assert set(FundingLine.objects.in_force().values_list("source", flat=True)) == {"other"}
    assert "no_source" in {warning["code"] for warning in answer["warnings"]}
    again, status = bring(path, kind="projects", apply=False)
    assert (status, again["accepted"], again["unchanged"]) == (0, 0, 3)
