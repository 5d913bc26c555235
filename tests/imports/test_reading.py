"""Files as people have them: every encoding, separator and irregularity, each row by its own number."""

import pytest

from casedesk.errors import Invalid, TooLarge
from casedesk.imports import reading
from casedesk.imports.reading import read
from tests.imports.workbook import workbook

TABLE = "name;city\nÄrzte & Söhne;Köln\nŠkoda;Plzeň\n"
LATIN = "name,city\nÄrzte & Söhne,Köln\nCafé,Nîmes\n"


def cells(data: bytes, name: str = "rows.csv") -> list[tuple[int, dict[str, object]]]:
    """Return the rows of a file as numbers and cells."""
    return [(row.number, dict(row.cells)) for row in read(data, name).rows]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TABLE.encode(), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbf" + TABLE.encode(), id="UTF-8 with a mark"),
        pytest.param(b"\xff\xfe" + TABLE.encode("utf-16-le"), id="UTF-16, little end first"),
        pytest.param(b"\xfe\xff" + TABLE.encode("utf-16-be"), id="UTF-16, big end first"),
        pytest.param(TABLE.encode("utf-16-le"), id="UTF-16 without a mark"),
        pytest.param(TABLE.replace("\n", "\r\n").encode(), id="lines as Windows ends them"),
        pytest.param(TABLE.replace("\n", "\r").encode(), id="lines as old Macs ended them"),
        pytest.param(TABLE.replace(";", "\t").encode(), id="tabs"),
        pytest.param(TABLE.replace(";", "|").encode(), id="bars"),
    ],
)
def test_every_encoding_and_separator_gives_the_same_rows(data):
    assert cells(data) == [(2, {"name": "Ärzte & Söhne", "city": "Köln"}), (3, {"name": "Škoda", "city": "Plzeň"})]


def test_what_windows_wrote_is_read_as_it_meant_it():
    sheet = read(LATIN.encode("latin-1"), "rows.csv")

    assert (sheet.form, dict(sheet.rows[1].cells)) == ("CSV, Windows-1252, commas", {"name": "Café", "city": "Nîmes"})


def test_a_few_broken_bytes_do_not_change_the_encoding_of_the_others():
    sheet = read("name,city\nÄrzte,Köln\nZürich,".encode() + b"\xff\n", "rows.csv")

    assert dict(sheet.rows[0].cells) == {"name": "Ärzte", "city": "Köln"}
    assert sheet.notes == ("Some bytes are no UTF-8; � stands in their place (1 times).",)


def test_excels_own_first_line_names_the_separator_and_counts_as_a_row():
    assert cells(b"sep=;\nname;city\nAda;Bath\n") == [(3, {"name": "Ada", "city": "Bath"})]


def test_a_quoted_cell_keeps_line_ends_separators_and_quotes():
    assert cells(b'name,notes\nAda,"one, ""two""\nthree"\nBo,four\n') == [
        (2, {"name": "Ada", "notes": 'one, "two"\nthree'}),
        (3, {"name": "Bo", "notes": "four"}),
    ]


def test_empty_rows_are_left_out_and_still_counted():
    assert cells(b"\nname,city\n\nAda,Bath\n,,\nBo,York\n") == [
        (4, {"name": "Ada", "city": "Bath"}),
        (6, {"name": "Bo", "city": "York"}),
    ]


def test_short_rows_are_named_and_a_row_with_too_much_is_not_taken():
    sheet = read(b"name,city,zip\nAda\nBo,York,1,2\nCy,Rome,3\n", "rows.csv")

    assert sheet.short == (2,)
    assert [(row.number, bool(row.problem)) for row in sheet.rows] == [(2, False), (3, True), (4, False)]


def test_columns_of_the_same_name_are_kept_apart():
    sheet = read(b"phone,phone,city\n1,2,Bath\n", "rows.csv")

    assert (sheet.headings, dict(sheet.rows[0].cells)) == (
        ("phone", "phone (2)", "city"),
        {"phone": "1", "phone (2)": "2", "city": "Bath"},
    )
    assert sheet.notes == ("Several columns are called phone; each is looked at by itself.",)


def test_a_quotation_mark_that_is_never_closed_is_said_where_it_opens():
    sheet = read(b'name,notes\nAda,fine\nBo,"lost\nCy,1\nDi,2\n', "rows.csv")

    assert [(row.number, "never closed" in row.problem) for row in sheet.rows] == [(2, False), (3, True)]


def test_json_lines_are_read_a_line_each_and_a_bad_line_keeps_its_number():
    sheet = read(
        b'{"name": "Ada", "requester": {"email": "a@b.example"}}\nnot json\n\n[1]\n{"name": "Bo"}\n', "x.jsonl"
    )

    assert [(row.number, dict(row.cells), row.problem) for row in sheet.rows] == [
        (1, {"name": "Ada", "requester.email": "a@b.example"}, ""),
        (2, {}, "is not JSON"),
        (4, {}, "must be a JSON object"),
        (5, {"name": "Bo"}, ""),
    ]


def test_a_spreadsheet_is_read_by_its_first_sheet_that_holds_anything():
    data = workbook(
        {"Blank": [], "Firms": [["name", "number"], ["Örebro 🏭", 4711], [None, None], ["Bo", 2.5]], "More": [["x"]]}
    )

    sheet = read(data, "firms.xlsx")

    assert [(row.number, dict(row.cells)) for row in sheet.rows] == [
        (2, {"name": "Örebro 🏭", "number": 4711.0}),
        (4, {"name": "Bo", "number": 2.5}),
    ]
    assert sheet.notes == ("Only the sheet Firms was read; left out: More.",)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n\n", id="empty rows"),
        pytest.param(b"name,city\n", id="headings alone"),
        pytest.param(b"PK\x03\x04broken", id="half a spreadsheet"),
        pytest.param(b"\xd0\xcf\x11\xe0broken", id="half an old spreadsheet"),
    ],
)
def test_a_file_without_rows_is_refused_in_words(data):
    with pytest.raises(Invalid) as refused:
        read(data, "rows.csv")

    assert refused.value.message.startswith("file: T")


def test_a_file_larger_than_may_be_read_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_FILE", 100)

    with pytest.raises(TooLarge, match="Cut it in parts"):
        read(b"name\n" + b"x" * 200, "rows.csv")


def test_more_rows_than_may_be_read_are_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)

    with pytest.raises(TooLarge, match="3 rows; at most 2"):
        read(b"name\n1\n2\n3\n", "rows.csv")
