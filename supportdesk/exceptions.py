"""What can go wrong in the desk's own rules, without HTTP.

SupportDeskError
├── SettingsError        a setting, key or folder is not usable: the desk refuses to start
├── NotFound             no such thing, or not yours to see: 404 either way
├── TicketChanged        someone else changed it since you opened it: 409
├── TicketClosed         the conversation is over: 409
├── NotSignedIn          an agent has to sign in first: back to the sign-in page
├── DatabaseDown         nothing was stored: 503
└── Sealed               words that this process has no key for
"""


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


class NotSignedIn(SupportDeskError):
    pass


class Sealed(SupportDeskError):
    pass


class DatabaseDown(SupportDeskError):
    """Nothing was stored: the database is locked, gone, full or not set up."""
