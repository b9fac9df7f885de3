"""What can go wrong in the desk's own rules, without HTTP.

SupportDeskError
├── SettingsError        a setting, key or folder is not usable: the desk refuses to start
├── NotFound             no such thing, or not yours to see: 404 either way
├── TicketChanged        someone else changed it since you opened it: 409
├── TicketClosed         the conversation is over: 409
├── CannotMerge          says why these two tickets can’t become one: 409
├── TooLate              it can’t be taken back any more: 409
├── VisitOver            a requester has to come by their link again: 403
├── TooOften             asked for more often than a person does: 429
├── NotSignedIn          an agent has to sign in first: back to the sign-in page
├── TooManyTries         nothing was looked at, and won't be for a while: 429
├── TooBusy              too many passwords are looked at already; nothing was: 503
├── DatabaseDown         nothing was stored: 503
├── Sealed               words that this process has no key for
└── CannotBackUp         a backup could not be made, or not be put back; nothing was replaced
    └── NotABackup       the file is none of ours, or not as it was made
"""

from datetime import timedelta


class SupportDeskError(Exception):
    """Anything the desk itself refuses; its text never holds a requester's words."""


class SettingsError(SupportDeskError):
    """Says which setting, key or folder, and what to do."""


class NotFound(SupportDeskError):
    pass


class TicketChanged(SupportDeskError):
    pass


class TicketClosed(SupportDeskError):
    pass


class CannotMerge(SupportDeskError):
    """Its text is a sentence for the agent."""


class TooLate(SupportDeskError):
    pass


class VisitOver(SupportDeskError):
    pass


class TooOften(SupportDeskError):
    pass


class NotSignedIn(SupportDeskError):
    pass


class TooManyTries(SupportDeskError):
    """Says how long to wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


class TooBusy(SupportDeskError):
    """Nothing was looked at; in a few seconds it will be."""


class Sealed(SupportDeskError):
    pass


class DatabaseDown(SupportDeskError):
    """Nothing was stored: the database is locked, gone, full or not set up."""


class CannotBackUp(SupportDeskError):
    """Says why, and what to do."""


class NotABackup(CannotBackUp):
    pass
