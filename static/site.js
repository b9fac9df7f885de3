// Makes what already works a little quicker: suggestions while typing, one send for a double click, focus on errors.
(function () {
  "use strict";

  var summary = document.getElementById("error-summary");
  if (summary) summary.focus();

  var kept = new Map(); // What a button shows while its form is not on its way: an icon and a word.
  document.querySelectorAll("form[data-busy]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      if (form.dataset.sent) { event.preventDefault(); return; }
      form.dataset.sent = "yes";
      var button = event.submitter || form.querySelector("button[type=submit]");
      kept.set(button, Array.from(button.childNodes));
      button.replaceChildren(form.dataset.busy);
    });
  });
  // Back from the thank-you page, the form may be sent again; the server knows it by its key.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
    });
    kept.forEach(function (nodes, button) { button.replaceChildren.apply(button, nodes); });
    kept.clear();
  });

  // A moment in the reader's own zone, beside ours where the two differ.
  document.querySelectorAll("time[data-here]").forEach(function (time) {
    var at = new Date(time.dateTime), lang = document.documentElement.lang, zone = { timeZone: time.dataset.zone };
    var clock = at.getMinutes() ? { hour: "numeric", minute: "2-digit" } : { hour: "numeric" }; // “8 PM”, as ours are.
    var theirs = at.toLocaleTimeString(lang, clock).replace(/\u202f/g, " ");
    if (theirs === at.toLocaleTimeString(lang, Object.assign({}, zone, clock)).replace(/\u202f/g, " ")) return;
    var sameDay = at.toDateString() === new Date(at.toLocaleString("en-US", zone)).toDateString();
    if (!sameDay) theirs = at.toLocaleDateString(lang, { weekday: "long" }) + ", " + theirs;
    time.after(" (" + time.dataset.here.replace("#", theirs) + ")");
  });

  // The page before sending, left without sending: counted, and no more than that.
  document.querySelectorAll("form[data-left]").forEach(function (form) {
    var counted = false;
    document.addEventListener("click", function (event) {
      var link = event.target.closest("a");
      if (link && /[?&]from=check|\/requests\/portal/.test(link.href)) counted = true; // The link itself is counted.
    });
    window.addEventListener("pagehide", function () {
      if (!counted && !form.dataset.sent && navigator.sendBeacon) navigator.sendBeacon(form.dataset.left);
      counted = true;
    });
  });

  document.querySelectorAll("form[data-check]").forEach(advise);

  // While somebody writes: what their clinic handles, what may help, what not to send, and whom to call right now.
  function advise(form) {
    var panel = document.getElementById("while-typing"), says = document.getElementById("while-typing-says");
    var fields = form.elements, message = fields.message || fields.body; // The requester's own page has no other field.
    var seen = form.querySelector("[name=seen]"), words = panel.dataset, timer, asking, told = "";
    if (!seen.value) seen.value = seen.dataset.byScript;
    var wide = window.matchMedia("(min-width: 60rem)"), aside = document.querySelector(".aside");
    place();
    wide.addEventListener("change", place);
    form.addEventListener("input", later);
    if (message.value.trim()) later();

    // What stands beside the message counts as seen once it was on the screen.
    var token = "", watch = new IntersectionObserver(function (entries) {
      if (entries.some(function (entry) { return entry.isIntersecting; }) && token) seen.value = token;
    }, { rootMargin: "0px 0px -100px 0px" });
    watch.observe(panel);

    function place() {
      aside.classList.toggle("aside-follows", wide.matches);
      if (wide.matches) aside.prepend(panel);
      else says.before(panel);
    }
    function later() {
      clearTimeout(timer);
      timer = setTimeout(ask, 400);
    }
    function ask() {
      if (asking) asking.abort();
      if (((fields.subject ? fields.subject.value : "") + message.value).trim().length < 8) { show(null); return; }
      asking = new AbortController();
      var question = { message: message.value };
      ["subject", "topic"].forEach(function (name) { if (fields[name]) question[name] = fields[name].value; });
      fetch(form.dataset.check, {
        method: "POST", credentials: "omit", signal: asking.signal,
        headers: { "Content-Type": "application/json" }, body: JSON.stringify(question),
      })
        .then(function (answer) { if (!answer.ok) throw answer.status; return answer.json(); })
        .then(show)
        .catch(function () {}); // It was taken back, or there is no advice now: nobody has to know.
    }

    function show(found) {
      var parts = [], spoken = [];
      if (found && found.card) { parts.push(card(found.card)); spoken.push(found.card.heading); }
      if (found && found.notice) { parts.push(notice(found.notice)); spoken.push(words.saysClinic); }
      if (found && found.warnings.length) { parts.push(tooMuch(found.warnings)); spoken.push(words.saysTooMuch); }
      var articles = found && !found.card ? found.articles.filter(function (one) { return !found.notice || one.url !== found.notice.url; }) : [];
      if (articles.length) { parts.push(maybe(articles)); spoken.push(words.saysArticles); }
      token = found ? found.seen : "";
      if (words.shown === JSON.stringify(parts.map(function (part) { return part.textContent; }))) return;
      words.shown = JSON.stringify(parts.map(function (part) { return part.textContent; }));
      panel.replaceChildren.apply(panel, parts);
      panel.hidden = !parts.length;
      if (spoken.join(" ") !== told) says.textContent = told = spoken.join(" ");
      watch.unobserve(panel);
      watch.observe(panel);
    }

    function card(found) {
      var calls = make("ul", "plain calls");
      found.calls.forEach(function (call, at) {
        calls.append(make("li", "", [link(call.url, call.label, "btn " + (at ? "btn-stop-quiet" : "btn-stop"))]));
      });
      var spanish = make("p", "", found.spanish);
      spanish.lang = "es";
      return make("section", "callout callout-stop card-now", [make("h2", "", found.heading), calls]
        .concat(found.paragraphs.map(function (text) { return make("p", "", text); }), found.spanish ? [spanish] : []));
    }
    function notice(found) {
      return make("section", "clinic", [
        make("p", "board board-clinic", words.board), make("h2", "", found.heading), make("p", "", found.why + " " + words.how),
        make("p", "", [link(words.portal, words.portalText, "btn btn-clinic")]), make("p", "", [link(found.url + "?from=check", found.title)]),
      ]);
    }
    function tooMuch(found) {
      var list = make("ul", "plain too-much");
      found.forEach(function (warning) {
        var button = make("button", "btn btn-quiet", [words.remove, make("span", "vh", " (" + warning.label + ")")]);
        button.type = "button";
        button.addEventListener("click", function () {
          [fields.subject, message].forEach(function (field) {
            if (field) field.value = field.value.split(warning.passage).join(words.removed);
          });
          message.focus();
          ask();
        });
        list.append(make("li", "", [make("span", "", [words.looks.replace("#", warning.label) + " ", make("q", "", warning.passage)]), button]));
      });
      return make("section", "callout callout-warn", [make("h2", "", words.tooMuch), make("p", "", words.tooMuchWhy), list]);
    }
    function maybe(found) {
      var list = make("ul", "maybe");
      found.forEach(function (article) { list.append(make("li", "", [link(article.url + "?from=check", article.title)])); });
      return make("section", "", [make("h2", "", words.articles), list]);
    }
  }

  function make(name, kind, content) {
    var element = document.createElement(name);
    if (kind) element.className = kind;
    element.append.apply(element, [].concat(content || []));
    return element;
  }
  function link(address, text, kind) {
    var element = make("a", kind, text);
    element.href = address;
    return element;
  }

  // Counts at which rank a result was opened: the rank alone, and nothing where the browser can't.
  var results = Array.from(document.querySelectorAll("[data-clicked] > li"));
  results.forEach(function (result, at) {
    result.addEventListener("click", function (event) {
      var address = result.parentNode.dataset.clicked;
      if (event.target.closest("a") && navigator.sendBeacon) navigator.sendBeacon(address, new URLSearchParams({ rank: at + 1 }));
    });
  });

  document.querySelectorAll("form[data-suggest]").forEach(suggest);
  document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  document.querySelectorAll("form[data-idle]").forEach(watchIdle);

  function post(address, answers) {
    return fetch(address, { method: "POST", body: new URLSearchParams(answers), keepalive: true });
  }

  // What is being written is kept at the desk, a moment after each pause: it outlives the browser, and the sign-in.
  function keepDraft(form) {
    var timer, onItsWay, body = form.elements.body, kept = body.value;
    function keep() {
      clearTimeout(timer);
      if (body.value === kept || form.dataset.sent) return;
      kept = body.value;
      onItsWay = post(form.dataset.draft, { csrf_token: form.elements.csrf_token.value, address: form.getAttribute("action"), body: kept })
        .then(function (answer) { if (answer.ok && !answer.redirected) document.dispatchEvent(new Event("here")); })
        .catch(function () { kept = null; })
        .then(function () { onItsWay = null; });
    }
    // A draft that overtakes nothing: it would come back as unsent below the reply that it became.
    form.addEventListener("submit", function (event) {
      clearTimeout(timer);
      if (!onItsWay || !form.requestSubmit) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      var patience = new Promise(function (resolve) { setTimeout(resolve, 2000); });
      Promise.race([onItsWay, patience]).then(function () { onItsWay = null; form.requestSubmit(event.submitter); });
    }, true);
    body.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(keep, 2000); });
    body.addEventListener("change", keep);
  }

  // Two minutes before an agent who left is signed out, the page asks; then it goes to the door, and shows nothing more.
  function watchIdle(form) {
    var warn, leave, seconds = Number(form.dataset.idle), early = Math.min(120, seconds / 2);
    var others = "BroadcastChannel" in window ? new BroadcastChannel("desk") : null; // One's other tabs.
    function begin() {
      clearTimeout(warn);
      clearTimeout(leave);
      form.parentNode.hidden = true;
      warn = setTimeout(function () { form.parentNode.hidden = false; }, (seconds - early) * 1000);
      leave = setTimeout(function () { location.reload(); }, (seconds + 1) * 1000);
    }
    function here() { begin(); if (others) others.postMessage("here"); }
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      post(form.action, { csrf_token: form.elements.csrf_token.value })
        .then(function (answer) { if (answer.redirected || !answer.ok) location.reload(); else here(); })
        .catch(function () { location.reload(); });
    });
    document.addEventListener("here", here);
    if (others) others.onmessage = begin;
    here();
  }

  function suggest(form) {
    var input = form.querySelector("input[type=search]");
    var list = document.createElement("ul");
    var status = document.createElement("p");
    var chosen = -1, asked = 0, timer;
    list.className = "suggest";
    list.id = input.id + "-suggest";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", form.querySelector("label").textContent);
    list.hidden = true;
    status.className = "vh";
    status.setAttribute("role", "status");
    form.append(list, status);
    var attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" };
    Object.keys(attributes).forEach(function (name) { input.setAttribute(name, attributes[name]); });

    input.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    input.addEventListener("keydown", function (event) {
      var options = list.children;
      if (list.hidden || !options.length) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        var step = event.key === "ArrowDown" ? 1 : -1;
        choose((chosen + step + options.length + (chosen < 0 && step < 0 ? 1 : 0)) % options.length);
      } else if (event.key === "Escape") {
        event.preventDefault(); // It would empty the box; a second one does.
        close();
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        options[chosen].click();
      }
    });
    input.addEventListener("blur", function () { setTimeout(close, 150); });

    function ask() {
      var words = input.value.trim(), mine = ++asked;
      if (words.length < 2) { close(); return; }
      fetch(form.dataset.suggest + "?q=" + encodeURIComponent(words), { credentials: "omit" })
        .then(function (answer) { return answer.json(); })
        .then(function (found) { if (mine === asked && document.activeElement === input) show(found); })
        .catch(close);
    }

    function show(found) {
      var articles = found.suggestions, urgent = found.emergency;
      list.replaceChildren();
      if (urgent) add(urgent, all, "suggest-stop"); // What is found begins with the whole card then.
      articles.forEach(function (article) { add(article.title, function () { location.href = article.url; }); });
      if (articles.length) add(form.dataset.all, all);
      list.hidden = !list.children.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      choose(-1);
      status.textContent = urgent || (articles.length === 0 ? form.dataset.none
        : articles.length === 1 ? form.dataset.one : form.dataset.many.replace("#", articles.length));
    }

    function all() { form.submit(); }
    function add(text, act, kind) {
      var option = make("li", kind), span = document.createElement("span");
      option.id = list.id + "-" + list.children.length;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      span.textContent = text;
      option.append(span);
      option.addEventListener("mousedown", function (event) { event.preventDefault(); });
      option.addEventListener("click", act);
      list.append(option);
    }

    function choose(index) {
      chosen = index;
      Array.prototype.forEach.call(list.children, function (option, at) {
        option.setAttribute("aria-selected", String(at === index));
      });
      if (index < 0) input.removeAttribute("aria-activedescendant");
      else input.setAttribute("aria-activedescendant", list.children[index].id);
    }

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
  }
})();
