"""One message that asks for something else becomes a request of its own."""
