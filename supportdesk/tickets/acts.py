"""What can happen to a ticket: each act is a line of its history, which `wording` puts into words."""

from enum import StrEnum


class Act(StrEnum):
    """What an event of the history tells."""

    RECEIVED = "received"
    TAKEN = "taken"
    REPLIED = "replied"
    UNDONE = "undone"  # A reply was taken back before it was sent.
    NOTED = "noted"
    STATUS = "status"
    PRIORITY = "priority"
    TOPIC = "topic"
    ASSIGNED = "assigned"
    SENT_TO_CLINIC = "sent_to_clinic"
    SOLVED = "solved"
    TAGGED = "tagged"
    WAITS = "waits"  # It rests until a day.
    MENTIONED = "mentioned"
    MENTION_SEEN = "mention_seen"
    WATCHED = "watched"
    UNWATCHED = "unwatched"
    LINKED = "linked"
    UNLINKED = "unlinked"
    MERGED = "merged"  # It is a part of another one.
    MERGED_IN = "merged_in"  # Another one is a part of it.
    TAKEN_APART = "taken_apart"
    SPLIT = "split"  # One of its messages became a request of its own.
    SPLIT_FROM = "split_from"
    CAME_BACK = "came_back"  # That day has come, or an agent ended it.
    RESTORED = "restored"  # What was done to many at once was undone.
    REOPENED = "reopened"
    SHOWN = "shown"  # What a patient was told before they sent it, in names.
    REDACTED = "redacted"
    OPENED = "opened"  # The requester opened their own page.
    WROTE = "wrote"  # The requester added to what they had sent.
    MAIL_RETRIED = "mail_retried"  # What had failed for good went out again.
    ADDRESS_CORRECTED = "address_corrected"
    REACHED_BY_PHONE = "reached_by_phone"  # As no mail reached them.
    MAIL_HELD_BACK = "mail_held_back"  # The acknowledgement, as its mailbox had got too many.
    LINKS_ENDED = "links_ended"  # The links to the requester's own page were turned off.
    DUE_MOVED = "due_moved"  # Hours, holidays or targets are not what they were.
    HELD = "held"  # Held for review: in no queue, and nobody is mailed.
    LET_IN = "let_in"  # After the review.
    ERASED = "erased"  # Somebody asked for it.
    ANONYMISED = "anonymised"  # Its time was over.
    UNKNOWN = "unknown"  # A newer version wrote it, or it is damaged.
