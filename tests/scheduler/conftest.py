"""A store, a clock in the hand, an engine that notes its looks, one channel, and a certificate for servers of tests."""

import ssl
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from persistence.memory import MemoryStore
from tests.scheduler.receiver import receiving
from tests.scheduler.scene import START, Looking, Wire
from ward.clock import FixedClock


@pytest.fixture
def store():
    return MemoryStore("demonstration")


@pytest.fixture
def clock():
    return FixedClock(START)


@pytest.fixture
def engine(store, clock):
    return Looking(store, clock)


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


class Certificate(NamedTuple):
    """A certificate of this machine's own address, signed by itself."""

    file: Path
    server: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificate")
    key, cert = folder / "key.pem", folder / "cert.pem"
    wanted = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=ward"
    wanted += " -addext subjectAltName=IP:127.0.0.1"
    try:
        subprocess.run(["openssl", *wanted.split(), "-keyout", key, "-out", cert], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return Certificate(cert, context)
