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
      var button = form.querySelector("button[type=submit]");
      kept.set(button, Array.from(button.childNodes));
      button.replaceChildren(form.dataset.busy);
    });
  });
  // Back from the thank-you page, the form may be sent again; the server knows it by its key.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      delete form.dataset.sent;
      var button = form.querySelector("button[type=submit]");
      if (kept.has(button)) button.replaceChildren.apply(button, kept.get(button));
    });
  });

  // Counts at which rank a result was opened: the rank alone, and nothing where the browser can't.
  var results = Array.from(document.querySelectorAll("[data-clicked] > li"));
  results.forEach(function (result, at) {
    result.addEventListener("click", function (event) {
      var address = result.parentNode.dataset.clicked;
      if (event.target.closest("a") && navigator.sendBeacon) navigator.sendBeacon(address, new URLSearchParams({ rank: at + 1 }));
    });
  });

  document.querySelectorAll("form[data-suggest]").forEach(suggest);

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
        .then(function (found) { if (mine === asked && document.activeElement === input) show(found.suggestions, words); })
        .catch(close);
    }

    function show(articles, words) {
      list.replaceChildren();
      articles.forEach(function (article) { add(article.title, function () { location.href = article.url; }); });
      if (articles.length) add(form.dataset.all, function () { form.submit(); });
      list.hidden = !articles.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      choose(-1);
      status.textContent = articles.length === 0 ? form.dataset.none
        : articles.length === 1 ? form.dataset.one : form.dataset.many.replace("#", articles.length);
    }

    function add(text, act) {
      var option = document.createElement("li"), span = document.createElement("span");
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
