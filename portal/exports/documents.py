"""Word documents in one look: headings, sentences, tables, pictures with words for those who cannot see them, page numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from portal.theme import BLUE, SECONDARY_TEXT, TEXT

FONT = "Arial"
_A4 = (Cm(21.0), Cm(29.7))
_MARGIN = Cm(2.0)
_BODY, _SMALL, _IN_TABLE = Pt(10.5), Pt(9), Pt(8.5)
_WIDTH = 17.0
"""Centimetres between the margins."""

_NOT_IN_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535), "�")


class WordDocument:
    """A document that is being written."""

    def __init__(self, title: str, about: str) -> None:
        self._document: Any = Document()
        self._document.core_properties.title, self._document.core_properties.comments = title, about
        self._document.core_properties.author = "Sixweeks"
        section = self._document.sections[0]
        section.page_width, section.page_height = _A4
        section.orientation = WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        self._styles()
        _page_number(section.footer.paragraphs[0], title)
        self.heading(title, 0)

    def heading(self, text: str, level: int = 1) -> None:
        """A heading; level 0 is the title of the document."""
        self._document.add_heading(_safe(text), level)

    def say(self, text: str, *, small: bool = False, bold: bool = False) -> None:
        """A paragraph."""
        run = self._document.add_paragraph().add_run(_safe(text))
        run.bold = bold
        if small:
            run.font.size, run.font.color.rgb = _SMALL, _colour(SECONDARY_TEXT)

    def bullets(self, sentences: Sequence[str]) -> None:
        """Sentences as a list."""
        for sentence in sentences:
            self._document.add_paragraph(_safe(sentence), style="List Bullet")

    def table(self, frame: pd.DataFrame, caption: str, widths: Sequence[float] = ()) -> None:
        """A table with its caption above it; its heading is repeated on every page.

        Args:
            frame: cells as they are to be read; columns of numbers go to the right.
            caption: what it shows, with unit and place.
            widths: centimetres of each column; empty = alike.
        """
        self._caption(caption)
        widths = widths or [_WIDTH / len(frame.columns)] * len(frame.columns)
        made = self._document.add_table(rows=1, cols=len(frame.columns), style="Table Grid")
        made.alignment, made.autofit = WD_TABLE_ALIGNMENT.LEFT, False
        right = [_is_numeric(frame[c]) for c in frame.columns]
        for cell, name in zip(made.rows[0].cells, frame.columns, strict=True):
            _fill(cell, str(name), bold=True, right=right[list(frame.columns).index(name)], shade=BLUE)
        _repeat(made.rows[0])
        for row in frame.itertuples(index=False):
            cells = made.add_row().cells
            for k, (cell, value) in enumerate(zip(cells, row, strict=True)):
                _fill(cell, "" if value is None or value != value else str(value), right=right[k])
        for column, width in zip(made.columns, widths, strict=True):  # programs differ in which of the two they heed
            column.width = Cm(width)
        for row in made.rows:
            _unbroken(row)
            for cell, width in zip(row.cells, widths, strict=True):
                cell.width = Cm(width)
        self._document.add_paragraph().paragraph_format.space_after = Pt(2)

    def picture(self, png: bytes, caption: str, alt: str) -> None:
        """A picture as wide as the page, with a caption, and words for those who cannot see it."""
        self._caption(caption)
        shape = self._document.add_picture(io.BytesIO(png), width=Cm(_WIDTH))
        shape._inline.docPr.set("descr", _safe(alt))

    def new_page(self) -> None:
        """Begin a new page."""
        self._document.add_page_break()

    def saved(self) -> bytes:
        """The .docx file."""
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _caption(self, text: str) -> None:
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(6), Pt(3)
        run = paragraph.add_run(_safe(text))
        run.bold, run.font.size = True, _SMALL

    def _styles(self) -> None:
        for name, size, colour in (("Normal", _BODY, TEXT), ("Title", Pt(22), BLUE), ("Heading 1", Pt(15), BLUE), ("Heading 2", Pt(12), TEXT)):
            style = self._document.styles[name]
            style.font.name, style.font.size, style.font.color.rgb = FONT, size, _colour(colour)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for which in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
                fonts.set(qn(which), FONT)
            for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
                fonts.attrib.pop(qn(theme), None)
        self._document.styles["Normal"].paragraph_format.space_after = Pt(5)


def _safe(text: str) -> str:
    return text.translate(_NOT_IN_XML)


def _colour(code: str) -> RGBColor:
    return RGBColor.from_string(code.lstrip("#").upper())


def _is_numeric(values: pd.Series) -> bool:
    """True for numbers, and for text that is numbers with their signs."""
    if pd.api.types.is_numeric_dtype(values.dtype):
        return True
    plain = values.astype(str).str.replace(r"[£,%−\-. ]|million", "", regex=True)
    return bool(len(plain)) and bool((plain.str.isdigit() | (plain == "")).all()) and bool(plain.str.isdigit().any())


def _fill(cell: Any, text: str, *, bold: bool = False, right: bool = False, shade: str = "") -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(1)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT
    run = paragraph.add_run(_safe(text))
    run.font.size, run.bold = _IN_TABLE, bold
    if shade:
        run.font.color.rgb = _colour("#FFFFFF")
        shading = OxmlElement("w:shd")
        for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", shade.lstrip("#"))):
            shading.set(qn(name), value)
        cell._tc.get_or_add_tcPr().append(shading)


def _repeat(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _unbroken(row: Any) -> None:
    mark = OxmlElement("w:cantSplit")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_number(paragraph: Any, title: str) -> None:
    run = paragraph.add_run(f"{_safe(title)}    Page ")
    run.font.size = _SMALL
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run = paragraph.add_run()
        run.font.size = _SMALL
        run._r.append(part)
