"use strict";
/* The list works without this; with it one deletes, plays what was found, and sees it while typing. */
(function () {
  var token = document.querySelector("meta[name=token]").content;
  var audio = document.getElementById("sound");
  var told = document.getElementById("told");
  var playing = null, until = null;

  /* --- hearing a place --------------------------------------------------------------------------------- */
  function quiet() {
    audio.pause();
    if (playing) { playing.classList.remove("playing"); }
    playing = null;
  }
  function play(button) {
    if (playing === button) { quiet(); return; }
    quiet();
    playing = button;
    button.classList.add("playing");
    /* recognisers place the edges of words within about 0.1 s: some air on both sides */
    var start = Math.max(0, Number(button.dataset.start) - 300) / 1000;
    until = (Number(button.dataset.end) + 300) / 1000;
    audio.src = "/session/" + encodeURIComponent(button.dataset.session) + "/audio";
    audio.addEventListener("loadedmetadata", function () {
      audio.currentTime = start;
      audio.play().catch(failed);
    }, { once: true });
    audio.load();
  }
  function failed() { quiet(); told.textContent = "The recording could not be played."; }
  audio.addEventListener("timeupdate", function () { if (until !== null && audio.currentTime >= until) { quiet(); } });
  audio.addEventListener("ended", quiet);
  audio.addEventListener("error", function () { if (playing) { failed(); } });

  /* --- searching while typing -------------------------------------------------------------------------- */
  var field = document.getElementById("q"), found = document.getElementById("found");
  var hits = document.getElementById("hits"), title = document.getElementById("found-title");
  var shape = null, waiting = null, asked = 0;

  function node(tag, name, text) {
    var made = document.createElement(tag);
    if (name) { made.className = name; }
    if (text) { made.textContent = text; }
    return made;
  }
  function hitLine(hit) {
    var line = node("li", "hit"), button = node("button", "play"), words = node("div");
    button.type = "button";
    button.dataset.session = hit.session;
    button.dataset.start = hit.start_ms;
    button.dataset.end = hit.end_ms;
    button.setAttribute("aria-label", "Play what was said at " + hit.clock);
    button.append(shape.cloneNode(true));
    var place = node("p", "quiet"), link = node("a", "", hit.title + ", " + hit.date + ", at " + hit.clock);
    link.href = "/session/" + encodeURIComponent(hit.session) + "#t=" + hit.start_ms;
    place.append((hit.who === "candidate" ? "You" : "Interviewer") + " · ", link);
    words.append(node("p", "said", hit.text), place);
    line.append(button, words);
    return line;
  }
  function show(answer) {
    quiet();
    hits.replaceChildren.apply(hits, answer.hits.map(hitLine));
    found.hidden = !answer.query;
    var n = answer.hits.length;
    title.textContent = !answer.query ? "" : n ? "Said in " + n + (n === 1 ? " place" : " places")
      : "Nobody said that, as far as it was understood";
    told.textContent = title.textContent;
  }
  function narrow(text) {
    var parts = text.toLowerCase().split(/\s+/).filter(Boolean);
    document.querySelectorAll(".month").forEach(function (month) {
      var any = false;
      month.querySelectorAll(".row").forEach(function (row) {
        var about = row.dataset.find.toLowerCase();
        row.classList.toggle("fits", parts.length > 0 && parts.every(function (part) { return about.includes(part); }));
        any = any || row.classList.contains("fits");
      });
      month.dataset.fits = any ? "yes" : "no";
    });
    var some = parts.length > 0 && document.querySelector(".row.fits");
    document.querySelectorAll(".row").forEach(function (row) { row.hidden = Boolean(some) && !row.classList.contains("fits"); });
    document.querySelectorAll(".month").forEach(function (month) { month.hidden = Boolean(some) && month.dataset.fits === "no"; });
  }
  function search() {
    var number = asked += 1, text = field.value.trim();
    narrow(text);
    if (text.length < 2) { show({ query: "", hits: [] }); return; }
    fetch("/search?q=" + encodeURIComponent(text), { headers: { Accept: "application/json" } })
      .then(function (answer) { return answer.json(); })
      .then(function (answer) { if (number === asked && answer.hits) { show(answer); } })
      .catch(function () { told.textContent = "The review has been closed; start it again to search."; });
  }
  if (field) {
    shape = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    shape.setAttribute("viewBox", "0 0 16 16");
    shape.setAttribute("aria-hidden", "true");
    var path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M5 3.2v9.6a.5.5 0 0 0 .77.42l7.3-4.8a.5.5 0 0 0 0-.84l-7.3-4.8A.5.5 0 0 0 5 3.2z");
    shape.append(path);
    field.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(search, 200); });
    field.form.addEventListener("submit", function (event) { event.preventDefault(); clearTimeout(waiting); search(); });
  }

  /* --- deleting ---------------------------------------------------------------------------------------- */
  var ask = document.getElementById("ask"), yes = document.getElementById("ask-yes"), chosen = null;
  function offer(button) {
    chosen = button;
    document.getElementById("ask-name").textContent = button.dataset.name;
    document.getElementById("ask-size").textContent = button.dataset.size;
    document.getElementById("ask-error").textContent = "";
    yes.disabled = false;
    ask.showModal();
    document.getElementById("ask-no").focus();
  }
  function gone() {
    var row = chosen.closest(".row"), month = chosen.closest(".month");
    var next = row.nextElementSibling || row.previousElementSibling;
    ask.close();
    told.textContent = chosen.dataset.name + " was deleted.";
    row.remove();
    if (!month.querySelector(".row")) { month.remove(); }
    if (!document.querySelector(".row")) { location.reload(); return; }
    var left = document.querySelectorAll(".row").length, count = document.getElementById("count");
    count.textContent = left + (left === 1 ? " interview" : " interviews");
    (next ? next.querySelector("a") : document.getElementById("list")).focus();
  }
  function remove() {
    var id = chosen.dataset.session;
    yes.disabled = true;
    fetch("/session/" + encodeURIComponent(id) + "/delete", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Token": token },
      body: JSON.stringify({ confirm: id })
    }).then(function (answer) {
      if (answer.ok) { gone(); return; }
      return answer.json().then(function (why) { throw new Error(why.error); });
    }).catch(function (error) {
      yes.disabled = false;
      document.getElementById("ask-error").textContent = error.message || "It could not be deleted.";
    });
  }
  document.getElementById("ask-no").addEventListener("click", function () { ask.close(); });
  yes.addEventListener("click", remove);
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.classList.contains("play")) { play(button); }
    if (button.classList.contains("delete")) { offer(button); }
  });
  document.querySelectorAll("button[hidden]").forEach(function (button) { button.hidden = false; });
  document.documentElement.dataset.ready = "yes";
})();
