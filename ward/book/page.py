"""The protocol book as one HTML page: no script, no outside request, prints on A4."""

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pathway.definition.pathway import Pathway
from pathway.definition.say import Clause
from ward.book.changes import Changed
from ward.book.chapter import Chapter, Words
from ward.book.picture import marked, picture

PAGES = Environment(loader=PackageLoader("ward.book", ""), autoescape=True, undefined=StrictUndefined, trim_blocks=True)
JOINS = {"all": "all of", "any": "any of", "not": "not", "first": "the first of these that is known"}


def as_page(
    pathway: Pathway,
    book: tuple[Chapter, ...],
    tags: Mapping[str, str],
    against: Pathway | None = None,
    found: tuple[Changed, ...] = (),
) -> str:
    """The book of a pathway as HTML. `tags`: what the marks of its sources stand for; `found`: what differs from
    `against`."""
    PAGES.filters["words"] = words
    return PAGES.get_template("book.html").render(
        form=pathway.form,
        digest=pathway.digest,
        book=book,
        labels={each.key: labels(each) for each in book},
        tags={mark: text for mark, text in tags.items() if mark in used(book)},
        drawing=Markup(picture(pathway)),  # noqa: S704  # our own drawing, escaped where it is made
        against=against.form if against else None,
        found=found,
        before=Markup(marked(against, found, ("removed", "changed"))) if against else "",  # noqa: S704  # the same
        after=Markup(marked(pathway, found, ("added", "changed"))) if against else "",  # noqa: S704  # the same
    )


def labels(chapter: Chapter) -> tuple[str, ...]:
    """The columns of a table: every label of its rows, in order."""
    return tuple(dict.fromkeys(label for item in chapter.items for label, _ in item.rows))


def used(book: tuple[Chapter, ...]) -> set[str]:
    """The marks that a book names."""
    return {mark for chapter in book for item in chapter.items for mark in item.source}


def words(said: Words) -> Markup:
    """Words as HTML: a sentence, a list, or nested clauses."""
    if isinstance(said, str):
        return Markup("{}").format(said)
    if isinstance(said, tuple):
        return Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(each) for each in said))
    return nested(said)


def nested(said: Clause) -> Markup:
    """A clause as nested lists."""
    if not said.join:
        return Markup("{}").format(said.text)
    inner = Markup("").join(Markup("<li>{}</li>").format(nested(each)) for each in said.parts)
    return Markup('<span class="join">{}</span><ul>{}</ul>').format(JOINS[said.join], inner)
