"""Finding tickets by their words, which are stored nowhere: by keyed hashes of them, or by opening every ticket.

docs/confidentiality.md says what the hashes tell a thief.
"""

from supportdesk.tickets.finding import terms

terms.listen()
