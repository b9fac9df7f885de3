"""The setup page and the mails on it, for admins to read."""

from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, render_template

from supportdesk import clock
from supportdesk.access import Role, may
from supportdesk.health import examine
from supportdesk.mail import samples
from supportdesk.mail.delivery import written
from supportdesk.opening import hours, today
from supportdesk.tickets.clocks.queries import worked_out_by
from supportdesk.tickets.clocks.services import BEFORE
from supportdesk.tickets.clocks.targets import fingerprint, targets
from supportdesk.tickets.models import Priority
from supportdesk.tickets.replies.canned import read_all
from supportdesk.tickets.replies.picking import all_canned
from supportdesk.tickets.setup import deadlines as telling
from supportdesk.tickets.setup import reading

setup = may(Role.ADMIN)(Blueprint("setup", __name__, url_prefix="/desk/setup"))


@setup.get("/")
def page() -> str:
    config = current_app.config
    _replies, wrong = read_all(config["CONTENT_FOLDER"] / "replies")
    return render_template(
        "desk/setup.html",
        week=reading.week(hours()),
        closed=reading.closed_days(hours(), clock.now().astimezone(ZoneInfo(config["TIMEZONE"])).date()),
        topics=reading.topics(current_app.extensions["shelf"].current(), all_canned()),
        goal=config["REPLY_MINUTES"],
        wrong_replies=wrong,
        mails=[(name, samples.WHO.get(name, "")) for name in _mails()],
        health=examine(quickly=False),
    )


@setup.get("/deadlines")
def deadlines() -> str:
    """Every target, hour and closure that decides about a deadline, and how to change each."""
    now_is, worked_out = fingerprint(), worked_out_by()
    return render_template(
        "desk/setup-deadlines.html",
        policy=targets(),
        by_topic=telling.by_topic(targets()),
        levels=list(Priority),
        week=reading.week(hours()),
        breaks=telling.breaks(hours()),
        days=telling.special_days(hours(), today()),
        settings=telling.settings(current_app.config, today()),
        before=BEFORE,
        is_behind=worked_out is not None and worked_out != now_is,
    )


@setup.get("/mail/<name>")
def mail(name: str) -> str:
    """As it goes out, with made-up words."""
    if name not in _mails():
        abort(404)
    due = hours().add(clock.now(), current_app.config["REPLY_MINUTES"])
    subject, text = written(name, samples.sample(name, due))
    return render_template("desk/setup-mail.html", name=name, who=samples.WHO.get(name, ""), subject=subject, text=text)


def _mails() -> list[str]:
    return samples.names(Path(current_app.root_path, current_app.template_folder or ""))
