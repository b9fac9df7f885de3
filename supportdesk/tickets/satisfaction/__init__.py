"""One question to the requester after their request was solved: did we help?  Asked on their own page."""
