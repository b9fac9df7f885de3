"""People, for admins: who works here, in which role, and where they are signed in."""
