"""The addresses of the record, each added by its own module."""

from fastapi import FastAPI

from ward.web.api.audit.figures import add_figures
from ward.web.api.audit.looks import add_looks
from ward.web.api.audit.pack import add_pack
from ward.web.api.audit.replay import add_replay, add_xes
from ward.web.api.audit.verification import add_verification
from ward.web.reads import Reads


def add_audit(api: FastAPI, reads: Reads) -> None:
    """Add the record to the API."""
    add_pack(api)
    add_looks(api, reads)
    add_figures(api)
    add_verification(api)
    add_replay(api)
    add_xes(api)
