"""A line to the mail server that cannot hold us for ever, however slowly somebody talks at its other end.

A time-out of a socket begins anew with each byte; whoever sends one now and then is never late.  So there is a time
for all of it as well: when it is over, the line is cut from outside.
"""

import smtplib
import socket
import threading
from contextlib import suppress

PATIENCE = 6  # So many time-outs for a whole mail, the greeting and the sign-in among it.
MOST = 240.0  # Seconds; a mail in hand is leased for longer.


class Line(smtplib.SMTP):
    """SMTP whose connection is held a second time, so that it can be cut whatever it waits for."""

    _hold: socket.socket | None = None
    _clock: threading.Timer | None = None

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        self._hold = made.dup()
        self.allow()
        return made

    def allow(self) -> None:
        """From now on, so much time for what comes next."""
        self.rest()
        self._clock = threading.Timer(min(self.timeout * PATIENCE, MOST), self._cut)
        self._clock.daemon = True
        self._clock.start()

    def rest(self) -> None:
        """What was begun is done; nothing runs out."""
        if self._clock is not None:
            self._clock.cancel()

    def is_up(self) -> bool:
        """Whether it takes another mail."""
        try:
            self.allow()
            return self.noop()[0] == 250  # noqa: PLR2004
        except (OSError, smtplib.SMTPException):
            return False

    def hang_up(self) -> None:
        """A mail that was taken is sent, even where the server hangs up without a goodbye."""
        with suppress(OSError, smtplib.SMTPException):
            self.allow()
            self.quit()
        self.close()

    def close(self) -> None:
        self.rest()
        super().close()
        if self._hold is not None:
            self._hold.close()

    def _cut(self) -> None:
        if self._hold is not None:
            with suppress(OSError):
                self._hold.shutdown(socket.SHUT_RDWR)


class TLSLine(smtplib.SMTP_SSL, Line):
    """Encrypted from the first byte on."""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        try:
            made: socket.socket = super()._get_socket(host, port, timeout)
        except OSError:
            self.close()
            raise
        return made
