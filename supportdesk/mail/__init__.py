"""Mail: committed to the outbox with what it tells of, delivered afterwards by another process.  Knows no tickets."""

from flask import Flask

from supportdesk.mail import checks, cli, delivery


def init_app(app: Flask) -> None:
    delivery.init_app(app)
    app.cli.add_command(cli.outbox)
    checks.init_app(app)
