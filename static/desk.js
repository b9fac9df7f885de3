// The desk's shortcuts, and what saves a page from being loaded again.  Each key presses what stands on the page anyway.
(function () {
  "use strict";

  var help = document.body.dataset.shortcuts, going = 0;
  if (help) document.addEventListener("keydown", press);

  function press(event) {
    var typing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (typing && event.key === "Escape" && !event.defaultPrevented) typing.blur();
    if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(typing, event);
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    var key = event.key.toLowerCase(), done = going > Date.now() - 1500 ? go(key) : act(key, event.target);
    going = key === "g" && !done ? Date.now() : 0;
    if (done) event.preventDefault();
  }
  function send(typing, event) {
    if (typing.name !== "body") return;
    event.preventDefault();
    var onward = event.shiftKey ? "[name=onward][value=solve]" : event.altKey ? "[name=onward][value=next]" : ".btn:not([name=pick])";
    var button = typing.form.querySelector("button" + onward);
    if (button) typing.form.requestSubmit(button);
  }
  function go(key) {
    var link = document.querySelector('[data-goes="' + CSS.escape(key) + '"]');
    if (link) link.click();
    return link;
  }
  function act(key, target) {
    var row = target.closest("tbody tr"), body = document.getElementById("reply-body"), find = document.getElementById("find"), bulk = document.getElementById("bulk-act");
    if (key === "j" || key === "k") return move(key === "j" ? 1 : -1, row);
    if (key === "/") { find.focus(); find.select(); return true; }
    if (key === "?") { list(); return true; }
    if (key === "r" && body) { body.focus(); return true; }
    if (key === "b" && bulk) { bulk.focus(); return true; }
    if (row && key === "x") { tick(row); return true; }
    if (row && (key === "a" || key === "e")) return apply(row, key === "a" ? "take" : "solve");
    var box = document.querySelector('[data-opens="' + CSS.escape(key) + '"]');
    if (box) { box.open = true; box.querySelector("textarea, input[type=search]").focus(); return true; }
    var wanted = '[data-shortcut="' + CSS.escape(key) + '"]', around = row || document.querySelector("main"), button = around.querySelector(wanted);
    if (!row && !button) button = document.querySelector(".unsent:not([hidden]) " + wanted); // What this page is about comes first.
    if (button) button.click();
    return button;
  }
  function move(step, row) {
    var links = Array.from(document.querySelectorAll(".q .subj")), at = row ? links.indexOf(row.querySelector(".subj")) : -1;
    var next = links[row ? at + step : step > 0 ? 0 : links.length - 1];
    if (next) next.focus();
    return links.length;
  }
  function tick(row) {
    var box = row.querySelector(".chooses input");
    box.checked = !box.checked;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function apply(row, verb) {
    var form = row.closest("form");
    form.querySelectorAll(".chooses input").forEach(function (box) { box.checked = row.contains(box); });
    form.elements.act.value = verb;
    form.requestSubmit();
    return true;
  }
  function list() {
    read("GET", help, null, function (page) {
      var dialog = document.createElement("dialog"), close = document.createElement("button"), heading = document.createElement("h2");
      heading.textContent = "Keyboard shortcuts";
      close.textContent = "Close";
      close.className = "btn btn-quiet";
      close.addEventListener("click", function () { dialog.close(); });
      dialog.addEventListener("close", function () { dialog.remove(); });
      dialog.append(heading, page.querySelector("[data-keylist]"), close);
      dialog.setAttribute("aria-label", "Keyboard shortcuts");
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  // A page of ours, to take a part of it: as a document, since the policy lets nobody make one out of text.
  function read(method, address, answers, then) {
    var asked = new XMLHttpRequest();
    asked.open(method, address);
    asked.responseType = "document";
    asked.onload = function () {
      if (asked.status === 200 && asked.response && asked.responseURL.indexOf("/sign-in") < 0) then(asked.response);
      else location.reload();
    };
    asked.send(answers);
  }

  // The way back leads to what of the queue was before somebody, and to the line they came from.  Only this tab knows it,
  // and never whose requests they were looking for.
  (function () {
    var queue = document.querySelector("[data-arrived]"), back = document.querySelector("main a[data-shortcut=u]"), from = document.referrer && new URL(document.referrer);
    try {
      if (queue && !/[?&]person=/.test(location.search)) sessionStorage.setItem("queue", location.pathname + location.search);
      if (back && !queue && back.search === "" && sessionStorage.getItem("queue")) back.href = sessionStorage.getItem("queue");
    } catch (_refused) { return; } // A browser that keeps nothing.
    var line = queue && from && from.origin === location.origin && document.querySelector('.q .subj[href="' + CSS.escape(from.pathname) + '"]');
    if (line) line.focus();
  })();

  // On a phone the menu's rows can be moved sideways: where somebody is comes into sight.
  document.querySelectorAll(".side a[aria-current]").forEach(function (link) {
    var row = link.closest("ul");
    if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = link.offsetLeft - row.offsetLeft - (row.clientWidth - link.offsetWidth) / 2;
  });

  // How many are chosen, and one button for all of them.
  document.querySelectorAll("form[data-bulk]").forEach(function (form) {
    var boxes = Array.from(form.querySelectorAll(".chooses input")), count = form.querySelector("[data-count]"), all = document.createElement("button");
    all.type = "button";
    all.className = "btn btn-quiet";
    all.textContent = "Choose all";
    count.before(all);
    all.addEventListener("click", function () {
      var on = boxes.some(function (box) { return !box.checked; });
      boxes.forEach(function (box) { box.checked = on; });
      say();
    });
    form.addEventListener("change", say);
    say(); // Some are, after a choice that said not what to do.
    function say() {
      var chosen = boxes.filter(function (box) { return box.checked; }).length;
      count.textContent = chosen ? chosen + " chosen" : "";
      all.textContent = chosen === boxes.length ? "Choose none" : "Choose all";
    }
  });

  // Every 30 seconds, while the queue is before somebody: what came in.  A link says so; nothing else moves.
  document.querySelectorAll("[data-arrived]").forEach(function (line) {
    setInterval(function () {
      if (document.hidden) return;
      fetch(line.dataset.arrived)
        .then(function (answer) { if (!answer.ok || answer.redirected) throw answer.status; return answer.json(); })
        .then(function (found) {
          var link = document.createElement("a");
          if (!found.says || line.textContent === found.says) return;
          link.href = line.dataset.again;
          link.textContent = found.says;
          link.className = found.is_urgent ? "is-urgent" : "";
          line.replaceChildren(link);
        })
        .catch(function () {});
    }, 30000);
  });

  // Inserts a canned reply or an article where the cursor is.  Without this the form posts back, and it stands at the end.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[name=pick]");
    if (!button) return;
    var form = button.form, text = button.parentNode.querySelector("[data-text]");
    event.preventDefault();
    if (text) insert(form, text.textContent, button.dataset.used);
    else find(form);
  });

  function insert(form, text, used) {
    var body = form.elements.body, before = body.value.slice(0, body.selectionStart), after = body.value.slice(body.selectionEnd);
    if (before && !/\n\n$/.test(before)) text = (/\n$/.test(before) ? "\n" : "\n\n") + text;
    if (after && !/^\n/.test(after)) text += "\n\n";
    body.focus();
    body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
    body.dispatchEvent(new Event("input", { bubbles: true }));
    if (used) form.elements.used.value = (form.elements.used.value + " " + used).trim();
  }

  // The same page as without scripts, of which only the list is taken.
  function find(form) {
    var answers = new URLSearchParams(new FormData(form));
    answers.set("pick", "");
    read("POST", form.action, answers, function (page) {
      form.querySelector("[data-picks]").replaceChildren.apply(form.querySelector("[data-picks]"), Array.from(page.querySelector("[data-picks]").childNodes));
    });
  }

  // After its ten seconds a reply is out, and there is nothing to undo.
  document.querySelectorAll("form[data-seconds]").forEach(function (form) {
    setTimeout(function () { form.hidden = true; }, Number(form.dataset.seconds) * 1000);
  });

  document.querySelectorAll("[data-here]").forEach(watch);

  // Every 15 seconds, while the page is before somebody: that they are here, and who else is.  It moves nothing.
  function watch(line) {
    var token = document.querySelector("[name=csrf_token]").value, version = line.dataset.version, typed = 0, timer;
    document.addEventListener("input", function (event) { if (event.target.name === "body") typed = Date.now(); });
    document.addEventListener("visibilitychange", function () { if (!document.hidden) { clearTimeout(timer); ask(); } });
    window.addEventListener("pagehide", function () { navigator.sendBeacon(line.dataset.here, answers("gone")); });
    timer = setTimeout(ask, 15000);

    function answers(doing) { return new URLSearchParams({ csrf_token: token, doing: doing }); }
    function ask() {
      if (document.hidden) return;
      fetch(line.dataset.here, { method: "POST", body: answers(Date.now() - typed < 20000 ? "writing" : "looking") })
        .then(function (answer) { if (!answer.ok || answer.redirected) throw answer.status; return answer.json(); })
        .then(function (found) {
          var says = [found.others, found.version !== null && String(found.version) !== version ? "This request has changed since you opened it. Sending shows you first what is new." : ""];
          says = says.filter(Boolean).join(" ");
          if (line.textContent !== says) line.textContent = says;
          timer = setTimeout(ask, 15000);
        })
        .catch(function () {}); // Signed out, or no network: nothing more is asked.
    }
  }
})();
