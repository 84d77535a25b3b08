/* In the app: what the reader does is told to it, and what changed is put in place of what was there. */
(function () {
  if (!page.live) { return; }
  const base = page.live, token = page.body.dataset.token;

  async function ask(path, body) {
    const answer = await fetch(base + path, body === undefined ? {} : {
      method: "POST", headers: { "content-type": "application/json", "x-token": token }, body: JSON.stringify(body),
    });
    const told = await answer.json().catch(function () { return {}; });
    if (!answer.ok) { throw new Error(told.error || "That did not work."); }
    return told;
  }
  function failed(error) {
    page.tell(error instanceof TypeError ? "The review app does not answer. Is it still running?" : error.message);
  }

  /* the page as it is now; only the named parts of it are taken over */
  async function renew(ids) {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    if (!answer.ok) { throw new Error("The page could not be loaded again."); }
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    close(false);
    ids.forEach(function (id) {
      const old = document.getElementById(id), found = fresh.getElementById(id);
      if (!old || !found) { return; }
      const now = document.importNode(found, true);
      carry(old, now);
      old.replaceWith(now);
    });
    page.changed.forEach(function (each) { each(); });
  }
  /* what was unfolded stays so, and a note that is being written is not lost */
  function carry(old, now) {
    const before = old.querySelectorAll("textarea, details"), after = now.querySelectorAll("textarea, details");
    if (before.length !== after.length) { return; }
    before.forEach(function (node, at) {
      if (node.localName === "details") { after[at].open = node.open; }
      else if (node.value !== node.defaultValue) { after[at].value = node.value; }
    });
  }
  function articles(question) {
    return Array.from(document.querySelectorAll("article[data-question]"))
      .filter(function (node) { return question === null || node.dataset.question === question; })
      .map(function (node) { return node.id; });
  }

  /* --- a word that was misheard ------------------------------------------------------------------------ */
  const form = document.getElementById("edit"), field = document.getElementById("edit-word");
  const back = form.querySelector(".back"), home = form.parentNode;
  let word = null;

  page.edit = function (chosen) {
    word = chosen;
    form.querySelector("q").textContent = chosen.dataset.heard || chosen.textContent;
    field.value = chosen.dataset.heard === undefined ? chosen.textContent : wholeOf(chosen);
    back.hidden = chosen.dataset.heard === undefined;
    chosen.closest(".turn").append(form);
    form.hidden = false;
    field.focus();
    field.select();
    if (page.from && chosen.dataset.s) { page.from(Number(chosen.dataset.s) - 300, Number(chosen.dataset.e) + 300, null); }
  };
  function wholeOf(chosen) {
    const same = chosen.parentNode.querySelectorAll('.w[data-n="' + chosen.dataset.n + '"]');
    return Array.from(same, function (node) { return node.textContent; }).join(" ");
  }
  page.correcting = function (chosen) {
    const button = chosen.closest(".turn").querySelector(".correct");
    if (!button || button.getAttribute("aria-pressed") !== "true") { return false; }
    page.edit(chosen);
    return true;
  };
  function close(focus) {
    form.hidden = true;
    home.append(form);
    if (focus && word && word.isConnected) { word.focus(); }
  }
  async function correct(text) {
    const turn = Number(word.parentNode.dataset.turn), number = Number(word.dataset.n);
    form.setAttribute("aria-busy", "true");
    try {
      const told = await ask("/correct", { turn, word: number, text });
      close(false);
      await renew([...articles(told.question), "next", "overview", "delivery"]);
      const now = document.querySelector('.words[data-turn="' + turn + '"] .w[data-n="' + number + '"]')
        || document.querySelector('.words[data-turn="' + turn + '"] .w');
      if (now) { page.choose(now); now.focus(); }
      page.tell("Corrected. The answer was looked at again.");
    } catch (error) { failed(error); }
    form.removeAttribute("aria-busy");
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); correct(field.value.trim()); });
  back.addEventListener("click", function () { correct(null); });
  form.addEventListener("keydown", function (event) { if (event.key === "Escape") { close(true); } });
  form.querySelector(".cancel").addEventListener("click", function () { close(true); });

  /* --- guessing, showing, noting ----------------------------------------------------------------------- */
  document.addEventListener("change", function (event) {
    const guess = event.target.closest("fieldset.guess");
    if (guess) {
      ask("/rate", { question: guess.dataset.question, level: Number(event.target.value) })
        .then(function () { page.tell("Your guess is kept."); }, failed);
    }
  });
  async function reveal() {
    try {
      await ask("/reveal", {});
      await renew([...articles(null), "next", "overview"]);
      page.uncover();
    } catch (error) { failed(error); }
  }
  document.addEventListener("submit", function (event) {
    const note = event.target.closest("form.note");
    if (event.target.id === "tags") {
      event.preventDefault();
      const tags = document.getElementById("tag-list").value.split(",").map(function (tag) { return tag.trim(); }).filter(Boolean);
      ask("/tags", { tags }).then(function () { page.tell("The tags are kept."); }, failed);
    } else if (note) {
      event.preventDefault();
      ask("/note", { question: note.dataset.question || null, text: note.querySelector("textarea").value })
        .then(function () { page.tell("The note is kept."); }, failed);
    }
  });

  /* --- trying it again ---------------------------------------------------------------------------------- */
  const dialog = document.getElementById("job"), open = dialog.querySelector(".open"), stop = dialog.querySelector(".stop");
  const state = dialog.querySelector(".state"), lines = dialog.querySelector(".lines");
  const STATES = { running: "The drill is running. Speak when you are asked.", done: "The drill is over.", failed: "The drill could not be held." };
  let job = 0;

  function show(told) {
    const text = STATES[told.state] || told.state;
    if (state.textContent !== text) { state.textContent = text; }
    lines.textContent = told.lines.join("\n");
    lines.hidden = told.lines.length === 0;
    lines.scrollTop = lines.scrollHeight;
    stop.hidden = told.state !== "running";
    open.hidden = !told.session;
    if (told.session) { open.href = base.slice(0, base.lastIndexOf("/") + 1) + encodeURIComponent(told.session); }
  }
  async function follow(number) {
    try {
      const told = await ask("/jobs/" + number);
      if (number !== job) { return; }
      show(told);
      if (told.state === "running") { setTimeout(follow, 1000, number); return; }
      await renew(articles(null));
    } catch (error) { failed(error); }
  }
  async function retry(button) {
    if (page.stop) { page.stop(); }
    page.quiet();
    button.disabled = true;
    try {
      job = (await ask("/retry", { question: button.dataset.question || null, move: button.dataset.move || null })).job;
      show({ state: "running", lines: [], session: null });
      dialog.showModal();
      follow(job);
    } catch (error) { failed(error); }
    button.disabled = false;
  }
  dialog.querySelector(".close").addEventListener("click", function () { dialog.close(); });
  stop.addEventListener("click", function () { ask("/jobs/" + job + "/stop", {}).then(show, failed); });

  document.addEventListener("click", function (event) {
    const again = event.target.closest(".retry"), mode = event.target.closest(".correct");
    if (event.target.closest("#reveal")) { reveal(); }
    if (again) { retry(again); }
    if (mode) {
      const on = mode.getAttribute("aria-pressed") !== "true";
      mode.setAttribute("aria-pressed", String(on));
      page.tell(on ? "Press a word of this answer to correct it." : "Pressing a word plays it again.");
      if (!on && !form.hidden) { close(false); }
    }
  });
})();
