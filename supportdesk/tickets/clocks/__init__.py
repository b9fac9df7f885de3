"""The clocks of a ticket: what it was promised, why its deadline is what it is, and who is told when it comes near."""
