"""What every act on a ticket has in common: how it begins, and how it ends."""
