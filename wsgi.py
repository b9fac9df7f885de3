"""gunicorn's door, and that of `flask --app wsgi`: one line where the desk refuses to start."""

import sys

from supportdesk import create_app
from supportdesk.exceptions import SettingsError

try:
    app = create_app()
except SettingsError as error:
    sys.exit(f"desk: {error}")
