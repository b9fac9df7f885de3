"""Teams as tickets know them: handed to one, found by one, counted for one.  Who is in a team: agents/teams."""
