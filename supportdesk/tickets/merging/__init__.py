"""Two tickets of one person as one: nothing is moved, so nothing is lost, and it can be taken back.

The row of `merged` is all there is to it.  Messages stay with their own ticket, under its own key; whoever shows a
conversation shows those of the tickets that were merged into it too.
"""
