"use strict";
/* One audio element for the whole page; every button and every word is a place in it. Printing comes first: it
   works without sound too. */
(function () {
  var root = document.documentElement;

  /* on paper nothing can be unfolded: all is open while printing, and as it was afterwards */
  var opened = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (node) { node.open = true; opened.push(node); });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (node) { node.open = false; });
    opened = [];
  });

  var player = document.querySelector(".player");
  var audio = document.getElementById("sound");
  if (!player || !audio) { root.dataset.ready = "silent"; return; }

  var delay = Number(player.dataset.delay) / 1000;
  var toggle = document.getElementById("toggle");
  var now = document.getElementById("now");
  var seek = document.getElementById("seek");
  var speed = document.getElementById("speed");
  var words = Array.from(document.querySelectorAll(".w[data-s]")).map(function (node) {
    return { node: node, start: Number(node.dataset.s), end: Number(node.dataset.e) };
  }).sort(function (a, b) { return a.start - b.start; });
  var turns = Array.from(document.querySelectorAll(".turn"));
  var stopAt = null, source = null, lit = null, current = null;

  var text = document.getElementById("mp3").textContent;
  var raw = atob(text), bytes = new Uint8Array(raw.length);
  for (var i = 0; i < raw.length; i += 1) { bytes[i] = raw.charCodeAt(i); }
  audio.src = URL.createObjectURL(new Blob([bytes], { type: "audio/mpeg" }));
  audio.addEventListener("loadedmetadata", function () {
    root.dataset.ready = "sound";
    root.dataset.seconds = String(audio.duration);
  });
  audio.addEventListener("error", function () { root.dataset.ready = "broken"; });

  function clock(ms) {
    var all = Math.max(0, Math.floor(ms / 1000)), s = all % 60, m = Math.floor(all / 60) % 60, h = Math.floor(all / 3600);
    var tail = (s < 10 ? "0" : "") + s;
    return h ? h + ":" + (m < 10 ? "0" : "") + m + ":" + tail : m + ":" + tail;
  }
  function place() { return Math.max(0, (audio.currentTime - delay) * 1000); }
  function face(button, playing) {
    button.classList.toggle("playing", playing);
    button.querySelector("use").setAttribute("href", playing ? "#i-pause" : "#i-play");
  }
  function from(ms, until, button) {
    stopAt = until;
    if (source && source !== button) { face(source, false); }
    source = button;
    audio.currentTime = ms / 1000 + delay;
    audio.play().catch(function () { /* the browser wants a gesture first; the next press is one */ });
  }
  function press(button) {
    if (source === button && !audio.paused) { audio.pause(); return; }
    /* a little air before the first word and after the last: recognisers place edges within about 0.1 s */
    var quote = button.classList.contains("quote");
    var start = Number(button.dataset.start) - (quote ? 200 : 100), end = Number(button.dataset.end) + (quote ? 250 : 200);
    from(Math.max(0, start), end, button.classList.contains("play") ? button : null);
  }

  /* --- what is heard is lit ------------------------------------------------------------------------- */
  function wordAt(ms) {
    var low = 0, high = words.length - 1, found = null;
    while (low <= high) {
      var middle = (low + high) >> 1;
      if (words[middle].start <= ms) { found = words[middle]; low = middle + 1; } else { high = middle - 1; }
    }
    return found && ms < found.end + 120 ? found.node : null;
  }
  function turnAt(ms) {
    return turns.find(function (node) { return Number(node.dataset.start) <= ms && ms < Number(node.dataset.end); }) || null;
  }
  function show() {
    var ms = place(), word = audio.paused ? null : wordAt(ms), turn = audio.paused ? null : turnAt(ms);
    if (word !== lit) {
      if (lit) { lit.classList.remove("on"); }
      if (word) { word.classList.add("on"); }
      lit = word;
    }
    if (turn !== current) {
      if (current) { current.classList.remove("now"); }
      if (turn) { turn.classList.add("now"); }
      current = turn;
    }
    now.textContent = clock(ms);
    if (document.activeElement !== seek || !audio.paused) { seek.value = String(ms); }
    seek.setAttribute("aria-valuetext", clock(ms));
  }
  function tick() {
    if (stopAt !== null && place() >= stopAt) { audio.pause(); }
    show();
    if (!audio.paused) { requestAnimationFrame(tick); }
  }
  audio.addEventListener("play", function () {
    face(toggle, true); toggle.setAttribute("aria-label", "Pause");
    if (source) { face(source, true); }
    requestAnimationFrame(tick);
  });
  audio.addEventListener("pause", function () {
    face(toggle, false); toggle.setAttribute("aria-label", "Play");
    if (source) { face(source, false); source = null; }
    stopAt = null;
    show();
  });
  audio.addEventListener("seeked", show);

  /* --- hands ---------------------------------------------------------------------------------------- */
  function flip() {
    if (!audio.paused) { audio.pause(); return; }
    stopAt = null;
    audio.play().catch(function () {});
  }
  toggle.addEventListener("click", flip);
  seek.addEventListener("input", function () { stopAt = null; audio.currentTime = Number(seek.value) / 1000 + delay; show(); });
  speed.addEventListener("change", function () { audio.playbackRate = Number(speed.value); });
  document.addEventListener("click", function (event) {
    var button = event.target.closest(".play, button.quote");
    if (button) { press(button); return; }
    var word = event.target.closest(".w[data-s]");
    if (word && String(window.getSelection()) === "") { from(Number(word.dataset.s), null, null); }
  });

  /* words by keyboard: the answer is one stop of the tab key, arrows walk inside it */
  document.querySelectorAll(".words[tabindex]").forEach(function (paragraph) {
    var own = Array.from(paragraph.querySelectorAll(".w[data-s]")), at = -1;
    function mark(index) {
      if (at >= 0) { own[at].classList.remove("at"); }
      at = index;
      if (at >= 0) { own[at].classList.add("at"); own[at].scrollIntoView({ block: "nearest" }); }
    }
    paragraph.addEventListener("keydown", function (event) {
      if (event.key === "ArrowRight") { mark(Math.min(own.length - 1, at + 1)); }
      else if (event.key === "ArrowLeft") { mark(Math.max(0, at - 1)); }
      else if (event.key === "Enter" && own.length) { from(Number(own[Math.max(0, at)].dataset.s), null, null); }
      else { return; }
      event.preventDefault();
      event.stopPropagation();
    });
    paragraph.addEventListener("blur", function () { mark(-1); });
  });
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest("button, input, select, summary, a")) { return; }
    if (event.key === " ") { flip(); event.preventDefault(); }
  });
})();
