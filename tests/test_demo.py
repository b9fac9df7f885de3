"""The demo: a desk worth looking at, and never mixed with a real one."""


def test_it_fills_an_empty_desk_in_every_state(run, rows):
    said = run("demo load")

    assert rows("select count(*) >= 40 from ticket") in ([(1,)], [(True,)])
    states = {state for (state,) in rows("select distinct status from ticket")}
    assert {"new", "open", "pending", "solved"} <= states
    outcomes = {outcome for (outcome,) in rows("select distinct outcome from ticket where outcome is not null")}
    assert outcomes == {"answered", "sent_to_clinic", "duplicate", "spam"}
    assert "dana@example.org" in said
    assert rows("select count(*) >= 1 from ticket where emergency is not null and status = 'new'") in (
        [(1,)],
        [(True,)],
    )
    assert rows("select count(*) from ticket where team_id is not null and assignee_id is null") != [(0,)]
    assert {route for (route,) in rows("select distinct route from ticket")} == {"desk", "clinic"}


def test_it_refuses_a_desk_with_tickets(patient, run, rows):
    patient.send()

    assert "holds tickets already" in run("demo load", code=1)
    assert rows("select count(*) from ticket") == [(1,)]


def test_it_refuses_where_mail_would_leave(desk_with):
    app = desk_with(MAIL_MODE="smtp")
    result = app.test_cli_runner().invoke(args=["demo", "load"])

    assert result.exit_code == 1
    assert "would send mail" in result.output


def test_the_demo_looks_like_a_desk(run, dana):
    run("demo load")

    for page in ("/desk/", "/desk/?view=all", "/desk/?view=clinic", "/desk/reports"):
        dana.open(page)
