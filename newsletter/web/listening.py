"""A socket to listen on, or one line on why not."""

from __future__ import annotations

import errno
import socket

from newsletter.errors import UsageError


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises UsageError for a taken port or an impossible address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise UsageError(f"port {port} is taken; choose another with --port") from error
        raise UsageError(
            f"can't listen on {host}, port {port}: {error}; choose another with --port"
        ) from error
    return listening
