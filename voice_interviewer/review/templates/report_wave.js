/* The outline of each question's sound, drawn by wavesurfer.js from peaks that came with the page: nothing is
   decoded for it. It is drawn when its question comes into view. */
(function () {
  const player = document.querySelector(".player");
  if (!player || typeof WaveSurfer === "undefined") { return; }
  const HEIGHT = 34, SIDES = ["interviewer", "candidate"];
  let peaks = null, drawn = [];

  /* A stretch of the one recording, in the shape of a media element, so that the outline of a question begins
     where the question does. */
  class Stretch extends EventTarget {
    constructor(start, end) {
      super();
      this.start = start;
      this.duration = (end - start) / 1000;
      this.at = 0;
      this.paused = true;
      Object.assign(this, { src: "", currentSrc: "", volume: 1, muted: false, playbackRate: 1, ended: false, seeking: false, readyState: 4 });
    }
    get currentTime() { return this.at; }
    set currentTime(seconds) { this.at = seconds; }
    move(ms, playing) {
      const at = Math.min(this.duration, Math.max(0, (ms - this.start) / 1000));
      if (at === this.at && playing === !this.paused) { return; }
      this.at = at;
      this.dispatchEvent(new Event("timeupdate"));
    }
    play() { return Promise.resolve(); }
    pause() {}
    load() {}
    remove() {}
    removeAttribute() {}
    canPlayType() { return ""; }
  }

  function colour(name) { return getComputedStyle(page.root).getPropertyValue(name).trim(); }
  function looks() {
    const theirs = { waveColor: colour("--wave-theirs"), progressColor: colour("--ink") };
    const mine = { waveColor: colour("--wave-mine"), progressColor: colour("--accent") };
    return { cursorColor: colour("--accent"), splitChannels: peaks.candidate && peaks.interviewer ? [theirs, mine] : [mine] };
  }
  function cut(side, start, end) {
    const all = peaks[side], from = Math.floor(start * peaks.per_s / 1000), to = Math.ceil(end * peaks.per_s / 1000);
    /* of the loudest moment of that side in the whole session, so that questions can be compared */
    return all.slice(from, Math.max(from + 2, to)).map(function (value) { return value / peaks.most[side]; });
  }

  function mark(box, kind, start, end, from, to) {
    const node = document.createElement("span");
    node.className = "at " + kind;
    node.style.left = 100 * (start - from) / (to - from) + "%";
    if (end > start) { node.style.width = 100 * (end - start) / (to - from) + "%"; }
    box.append(node);
  }
  function marks(node, from, to) {
    const box = document.createElement("div"), part = node.closest("article");
    box.className = "at-all";
    part.querySelectorAll(".turn.probe:not(.struck)").forEach(function (turn) { mark(box, "probe", Number(turn.dataset.start), 0, from, to); });
    part.querySelectorAll(".w.filler[data-s]").forEach(function (word) { mark(box, "filler", Number(word.dataset.s), 0, from, to); });
    part.querySelectorAll(".gap").forEach(function (gap) {
      const before = gap.previousElementSibling, after = gap.nextElementSibling;
      if (before && after && before.dataset.e) { mark(box, gap.hasAttribute("data-asked") ? "asked" : "pause", Number(before.dataset.e), Number(after.dataset.s), from, to); }
    });
    node.append(box);
  }

  function draw(node) {
    if (node.dataset.drawn || !peaks) { return; }
    node.dataset.drawn = "yes";
    const start = Number(node.dataset.start), end = Number(node.dataset.end), media = new Stretch(start, end);
    const wave = WaveSurfer.create({
      container: node, media, height: HEIGHT, barWidth: 2, barGap: 1, barRadius: 1, cursorWidth: 2,
      duration: media.duration, peaks: SIDES.filter(function (side) { return peaks[side]; }).map(function (side) { return cut(side, start, end); }),
      cspNonce: page.body.dataset.nonce, hideScrollbar: true, ...looks(),
    });
    wave.on("interaction", function (seconds) { page.from(start + seconds * 1000, null, null); });
    drawn.push({ node, wave, media });
    marks(node, start, end);
  }

  const seen = new IntersectionObserver(function (entries) {
    entries.forEach(function (entry) { if (entry.isIntersecting) { draw(entry.target); } });
  }, { rootMargin: "300px" });
  function watch() {
    drawn = drawn.filter(function (each) {
      if (!each.node.isConnected) { each.wave.destroy(); }
      return each.node.isConnected;
    });
    document.querySelectorAll(".wave:not([data-drawn])").forEach(function (node) { seen.observe(node); });
  }
  function ready(found) {
    peaks = found;
    peaks.most = {};
    SIDES.forEach(function (side) {
      if (peaks[side]) { peaks.most[side] = peaks[side].reduce(function (most, value) { return Math.max(most, value); }, 8); }
    });
    watch();
  }
  page.changed.push(function () { if (peaks) { watch(); } });
  page.drawn = function (ms, playing) { drawn.forEach(function (each) { each.media.move(ms, playing); }); };
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    drawn.forEach(function (each) { each.wave.setOptions(looks()); });
  });

  function missing() { document.querySelectorAll(".outline").forEach(function (node) { node.hidden = true; }); }
  const held = document.getElementById("peaks");
  if (held) { ready(JSON.parse(held.textContent)); }
  else {
    fetch(player.dataset.peaks).then(function (answer) {
      if (!answer.ok) { throw new Error(String(answer.status)); }
      return answer.json();
    }).then(ready).catch(missing);
  }
})();
