"use strict";
/* What all parts share. The page reads well without any of this; each part adds what it can do. */
const page = (function () {
  const root = document.documentElement, body = document.body;

  /* on paper nothing can be unfolded: all is open while printing, and as it was afterwards */
  let opened = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (node) { node.open = true; opened.push(node); });
  });
  window.addEventListener("afterprint", function () {
    opened.forEach(function (node) { node.open = false; });
    opened = [];
  });

  const toast = document.getElementById("told");
  let fading = 0;
  function tell(text) {
    clearTimeout(fading);
    toast.textContent = text;
    toast.classList.add("shown");
    fading = setTimeout(function () { toast.classList.remove("shown"); }, 6000);
  }
  function clock(ms) {
    const all = Math.max(0, Math.floor(ms / 1000)), s = all % 60, m = Math.floor(all / 60) % 60, h = Math.floor(all / 3600);
    const tail = String(s).padStart(2, "0");
    return h ? h + ":" + String(m).padStart(2, "0") + ":" + tail : m + ":" + tail;
  }
  function face(button, playing) {
    if (!button) { return; }
    const use = button.querySelector("use");
    button.classList.toggle("playing", playing);
    if (use) { use.setAttribute("href", playing ? "#i-pause" : "#i-play"); }
  }
  /* what was preferred on this machine; a browser that keeps nothing for files forgets it */
  function keep(name, value) { try { localStorage.setItem(name, value); } catch { /* not kept */ } }
  function kept(name) { try { return localStorage.getItem(name); } catch { return null; } }

  return { root, body, tell, clock, face, keep, kept, live: body.dataset.base || "", changed: [] };
})();
