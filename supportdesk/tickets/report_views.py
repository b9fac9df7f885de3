"""The reports page, and the same figures as CSV."""

import csv
import io
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.agents import auth
from supportdesk.opening import hours
from supportdesk.tickets import queries, wording
from supportdesk.tickets.charts import nice_scale
from supportdesk.tickets.reports import SPANS, Report, report

reports = Blueprint("reports", __name__, url_prefix="/desk")
reports.before_request(auth.guard)
reports.guarded = True  # type: ignore[attr-defined]


@reports.get("/reports")
def page() -> ResponseReturnValue:
    return render_template(
        "desk/reports.html",
        report=_report(),
        span=_span(),
        spans=SPANS,
        goal=current_app.config["REPLY_GOAL_MINUTES"] / 60,
        counts=queries.view_counts(auth.current_agent()),
        now=clock.now(),
        wording=wording,
        nice_scale=nice_scale,
    )


@reports.get("/reports.csv")
def as_csv() -> ResponseReturnValue:
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["day", "new_ours", "new_clinic", "first_replies", "median_business_hours", "sent_to_clinic"])
    for day in _report().days:
        sheet.writerow([day.day, day.ours, day.clinic, day.replies, day.median_hours, day.sent_to_clinic])
    name = f"support-desk-{_span()}-days.csv"
    return Response(
        text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"}
    )


def _span() -> int:
    span = request.args.get("span", 14, type=int)
    return span if span in SPANS else 14


def _report() -> Report:
    return report(hours(), ZoneInfo(current_app.config["TIMEZONE"]), clock.now(), _span())
