"""Sessions whose jobs are compared."""

from __future__ import annotations

from tests.session.conftest import back_offs, backend, make_each, make_session, server, service

__all__ = ["back_offs", "backend", "make_each", "make_session", "server", "service"]
