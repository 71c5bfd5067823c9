"""A document as one page for a browser: nothing is fetched, nothing runs, every word is escaped; it prints too."""

from __future__ import annotations

import html as markup
from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Any

from dashboard.charts import paper
from dashboard.documents.document import (
    Beside,
    Block,
    Document,
    Lines,
    Number,
    Numbers,
    Paragraph,
    Picture,
    Points,
    Section,
    Steps,
    WordTable,
)
from dashboard.harmless import REPLACEMENT, TURNING

LIGHT = "--paper:#fff;--ink:#2b2927;--quiet:#625d55;--border:#c9c5be;--accent:#0a4c8c"
DARK = "--paper:#171614;--ink:#edebe8;--quiet:#b8b3a8;--border:#45423d;--accent:#7fb3f0"
AT_NIGHT = (
    "@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark}body{background:#171614}"
    f".document{{{DARK}}}}}"
)
STYLE = """
.document{%(colours)s;background:var(--paper);color:var(--ink);max-width:52rem;margin:0 auto;padding:1.5rem;
font:1rem/1.5 Inter,system-ui,-apple-system,"Segoe UI",sans-serif;overflow-wrap:break-word}
.document.large{font-size:1.2rem}
.document h1{font-size:2rem;line-height:1.2;margin:0 0 .3rem}
.document h2{font-size:1.35rem;line-height:1.3;margin:2.4rem 0 .6rem}
.document h3{font-size:1.08rem;margin:1.6rem 0 .4rem}
.document .subtitle{color:var(--accent);font-size:1.1rem;margin:0 0 1.2rem}
.document .quiet,.document .foot,.document .note{color:var(--quiet);font-size:.875rem}
.document dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.35rem 1.5rem;margin:0}
.document dt{color:var(--quiet)}.document dd{margin:0;min-width:0}.document dl>*{padding:0}
.document .scroll{overflow-x:auto}
.document table{border-collapse:collapse;width:100%%;font-size:.875rem;line-height:1.35;
font-variant-numeric:tabular-nums;border-block:1.5px solid var(--ink)}
.document caption{text-align:start;font-weight:600;padding:.8rem 0 .4rem;font-size:.9375rem}
.document th,.document td{text-align:start;vertical-align:top;padding:.35rem .5rem;overflow-wrap:normal;color:inherit}
.document td,.document tbody th{border-block-start:1px solid var(--border);font-weight:400}
.document .number{text-align:end}
.document figure{margin:1rem 0;overflow-x:auto}.document img{display:block;max-width:100%%;height:auto;background:#fff}
.document .numbers{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.75rem;margin:1rem 0}
.document .numbers>div{border:1px solid var(--border);border-radius:6px;padding:.6rem .8rem}
.document .numbers b{display:block;font-size:1.6rem;line-height:1.25;font-weight:600}
.document .numbers span{display:block;font-size:.875rem}.document .numbers .quiet{color:var(--quiet)}
.document .beside{display:grid;grid-template-columns:1fr 1fr;gap:1.75rem}.document .beside>*{min-width:0}
.document .beside img{width:100%%}
.document ul{padding-inline-start:1.2rem}.document .to-do{list-style:"\\2610  "}
.document .steps{list-style:none;margin:1rem 0;padding:0}.document .steps>li{display:grid;align-items:start;
grid-template-columns:1fr 1fr;gap:0 1.5rem;break-inside:avoid}.document .steps>li+li{margin-block-start:1.6rem}
.document .steps>li>div{border:1px solid var(--quiet);border-radius:6px;padding:.4rem .7rem;position:relative}
.document .steps>li+li>div::before{content:"\\2193";position:absolute;inset:-1.6rem auto auto .9rem}
.document .steps ul{list-style:"\\2192  ";margin:.2rem 0 0;color:var(--quiet);font-size:.875rem}
.document .lines i{display:block;height:2.2rem;border-block-end:1px solid var(--border)}
.document .foot{border-block-start:1px solid var(--border);margin-block-start:2.5rem;padding-block-start:.6rem}
@media(max-width:640px){.document>section>figure>img{min-width:30rem}
.document{padding:1rem .875rem}.document .beside,.document .steps>li{
grid-template-columns:1fr;gap:0}}
@media print{.document{%(light)s;max-width:none;padding:0;font-size:10pt}.document .own-page{break-before:page}
.document h2,.document h3,.document caption{break-after:avoid}
.document tr,.document figure,.document .numbers>div{break-inside:avoid}
.document thead{display:table-header-group}.document .scroll{overflow:visible}}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def html(document: Document) -> str:
    """The whole page, which stands alone: to be kept as a file, and sent."""
    name = " · ".join(part for part in (document.title, document.subtitle) if part)
    title = f"<h1>{escape(document.title)}</h1>"
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(document.language)}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(name)}</title><style>@page{{margin:16mm}}body{{margin:0}}{_style(LIGHT)}{AT_NIGHT}</style></head><body>"
        f"<main>{_article(document, title)}</main></body></html>\n"
    )


def body(document: Document, *, dark: bool = False) -> str:
    """The same within a page of the app, which has a title of its own."""
    return f"<style>{_style(DARK if dark else LIGHT)}</style>{_article(document, '')}"


def escape(words: str) -> str:
    """The words as words, with a replacement sign for each that would turn the direction of what is read."""
    return markup.escape(TURNING.sub(REPLACEMENT, words))


def _style(colours: str) -> str:
    return STYLE % {"colours": colours, "light": LIGHT}


def _article(document: Document, title: str) -> str:
    facts = "".join(f"<dt>{escape(what)}</dt><dd>{_broken(said)}</dd>" for what, said in document.facts)
    told = "".join(map(_section, document.sections))
    kind = "document large" if document.large else "document"
    return (
        f'<div class="{kind}"><header>{title}<p class="subtitle">{escape(document.subtitle)}</p><dl>{facts}</dl>'
        f'</header>{told}<footer class="foot">{escape(document.foot)}</footer></div>'
    )


def _section(section: Section) -> str:
    level = section.level + 1
    kind = ' class="own-page"' if section.own_page else ""
    return (
        f"<section{kind}><h{level}>{escape(section.title)}</h{level}>{''.join(map(_block, section.blocks))}</section>"
    )


def _block(block: Block) -> str:
    return WRITTEN[type(block)](block)


def _broken(words: str) -> str:
    return escape(words).replace("\n", "<br>")


def _paragraph(block: Paragraph) -> str:
    strong = f"<strong>{_broken(block.strong)}</strong> " if block.strong else ""
    kind = ' class="quiet"' if block.quiet else ""
    return f"<p{kind}>{strong}{_broken(block.words)}</p>"


def _table(block: WordTable) -> str:
    heads = "".join(
        f'<th scope="col"{_side(block, place)}>{escape(head)}</th>' for place, head in enumerate(block.heads)
    )
    rows = "".join(f"<tr>{_cells(block, row)}</tr>" for row in block.rows)
    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    table = f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>{_note(block.note)}'


def _cells(block: WordTable, row: Sequence[str]) -> str:
    first, *others = row
    told = "".join(f"<td{_side(block, place)}>{_broken(cell)}</td>" for place, cell in enumerate(others, 1))
    return f'<th scope="row"{_side(block, 0)}>{_broken(first)}</th>{told}'


def _side(block: WordTable, place: int) -> str:
    return ' class="number"' if place in block.numbers else ""


def _note(words: str) -> str:
    return f'<p class="note">{_broken(words)}</p>' if words else ""


def _picture(block: Picture, wide: int = paper.FULL) -> str:
    drawing = TURNING.sub(REPLACEMENT, paper.svg(block.figure, width=round(wide * block.share)))
    drawn = b64encode(drawing.encode()).decode()
    note = f'<figcaption class="note">{_broken(block.note)}</figcaption>' if block.note else ""
    return f'<figure><img alt="{escape(block.alt)}" src="data:image/svg+xml;base64,{drawn}">{note}</figure>'


def _numbers(block: Numbers) -> str:
    return f'<div class="numbers">{"".join(map(_number, block.figures))}</div>'


def _number(figure: Number) -> str:
    interval = f"<span>{escape(figure.interval)}</span>" if figure.interval else ""
    comparator = f'<span class="quiet">{escape(figure.comparator)}</span>' if figure.comparator else ""
    name = f'<span class="quiet">{escape(figure.name)}</span>'
    return f"<div>{name}<b>{escape(figure.value)}</b>{interval}{comparator}</div>"


def _points(block: Points) -> str:
    kind = ' class="to-do"' if block.to_do else ""
    return f"<ul{kind}>{''.join(f'<li>{_broken(line)}</li>' for line in block.lines)}</ul>"


def _steps(block: Steps) -> str:
    told = [f"<div>{escape(words)}</div>{_reasons(reasons)}" for words, reasons in block.boxes]
    return f'<ol class="steps">{"".join(f"<li>{each}</li>" for each in told)}</ol>'


def _reasons(reasons: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in reasons)}</ul>" if reasons else ""


def _beside(block: Beside) -> str:
    halves = [
        _picture(each, paper.HALF) if isinstance(each, Picture) else _block(each) for each in (block.left, block.right)
    ]
    return f'<div class="beside">{"".join(f"<div>{half}</div>" for half in halves)}</div>'


def _lines(block: Lines) -> str:
    return f'<div class="lines"><strong>{escape(block.heading)}</strong>{"<i></i>" * block.count}</div>'


WRITTEN: dict[type[Any], Callable[[Any], str]] = {
    Paragraph: _paragraph, WordTable: _table, Picture: _picture, Numbers: _numbers, Points: _points, Steps: _steps,
    Beside: _beside, Lines: _lines,
}  # fmt: skip
"""How each kind of block is written."""
