"""How requests flow: a page and a sheet for leads, and for every agent their own figures."""

from collections.abc import Iterator

from flask import Blueprint, Response, render_template

from supportdesk import sheets
from supportdesk.access import Role, may
from supportdesk.agents import auth
from supportdesk.agents.queries import agents_by_id
from supportdesk.audit import What, note
from supportdesk.opening import hours
from supportdesk.tickets.charts import nice_scale
from supportdesk.tickets.clocks.targets import targets
from supportdesk.tickets.flow import queries
from supportdesk.tickets.flow.asked import span_asked
from supportdesk.tickets.flow.figures import Times
from supportdesk.tickets.flow.span import LAST

flow = may(Role.LEAD)(Blueprint("flow", __name__, url_prefix="/desk/reports"))


@flow.get("/flow")
def page() -> str:
    return render_template("desk/flow.html", flow=_flow(), people=agents_by_id(), nice_scale=nice_scale, lasts=LAST)


@flow.get("/flow.csv")
def as_csv() -> Response:
    found = _flow()
    note(What.EXPORTED, detail=f"flow,from={found.span.first},to={found.span.last}")
    name = f"support-desk-flow-{found.span.first}-{found.span.last}.csv"
    return sheets.download(name, [["what", "of", "number"], *_rows(found)])


@flow.get("/mine")
@may(Role.AGENT)
def mine() -> str:
    span = span_asked()
    own = queries.of_agent(auth.current_agent().id, span, hours(), targets())
    return render_template("desk/mine.html", span=span, own=own, lasts=LAST)


def _rows(found: queries.Flow) -> Iterator[list[object]]:
    yield ["new", "", found.total]
    yield from (["new_by_topic", topic, number] for topic, number in found.topics)
    yield from (["new_by_route", route, number] for route, number in sorted(found.routes.items()))
    for day, row in enumerate(found.heat, 1):
        yield from (["new_by_hour_of_week", f"{day}-{hour:02}", number] for hour, number in enumerate(row) if number)
    for name, of in (("first_reply", found.first), ("next_reply", found.next)):
        yield from _time_rows(name, of)
    yield from (["unsolved_at_end_of", day, number] for day, number in found.backlog)
    yield ["reopened", "", found.reopened]
    yield from (["did_we_help", said, number] for said, number in zip(("yes", "no"), found.helped, strict=True))
    people = agents_by_id()
    for who, of_agent in found.agents.items():
        name = people[who].name if who in people else "nobody"
        yield ["replies", name, of_agent.replies]
        yield ["solved", name, of_agent.solved]
        yield ["median_business_minutes", name, of_agent.times.median]


def _time_rows(name: str, of: Times) -> Iterator[list[object]]:
    yield [name, "count", of.count]
    yield [name, "median_business_minutes", of.median]
    yield [name, "p90_business_minutes", of.p90]
    yield [name, "kept", of.kept]


def _flow() -> queries.Flow:
    return queries.flow(span_asked(), hours(), targets())
