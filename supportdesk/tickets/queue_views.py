"""The agents' queue: its views and filters, what came in meanwhile, and the box that finds a request."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any

from flask import current_app, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.utils import redirect

from supportdesk import audit, clock
from supportdesk.agents import auth
from supportdesk.agents.queries import active_agents
from supportdesk.agents.teams.queries import all_teams
from supportdesk.opening import hours
from supportdesk.tickets import queries
from supportdesk.tickets.arrivals.queries import arrived_since
from supportdesk.tickets.desk_pages import desk, page
from supportdesk.tickets.finding.queries import by_hashes, find_tickets
from supportdesk.tickets.finding.scan import by_opening
from supportdesk.tickets.mentions.queries import news_in
from supportdesk.tickets.models import STATUS_NAMES, Ticket
from supportdesk.tickets.narrowing.asked import asked
from supportdesk.tickets.narrowing.due import DUE, due_before
from supportdesk.tickets.narrowing.queries import ORDERS, VIEWS, Filters
from supportdesk.tickets.references import read_reference
from supportdesk.tickets.tags.queries import all_tags, tags_of
from supportdesk.tickets.topics import CLINIC_TOPICS, DESK_TOPICS

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True)
class Refusal:
    """Why nothing was done with the requests that were chosen, and what to do."""

    heading: str
    cure: str
    act: str
    chosen: Mapping[str, int]  # Their references, and the version seen: they stay chosen.

    def elsewhere(self, shown: Sequence[Ticket]) -> dict[str, int]:
        """Those of them that the page does not show any more, as the queue moved on meanwhile."""
        here = {ticket.reference for ticket in shown}
        return {reference: version for reference, version in self.chosen.items() if reference not in here}


@desk.get("/")
def queue() -> ResponseReturnValue:
    return queue_page()


def queue_page(refusal: Refusal | None = None) -> str:
    """What the address asks for; after a `refusal` with it on top, and with what was chosen still chosen."""
    agent = auth.current_agent()
    filters = read_filters()
    beside, size = request.args.get("beside", ""), current_app.config["QUEUE_PAGE_SIZE"]
    shown = queries.queue_page(filters, agent, beside, size, moment(filters))
    what = audit.What.SEARCHED if filters.person else audit.What.LISTED
    audit.note(what, detail=f"view={filters.view},first={shown.first},found={shown.total}")
    return page(
        "desk/queue.html",
        page=shown,
        filters=filters,
        refusal=refusal,
        elsewhere=refusal.elsewhere(shown.tickets) if refusal else {},
        beside=beside,
        link=lambda beside: url_for("desk.queue", beside=beside, **given(filters)),
        sorted_by=lambda sort: url_for("desk.queue", **(given(filters) | {"sort": sort})),
        given=given(filters),
        news=news_in([ticket.id for ticket in shown.tickets], agent),
        tags=all_tags(),
        teams=all_teams(),
        asked=asked(filters),
        unread=_unread(),
        tags_of=tags_of([ticket.id for ticket in shown.tickets]),
        agents=active_agents(),
        statuses=STATUS_NAMES,
        due_times=DUE,
        desk_topics=DESK_TOPICS,
        all_clinic_topics=CLINIC_TOPICS,
    )


@desk.get("/arrived.json")
@auth.unattended
def arrived() -> ResponseReturnValue:
    """What the queue's script asks: what came in since the page was made, in words."""
    try:
        since = datetime.fromisoformat(request.args.get("since", ""))
    except ValueError:
        return jsonify(says="", is_urgent=False)
    aware = since if since.tzinfo else since.replace(tzinfo=UTC)
    filters = read_filters()
    found = arrived_since(filters, auth.current_agent(), aware, moment(filters))
    return jsonify(says=found.in_words, is_urgent=found.emergencies > 0)


def _unread() -> list[str]:
    """What the address asks for that there is not, so that it is not taken for what is shown instead."""
    view, sort = request.args.get("view", ""), request.args.get("sort", "").removeprefix("-")
    return [*(["a view"] if view and view not in VIEWS else []), *(["an order"] if sort and sort not in ORDERS else [])]


def read_filters() -> Filters:
    """What the address asks for; for a view or an order that there is not the usual one, and the page says so."""
    names = (field.name for field in fields(Filters))
    asked = {name: request.args.get(name, "")[:300] for name in names}
    if asked["view"] not in VIEWS:
        asked["view"] = "open"
    if asked["sort"].removeprefix("-") not in ORDERS:
        asked["sort"] = ""
    return Filters(**asked)


@desk.post("/find")
def find() -> ResponseReturnValue:
    """A reference, an address, or words.  What was typed stands in no address: words are answered by this page."""
    typed = request.form.get("find", "")[:300].strip()
    audit.note(audit.What.SEARCHED)
    if queries.there_is_ticket(typed):
        return redirect(url_for(".ticket", reference=read_reference(typed)), code=303)
    if _ADDRESS.fullmatch(typed):
        return redirect(url_for(".queue", view="all", person=queries.email_hash(typed).hex()), code=303)
    finder = by_hashes if current_app.config["TICKET_WORD_INDEX"] else by_opening
    found = find_tickets(typed, request.form.get("before", type=int), finder)
    for hit in found.hits:  # A line of each is shown.
        audit.note(audit.What.LOOKED, hit.ticket.reference, "search")
    return page("desk/found.html", found=found, place="")


def moment(filters: Filters) -> datetime | None:
    """Before which the replies asked for are due, as of now and where the desk is; None where none is asked for."""
    return due_before(filters.due, clock.now(), hours().zone)


def given(filters: Filters) -> dict[str, Any]:
    return {name: value for name, value in asdict(filters).items() if value}
