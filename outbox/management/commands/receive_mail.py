"""`manage.py receive_mail`: take answers to our mail, and word that one came back, by SMTP."""

from __future__ import annotations

import asyncio
import logging
import signal
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, close_old_connections, connections
from django.utils import timezone

from outbox.operations import receive_mail
from outbox.rules import INBOUND_LIMIT, plus_parts

logger = logging.getLogger(__name__)

ACCEPT: Final = "250 2.0.0 Taken"
NOBODY: Final = "550 5.1.1 Nobody has this address here"
LATER: Final = "451 4.3.0 Try again later"
MOST_READERS: Final = 10
# Each may hold a mail in memory. The mail server in front waits.
MOST_LINES: Final = 20
SILENT_SECONDS: Final = 60


class Door:
    """Answers the commands of a mail server. Of what it is told nothing is logged."""

    def __init__(self) -> None:
        self.lines = 0
        # One mail after the other; while it is written the others are still listened to.
        self.writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mail")

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if plus_parts(address) is None:
            return NOBODY
        if len(envelope.rcpt_tos) >= MOST_READERS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return ACCEPT

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.writer, self.write, envelope)

    async def handle_exception(self, error: Exception) -> str:
        logger.error("A mail server was answered that it comes later: %s.", type(error).__name__)
        return LATER

    def write(self, envelope: Envelope) -> str:
        """Write the mail down for each of its addresses and return what the sender is answered."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        # The library leaves the brackets around no sender at all.
        sender = "" if envelope.mail_from in (None, "<>") else str(envelope.mail_from)
        ours = [parts for address in envelope.rcpt_tos if (parts := plus_parts(address))]
        try:
            close_old_connections()
            taken = [
                receive_mail(
                    public_id=parts.public_id,
                    purpose=parts.purpose,
                    raw=raw,
                    envelope_sender=sender,
                    now=timezone.now(),
                )
                for parts in ours
            ]
        except Error as error:
            logger.warning(
                "A mail has to come again, the database did not take it: %s.", type(error).__name__
            )
            return LATER
        except Exception:
            # Its sender keeps it; in the log is where it went wrong, and not what it says.
            logger.exception("A mail could not be written down.")
            return LATER
        finally:
            close_old_connections()
        return ACCEPT if any(taken) else NOBODY


class Line(SMTP):
    """One connection. Above a number of them callers are asked to come later."""

    # Of a text that no server in between has broken into shorter lines.
    line_length_limit = 64 * 1024

    def __init__(self, door: Door) -> None:
        super().__init__(
            door,
            data_size_limit=INBOUND_LIMIT,
            enable_SMTPUTF8=True,
            hostname=urlsplit(settings.SITE_ADDRESS).hostname or "localhost",
            ident="Shortlist",
            timeout=SILENT_SECONDS,
            # There is nothing to sign in to.
            auth_exclude_mechanism=["LOGIN", "PLAIN"],
            loop=asyncio.get_running_loop(),
        )
        self.door = door
        self.is_counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if self.door.lines >= MOST_LINES:
            assert isinstance(transport, asyncio.Transport)
            transport.write(b"421 4.7.0 Too many connections, try again later\r\n")
            transport.close()
            return
        self.door.lines += 1
        self.is_counted = True
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        if self.is_counted:
            self.door.lines -= 1
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return super().eof_received() if self.is_counted else False


class Command(BaseCommand):
    help = (
        "Take answers to mail, and mail that comes back, at INBOUND_LISTEN, for INBOUND_ADDRESS. Runs until it is "
        "stopped; docs/deployment.md says how a mail server passes them on."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.INBOUND_ADDRESS or not settings.INBOUND_LISTEN:
            raise CommandError(
                "INBOUND_ADDRESS and INBOUND_LISTEN are not set, so there is nothing to receive. Set both, for "
                "example INBOUND_ADDRESS=hiring@example.org and INBOUND_LISTEN=127.0.0.1:2525"
            )
        host, _colon, port = settings.INBOUND_LISTEN.rpartition(":")
        # What the library says names addresses.
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)
        try:
            asyncio.run(self.serve(host.strip("[]"), int(port)))
        except OSError as error:
            raise CommandError(
                f"Nothing can listen at INBOUND_LISTEN={settings.INBOUND_LISTEN}: {error.strerror}. Choose an address "
                "of this machine and a port above 1024 that nothing else uses."
            ) from error

    async def serve(self, host: str, port: int) -> None:
        loop, stopping = asyncio.get_running_loop(), asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopping.set)
        door = Door()
        server = await loop.create_server(lambda: Line(door), host, port)
        self.stdout.write(f"Mail for {settings.INBOUND_ADDRESS} is taken at {settings.INBOUND_LISTEN}.")
        self.stdout.flush()
        await stopping.wait()
        server.close()
        # What was handed over is written to its end; its sender keeps what nobody confirmed.
        door.writer.submit(connections.close_all)
        door.writer.shutdown(wait=True)
