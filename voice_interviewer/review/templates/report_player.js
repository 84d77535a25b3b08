/* One audio element for the whole page; every button and every word is a place in it. */
(function () {
  const player = document.querySelector(".player"), audio = document.getElementById("sound");
  if (!player || !audio) { return; }
  const MARGIN_MS = 300; /* of air around words that are played on their own */
  const delay = Number(player.dataset.delay) / 1000;
  const toggle = document.getElementById("toggle"), now = document.getElementById("now");
  const seek = document.getElementById("seek"), speed = document.getElementById("speed");
  let words = [], turns = [], stopAt = null, source = null, lit = null, current = null;

  function collect() {
    words = Array.from(document.querySelectorAll(".w[data-s]"), function (node) {
      return { node, start: Number(node.dataset.s), end: Number(node.dataset.e) };
    }).sort(function (a, b) { return a.start - b.start; });
    turns = Array.from(document.querySelectorAll(".turn"));
    lit = current = null;
  }
  collect();
  page.changed.push(collect);

  /* the sound of a file is text in it until the page has been painted */
  function load() {
    if (player.dataset.src) { audio.src = player.dataset.src; return; }
    const holder = document.getElementById("mp3"), text = holder.textContent;
    let bytes;
    if (Uint8Array.fromBase64) {
      bytes = Uint8Array.fromBase64(text);
    } else {
      const raw = atob(text);
      bytes = new Uint8Array(raw.length);
      for (let i = 0; i < raw.length; i += 1) { bytes[i] = raw.charCodeAt(i); }
    }
    holder.remove();
    audio.src = URL.createObjectURL(new Blob([bytes], { type: "audio/mpeg" }));
  }
  audio.addEventListener("loadedmetadata", function () { page.root.dataset.ready = "sound"; });
  audio.addEventListener("error", function () {
    page.root.dataset.ready = "broken";
    page.tell("The recording could not be played. The text stands on its own.");
  });
  requestAnimationFrame(function () { setTimeout(load, 0); });

  function place() { return Math.max(0, (audio.currentTime - delay) * 1000); }
  /* whoever asks before the sound is there gets it as soon as it is */
  function go(ms) {
    const at = ms / 1000 + delay;
    if (audio.readyState > 0) { audio.currentTime = at; return; }
    audio.addEventListener("loadedmetadata", function () { audio.currentTime = at; }, { once: true });
  }
  function from(ms, until, button) {
    page.quiet();
    if (source && source !== button) { page.face(source, false); }
    source = button;
    stopAt = until;
    go(Math.max(0, ms));
    audio.play().catch(function () { /* the browser wants a gesture first; the next press is one */ });
  }
  function press(button) {
    if (source === button && !audio.paused) { audio.pause(); return; }
    from(Number(button.dataset.start) - MARGIN_MS, Number(button.dataset.end) + MARGIN_MS, button);
  }

  /* --- what is heard is lit ------------------------------------------------------------------------- */
  function wordAt(ms) {
    let low = 0, high = words.length - 1, found = null;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (words[middle].start <= ms) { found = words[middle]; low = middle + 1; } else { high = middle - 1; }
    }
    return found && ms < found.end + 120 ? found.node : null;
  }
  function turnAt(ms) {
    return turns.find(function (node) { return Number(node.dataset.start) <= ms && ms < Number(node.dataset.end); }) || null;
  }
  function light(old, node, name) {
    if (node !== old) {
      if (old) { old.classList.remove(name); }
      if (node) { node.classList.add(name); }
    }
    return node;
  }
  function show() {
    const ms = place(), playing = !audio.paused;
    lit = light(lit, playing ? wordAt(ms) : null, "on");
    current = light(current, playing ? turnAt(ms) : null, "now");
    const text = page.clock(ms);
    if (now.textContent !== text) { now.textContent = text; seek.setAttribute("aria-valuetext", text); }
    if (document.activeElement !== seek || playing) { seek.value = String(ms); }
    if (page.drawn) { page.drawn(ms, playing); }
  }
  function tick() {
    if (stopAt !== null && place() >= stopAt) { audio.pause(); }
    show();
    if (!audio.paused) { requestAnimationFrame(tick); }
  }
  audio.addEventListener("play", function () {
    page.face(toggle, true);
    toggle.setAttribute("aria-label", "Pause");
    page.face(source, true);
    requestAnimationFrame(tick);
  });
  audio.addEventListener("pause", function () {
    page.face(toggle, false);
    toggle.setAttribute("aria-label", "Play");
    page.face(source, false);
    source = stopAt = null;
    show();
  });
  audio.addEventListener("seeked", show);

  function flip() {
    if (!audio.paused) { audio.pause(); return; }
    page.quiet();
    stopAt = null;
    audio.play().catch(function () {});
  }
  toggle.addEventListener("click", flip);
  seek.addEventListener("input", function () { stopAt = null; go(Number(seek.value)); show(); });
  speed.addEventListener("change", function () { audio.playbackRate = Number(speed.value); });
  document.addEventListener("click", function (event) {
    const button = event.target.closest(".play, button.quote, .play-words");
    if (button) { press(button); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== " " || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (event.target.closest("button, input, select, textarea, summary, a, dialog, [tabindex='0']")) { return; }
    flip();
    event.preventDefault();
  });

  page.from = from;
  page.stop = function () { audio.pause(); };
  page.at = place;
  /* an address with #t=MS opens at that place; what is found by a search is one press away */
  const asked = /^#t=(\d{1,9})$/.exec(location.hash);
  if (asked) {
    const ms = Number(asked[1]), turn = turnAt(ms + 1);
    go(ms);
    if (turn) { turn.classList.add("found"); turn.scrollIntoView({ block: "center" }); }
  }
})();

/* Only one thing speaks at a time: the recording, the reel, or a tightened answer read aloud. */
(function () {
  const other = new Audio();
  let source = null;
  const voices = !page.live && "speechSynthesis" in window ? window.speechSynthesis : null;

  page.quiet = function () {
    other.pause();
    if (voices && source) { voices.cancel(); }
    page.face(source, false);
    source = null;
  };
  other.addEventListener("ended", page.quiet);
  other.addEventListener("error", function () {
    if (!source) { return; }
    page.tell(source.id === "reel" ? "There are no moments to cut together here yet." : "This could not be read aloud here.");
    page.quiet();
  });

  function show() {
    const able = page.live || (voices && voices.getVoices().length > 0);
    document.querySelectorAll(".aloud, #reel").forEach(function (button) { button.hidden = !able; });
  }
  show();
  page.changed.push(show);
  if (voices) { voices.addEventListener("voiceschanged", show); }

  function said(button) {
    return Array.from(button.closest(".tight").querySelectorAll(".add, .plainwords, li > span:not(.label)"))
      .map(function (node) { return node.textContent.replace(/[[\]]/g, ""); }).join(" ");
  }
  document.addEventListener("click", function (event) {
    const button = event.target.closest(".aloud, #reel");
    if (!button) { return; }
    const again = button === source;
    page.quiet();
    if (again) { return; }
    if (page.stop) { page.stop(); }
    source = button;
    page.face(button, true);
    if (button.dataset.src) {
      other.src = button.dataset.src;
      other.play().catch(function () { /* told by the error event */ });
    } else {
      const speech = new SpeechSynthesisUtterance(said(button));
      speech.lang = "en";
      speech.addEventListener("end", page.quiet);
      voices.speak(speech);
    }
  });
})();
