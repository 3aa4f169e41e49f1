"""The protocol book: a pathway written out in words, for the people who must be able to argue with it."""

from ward.book.changes import Changed, changes
from ward.book.chapter import Chapter, Item
from ward.book.chapters import chapters
from ward.book.page import as_page
from ward.book.paper import as_pdf

__all__ = ["Changed", "Chapter", "Item", "as_page", "as_pdf", "changes", "chapters"]
