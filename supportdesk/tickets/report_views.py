"""The reports page, and the same figures as CSV."""

import csv
import io

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from supportdesk import clock
from supportdesk.access import Role, may
from supportdesk.audit import What, note
from supportdesk.opening import hours
from supportdesk.tickets.charts import nice_scale
from supportdesk.tickets.flow.asked import span_asked
from supportdesk.tickets.flow.span import LAST
from supportdesk.tickets.guidance_report import GuidanceReport, guidance_report
from supportdesk.tickets.reports import Report, report

reports = may(Role.LEAD)(Blueprint("reports", __name__, url_prefix="/desk"))


@reports.get("/reports")
def page() -> ResponseReturnValue:
    return render_template(
        "desk/reports.html",
        report=_report(),
        guided=_guided(),
        titles=_titles(),
        span=span_asked(),
        lasts=LAST,
        goal=current_app.config["REPLY_GOAL_MINUTES"] / 60,
        nice_scale=nice_scale,
    )


@reports.get("/reports.csv")
def as_csv() -> ResponseReturnValue:
    note(What.EXPORTED, detail=f"reports,days={_days()}")
    text = io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["day", "new_ours", "new_clinic", "first_replies", "median_business_hours", "sent_to_clinic"])
    for day in _report().days:
        sheet.writerow([day.day, day.ours, day.clinic, day.replies, day.median_hours, day.sent_to_clinic])
    return _sheet(text, _file("support-desk"))


@reports.get("/reports/guidance.csv")
def guidance_as_csv() -> ResponseReturnValue:
    note(What.EXPORTED, detail=f"guidance,days={_days()}")
    found, text = _guided(), io.StringIO()
    sheet = csv.writer(text)
    sheet.writerow(["what", "of", "number"])
    sheet.writerows(["sent_to_clinic", topic, number] for topic, number in found.sent_to_clinic)
    left = sorted(found.deflected.items())
    sheet.writerows(["deflected_at_most", answer.rstrip(":"), number] for answer, number in left)
    sheet.writerow(["sent_after_an_answer", "", found.sent_after])
    sheet.writerow(["sent_anyway", "", found.overridden])
    sheet.writerow(["sent_anyway", "agent_agreed", found.agreed])
    sheet.writerow(["sent_anyway", "agent_disagreed", found.disagreed])
    sheet.writerow(["sent_anyway", "undecided", found.undecided])
    sheet.writerows(["emergency_minutes_to_reply", urgent.reference, urgent.minutes] for urgent in found.emergencies)
    return _sheet(text, _file("support-desk-guidance"))


def _sheet(text: io.StringIO, name: str) -> Response:
    return Response(
        text.getvalue(), mimetype="text/csv", headers={"Content-Disposition": f"attachment; filename={name}"}
    )


def _guided() -> GuidanceReport:
    return guidance_report(span_asked())


def _report() -> Report:
    return report(hours(), span_asked(), clock.now())


def _titles() -> dict[str, str]:
    """Of articles and of the cards of emergencies, by the names that are counted; one that is gone has none."""
    library = current_app.extensions["shelf"].current()
    cards = {card.emergency.name: card.emergency.heading for card in library.lessons.cards}
    return {slug: article.title for slug, article in library.articles.items()} | cards


def _days() -> int:
    return len(span_asked().days)


def _file(name: str) -> str:
    span = span_asked()
    return f"{name}-{span.first}-{span.last}.csv"
