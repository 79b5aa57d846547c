"""CSV and XLSX."""

from __future__ import annotations

from collections.abc import Mapping

from tests.questions.formats.adversarial.making import Make, counted, filled, many, one, packed

_CELLS = "stem,option_1,option_2,correct\n"
CSV: Mapping[str, Make] = {
    "tiny questions": many(lambda number: f"{number},a,b,A\n", _CELLS),
    "empty rows": one(",,,\n", _CELLS),
    "blank lines": one("\n", _CELLS, "Q,a,b,A\n"),
    "columns": many(lambda number: f",tag {number}", "stem,option_1,correct", "\nQ,a,A\n"),
    "columns of one name": one(",tags", "stem,option_1,option_2,correct", "\nQ,a,b,A\n"),
    "cells beside": one("a,", f"{_CELLS}Q,a,b,A,"),
    "quote that never ends": one("a\n", f'{_CELLS}"'),
    "quotes": one('""', f'{_CELLS}"', '",a,b,A\n'),
    "quotes in words": one('a"b,', _CELLS),
    "delimiters": one(";,\t|", _CELLS),
    "letters": one("A,", f'{_CELLS}Q,a,b,"', '"\n'),
    "texts named": one("a;", f'{_CELLS}Q,a,b,"', '"\n'),
    "tags": many(lambda number: f"{number};", 'stem,option_1,option_2,correct,tags\nQ,a,b,A,"', '"\n'),
    "shares": one("1/2;", 'stem,option_1,option_2,shares\nQ,a,b,"', '"\n'),
    "digits of shares": one(f"Q,a,b,{'9' * 5_000}\n", "stem,option_1,option_2,shares\n"),
    "exponents": one("Q,a,b,1e99999999;0\n", "stem,option_1,option_2,weights\n"),
    "no known columns": many(lambda number: f"a{number},b,c\n", "x,y,z\n"),
    "one line": one("a,"),
    "returns": one("\r", _CELLS),
    "rows that slip": one("Q,a,b,A,x\n", _CELLS),
}


def _workbook(rows: str, strings: str = "") -> Mapping[str, bytes]:
    main, office = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org",
    )
    kinds = f"{office}/officeDocument/2006/relationships"
    types = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    return {
        "[Content_Types].xml": (
            f'<Types xmlns="{office}/package/2006/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
            f'"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{types}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{types}.worksheet+xml"/>'
            f'<Override PartName="/xl/sharedStrings.xml" ContentType="{types}.sharedStrings+xml"/></Types>'
        ).encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ).encode(),
        "xl/workbook.xml": (
            f'<workbook xmlns="{main}" xmlns:r="{kinds}"><sheets>'
            '<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
        ).encode(),
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{office}/package/2006/relationships"><Relationship Id="r1" '
            f'Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" '
            f'Type="{kinds}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
        ).encode(),
        "xl/worksheets/sheet1.xml": (
            f'<worksheet xmlns="{main}"><sheetData><row r="1">{_cells("stem", "option_1", "option_2", "correct")}</row>'
            f"{rows}</sheetData></worksheet>"
        ).encode(),
        "xl/sharedStrings.xml": f'<sst xmlns="{main}"><si><t>a</t></si>{strings}</sst>'.encode(),
    }


def _cells(*texts: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts)


# Of these a megabyte is what is packed: the file itself is far smaller.
XLSX: Mapping[str, Make] = {
    "tiny questions": packed(
        lambda size: _workbook(
            counted(lambda number: f"<row>{_cells(str(number), 'a', 'b', 'A')}</row>", size).decode()
        )
    ),
    "empty rows": packed(lambda size: _workbook(filled("<row/>", size))),
    "rows of empty cells": packed(lambda size: _workbook(filled("<row><c/><c/></row>", size))),
    "cells of a row": packed(lambda size: _workbook("<row>" + filled("<c/>", size) + "</row>")),
    "row far below": packed(lambda _size: _workbook(f'<row r="1048576">{_cells("Q", "a", "b", "A")}</row>')),
    "rows of large numbers": packed(
        lambda size: _workbook(filled(f'<row r="{"9" * 4_400}">{_cells("Q")}</row>', max(size, 5_000)))
    ),
    "cells far to the right": packed(
        lambda size: _workbook(filled('<row><c r="XFD2"><v>1</v></c></row>', size))
    ),
    "digits": packed(lambda size: _workbook(f"<row><c><v>{'9' * size}</v></c></row>")),
    "exponents": packed(lambda size: _workbook(filled("<row><c><v>1e999999</v></c></row>", size))),
    "dates": packed(lambda size: _workbook(filled('<row><c t="d"><v>9999999-99-99</v></c></row>', size))),
    "strings that are missing": packed(
        lambda size: _workbook(filled(f'<row><c t="s"><v>{"9" * 4_400}</v></c></row>', max(size, 5_000)))
    ),
    "strings": packed(
        lambda size: _workbook('<row><c t="s"><v>0</v></c></row>', filled("<si><t>a</t></si>", size))
    ),
    "one string many times": packed(lambda size: _workbook(filled('<row><c t="s"><v>0</v></c></row>', size))),
    "text": packed(lambda size: _workbook(f"<row>{_cells(filled('a', size), 'a', 'b', 'A')}</row>")),
    "depth": packed(lambda size: _workbook(filled("<a>", size))),
    "merged cells": packed(
        lambda size: {
            **(parts := _workbook("")),
            "xl/worksheets/sheet1.xml": parts["xl/worksheets/sheet1.xml"].replace(
                b"</sheetData>",
                b"</sheetData><mergeCells>"
                + filled('<mergeCell ref="A1:XFD1048576"/>', size).encode()
                + b"</mergeCells>",
            ),
        }
    ),
}
