"""A sheet as one HTML page: no script, no outside request, black on white, A4 on its side."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from ward.paper.sheet import Sheet, said_of, said_of_due

PAGES = Environment(
    loader=PackageLoader("ward.paper", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
PAGES.filters.update(value=said_of, due=said_of_due)


def as_page(sheet: Sheet) -> str:
    """The sheet of a ward as HTML."""
    return PAGES.get_template("sheet.html").render(sheet=sheet)
