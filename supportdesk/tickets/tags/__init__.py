"""Tags: words of the desk's own, made by leads, that agents put on tickets.  Never a patient's words."""
