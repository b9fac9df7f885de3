"""The list of keyboard shortcuts, and the switch that turns them off for one agent."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from supportdesk.access import Role, may
from supportdesk.agents import auth, services

shortcuts = may(Role.AGENT)(Blueprint("shortcuts", __name__, url_prefix="/desk/shortcuts"))

KEYS = (
    ("j, k", "The next request, the one before"),
    ("Enter", "Open it"),
    ("x", "Choose it, for an act on several"),
    ("b", "Say what to do with those I chose"),
    ("a", "Take it: assign it to me"),
    ("r", "Write a reply"),
    ("i", "Insert a canned reply"),
    ("n", "Write a note"),
    ("c", "Send to clinic: preview the note"),
    ("e", "Solve it"),
    ("w", "Watch it, or stop watching"),
    ("z", "Undo"),
    ("Ctrl Enter", "Send what I am writing"),
    ("Ctrl Shift Enter", "Send it and solve the request"),
    ("Ctrl Alt Enter", "Send it, then open the next request"),
    ("Escape", "Leave the box I am writing in"),
    ("/", "Find a request"),
    ("u", "Back to where I was in the queue"),
    ("g, then i", "All open requests"),
    ("g, then m", "My requests"),
    ("g, then t", "My teams"),
    ("g, then n", "No one assigned"),
    ("g, then w", "Waiting on patient"),
    ("g, then s", "Solved"),
    ("?", "This list"),
)


@shortcuts.get("/")
def page() -> str:
    return render_template("desk/shortcuts.html", keys=KEYS)


@shortcuts.post("/")
def switch() -> ResponseReturnValue:
    services.switch_shortcuts(auth.current_agent(), on=request.form.get("shortcuts") == "on")
    return redirect(url_for(".page"), code=303)
