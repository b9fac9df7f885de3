"""Teams: agents under one name, to whom a request can be handed until one of them takes it.  Knows no tickets."""
