"""What an agent was writing when their sign-in ran out: kept sealed, and back in its box after signing in again."""
