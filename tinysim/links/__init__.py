"""Where a served board's bytes come from and go to."""

from .base import Port
from .pty import PtyPort
from .tcp import TcpPort

__all__ = ["Port", "PtyPort", "TcpPort"]
