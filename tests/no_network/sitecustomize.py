"""Python reads this at start-up: it ends any program of a test that asks for the network."""

import socket
import sys


def _refuse(event, arguments):
    if event == "socket.__new__" and arguments[1] in (socket.AF_INET, socket.AF_INET6):
        raise RuntimeError("a program started by a test opened a socket")
    if event == "socket.getaddrinfo":
        raise RuntimeError(f"a program started by a test looked up {arguments[0]!r}")


sys.addaudithook(_refuse)
