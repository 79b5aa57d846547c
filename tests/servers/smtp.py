"""A real SMTP server that does what a test tells it to: accept, refuse, hang, or break off."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.servers.ports import free_port

ACCEPT = "250 OK"


@dataclass
class SmtpServer:
    """`script(...)` says how the next messages are answered, one reply each; after that the server accepts.

    A reply is an SMTP line ("451 4.3.0 try later", "550 5.1.1 no such person") or one of three words: "hang" (no answer
    until `release()`, and the message is not kept), "close" (the connection breaks in place of an answer, the message
    is not kept), "lost reply" (the message is kept, but the connection breaks in place of the answer).
    `slow` is how many seconds each answer takes.
    `refuse_recipients` answers RCPT TO instead: address → line. `attempts` counts messages that came in whole.
    """

    port: int = 0
    delivered: list[EmailMessage] = field(default_factory=list)
    attempts: int = 0
    slow: float = 0.0
    refuse_recipients: dict[str, str] = field(default_factory=dict)
    _script: deque[str] = field(default_factory=deque)
    _released: asyncio.Event | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def script(self, *replies: str) -> None:
        self._script.extend(replies)

    def release(self) -> None:
        if self._loop is not None and self._released is not None:
            self._loop.call_soon_threadsafe(self._released.set)

    def reset(self) -> None:
        self.release()
        self.delivered.clear()
        self.refuse_recipients.clear()
        self._script.clear()
        self.attempts = 0
        self.slow = 0.0

    def to(self, address: str) -> list[EmailMessage]:
        """Return what was delivered to `address`, oldest first."""
        return [message for message in self.delivered if address in str(message["X-Envelope-To"]).split(", ")]

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse_recipients:
            return self.refuse_recipients[address]
        envelope.rcpt_tos.append(address)
        return ACCEPT

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        self.attempts += 1
        await asyncio.sleep(self.slow)
        reply = self._script.popleft() if self._script else ACCEPT
        if reply == "hang":
            self._loop = asyncio.get_running_loop()
            self._released = asyncio.Event()
            await self._released.wait()
            return "451 4.3.0 Waited too long"
        if reply == "lost reply" or reply.startswith("2"):
            self._keep(envelope)
        if reply in ("close", "lost reply"):
            server.transport.abort()  # type: ignore[union-attr]
            return ACCEPT
        return reply

    def _keep(self, envelope: Envelope) -> None:
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        message["X-Envelope-From"] = envelope.mail_from
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.delivered.append(message)


@contextmanager
def serve() -> Iterator[SmtpServer]:
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    server = SmtpServer(port=free_port())
    controller = Controller(server, hostname="127.0.0.1", port=server.port, ready_timeout=10)
    controller.start()
    try:
        yield server
    finally:
        server.release()
        controller.stop()
