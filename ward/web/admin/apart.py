"""Apart: a page that is written to stand alone, with its style taken out: no page here may hold one of its own."""

import re

STYLE = re.compile(r"<style>(.*?)</style>\s*", re.DOTALL)


def linked(page: str, address: str) -> str:
    """The page with a link to its style in place of it."""
    return STYLE.sub("", page).replace("</head>", f'<link rel="stylesheet" href="{address}">\n</head>', 1)


def styles_of(page: str) -> str:
    """Every style of a page."""
    return "\n".join(STYLE.findall(page))
