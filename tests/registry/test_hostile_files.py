"""Files that are broken or meant to do harm end in a sentence, within seconds and bounded memory."""

import io
import resource
import subprocess
import sys
import time
import zipfile

import openpyxl
import pytest
import xlwt

from registry.readers.errors import ReadError
from registry.readers.table import read_sheets

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def workbook(path, sheet=None, *, parts=(), sheets=1, head='<?xml version="1.0"?>'):
    """A minimal .xlsx whose first sheet is ``sheet`` (what stands inside <worksheet>), with more parts."""
    sheet = sheet if sheet is not None else '<sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>'
    names = range(1, sheets + 1)
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in names)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{REL}/worksheet" Target="worksheets/s{n}.xml"/>' for n in names
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}'
        "</Relationships>",
        **{f"xl/worksheets/s{n}.xml": f"{head}<worksheet {MAIN}>{sheet}</worksheet>" for n in names},
        **dict(parts),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def cell(reference, inside, more=""):
    row = "".join(c for c in reference if c.isdigit())
    return f'<sheetData><row r="{row}"><c r="{reference}"{more}>{inside}</c></row></sheetData>'


def bomb(path):
    return workbook(path, parts={"xl/media/a.bin": b"\0" * (80 << 20)}.items())


def nested(path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"\0" * (3 << 20))
    return workbook(path, parts={f"xl/embeddings/{n}.zip": inner.getvalue() for n in range(4001)}.items())


def laughs(path):
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
    return workbook(path, cell("A1", "<v>&l9;</v>"), head=f"<!DOCTYPE x [{entities}]>")


def outside(path):
    return workbook(
        path, cell("A1", "<v>&x;</v>"), head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    )


def laughs_in_strings(path):
    entities = '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    return workbook(
        path, parts={"xl/sharedStrings.xml": f"{entities}<sst {MAIN}><si><t>&b;</t></si></sst>"}.items()
    )


def corner(path):
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return workbook(path, f"<sheetData>{rows}</sheetData>")


def deep(path):
    return workbook(path, "<a>" * 200_000 + "</a>" * 200_000)


def many_sheets(path):
    return workbook(path, sheets=5000)


def many_columns(path):
    from registry.readers.table.sheets import letter

    line = "".join(f'<c r="{letter(n)}{{r}}"><v>1</v></c>' for n in range(16_384))
    rows = "".join(f'<row r="{r}">{line.replace("{r}", str(r))}</row>' for r in (1, 2, 400))
    return workbook(path, f"<sheetData>{rows}</sheetData>")


def long_cell(path):
    return workbook(path, cell("A1", f"<is><t>{'长' * (4 << 20)}</t></is>", ' t="inlineStr"'))


def macros(path):
    return workbook(path, parts={"xl/vbaProject.bin": b"x"}.items())


def encrypted(path):
    path.write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 600
        + "EncryptedPackage".encode("utf-16-le")
        + b"\0" * 4000
    )
    return path


def truncated(path):
    workbook(path)
    path.write_bytes(path.read_bytes()[:-200])
    return path


def nul(path):
    path = path.with_suffix(".csv")
    path.write_bytes("名称,村\n甲\0路,乙村\n".encode())
    return path


def one_line(path):
    path = path.with_suffix(".csv")
    path.write_bytes("名称,".encode() * (1 << 20))
    return path


def html(path):
    path = path.with_suffix(".xls")
    path.write_text("<html><table><tr><td>资产名称</td><td>村</td></tr></table></html>", encoding="gbk")
    return path


def text_as_book(path):
    path.write_text("资产名称,村\n甲路,乙村\n", encoding="utf-8")
    return path


def bytes_of_nothing(path):
    path = path.with_suffix(".xls")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 5000)
    return path


HOSTILE = {
    bomb: {"too_large"}, nested: {"too_large"}, laughs: {"unreadable"}, outside: {"unreadable"},
    laughs_in_strings: {"unreadable"}, corner: {"too_large"}, deep: {"unreadable", "empty"},
    many_sheets: {"too_large"}, many_columns: {"too_large"}, long_cell: {"too_large"}, macros: {"macros"},
    encrypted: {"encrypted"}, truncated: {"unreadable"}, nul: {"not_a_spreadsheet"}, one_line: {"too_large"},
    html: {"web_page"}, text_as_book: {"not_a_spreadsheet"}, bytes_of_nothing: {"unreadable"},
}  # fmt: skip


@pytest.mark.parametrize("make", HOSTILE, ids=lambda make: make.__name__)
def test_a_hostile_file_is_refused_with_a_sentence_in_seconds(make, tmp_path):
    path = make(tmp_path / "台账.xlsx")
    begun, held = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ReadError) as refusal:
        read_sheets(path)
    assert refusal.value.code in HOSTILE[make]
    assert len(str(refusal.value)) > 10
    assert time.process_time() - begun < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 300_000


def test_a_million_empty_looking_rows_are_read_within_half_a_gigabyte(tmp_path):
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(1, 1_048_577, 60))
    path = workbook(tmp_path / "a.xlsx", f'<dimension ref="A1:XFD1048576"/><sheetData>{rows}</sheetData>')
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_DATA, (600 << 20, 600 << 20))\n"
        "import django; from django.conf import settings; settings.configure(USE_I18N=False)\n"
        "from registry.readers.table import read_sheets\n"
        "from registry.readers.errors import ReadError\n"
        "try: print(read_sheets(sys.argv[1])[0].height)\n"
        "except ReadError as error: print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() in ("1048561", "too_large"), done.stderr[-600:]


def test_a_stated_size_that_is_not_true_does_no_harm(tmp_path):
    path = workbook(tmp_path / "a.xlsx", '<dimension ref="A1:XFD1048576"/>' + cell("B2", "<v>7</v>"))
    [sheet] = read_sheets(path)
    assert (sheet.height, sheet.width, sheet.cells[1][1]) == (2, 2, 7)


def test_a_formula_gives_its_value_and_is_never_calculated(tmp_path):
    inside = "<f>WEBSERVICE(&quot;http://example.org&quot;)</f><v>12</v>"
    [sheet] = read_sheets(workbook(tmp_path / "a.xlsx", cell("A1", inside)))
    assert sheet.cells == [[12]]
    path = tmp_path / "b.csv"
    path.write_text("名称,村\n\"=cmd|'/c calc'!A1\",@SUM(A1)\n", encoding="utf-8")
    [sheet] = read_sheets(path)
    assert sheet.cells[1] == ["=cmd|'/c calc'!A1", "@SUM(A1)"]


def test_an_old_workbook_with_chinese_dates_and_merged_cells_is_read(tmp_path):
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("台账")
    sheet.write_merge(0, 0, 0, 2, "岩峰村资产台账")
    for column, title in enumerate(("资产名称", "建成日期", "资产原值")):
        sheet.write(1, column, title)
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    import datetime as dt

    sheet.write(2, 0, "产业道路")
    sheet.write(2, 1, dt.date(2021, 5, 31), day)
    sheet.write(2, 2, 12.5)
    path = tmp_path / "老台账.xls"
    book.save(str(path))
    for name in ("老台账.xls", "老台账.xlsx", "老台账.csv"):  # the bytes tell, not the ending
        other = tmp_path / name
        other.write_bytes(path.read_bytes())
        [found] = read_sheets(other)
        assert found.cells[1] == ["资产名称", "建成日期", "资产原值"]
        assert (found.cells[2][0], str(found.cells[2][1])[:10], found.cells[2][2]) == (
            "产业道路",
            "2021-05-31",
            12.5,
        )
        assert found.shown(0, 2) == "岩峰村资产台账"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_is_read_in_every_encoding_of_offices(tmp_path, codec):
    path = tmp_path / "台账.csv"
    path.write_bytes("资产名称,村\r\n产业道路,岩峰村\r\n".encode(codec))
    [sheet] = read_sheets(path)
    assert sheet.cells == [["资产名称", "村"], ["产业道路", "岩峰村"]]


def test_a_book_named_csv_is_read_by_what_it_is(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["资产名称", "村"])
    book.save(tmp_path / "a.xlsx")
    (tmp_path / "a.csv").write_bytes((tmp_path / "a.xlsx").read_bytes())
    assert read_sheets(tmp_path / "a.csv")[0].cells == [["资产名称", "村"]]
