/* Words by mouse and by keyboard. An answer is one stop of the tab key; arrows walk inside it. No word has a
   listener of its own: an hour of talk has nine thousand. */
(function () {
  function near(word, way) {
    const all = Array.from(word.parentNode.querySelectorAll(".w[data-n]")), at = all.indexOf(word);
    if (way === "Home") { return all[0]; }
    if (way === "End") { return all[all.length - 1]; }
    return all[at + (way === "ArrowRight" || way === "ArrowDown" ? 1 : -1)];
  }
  function name(word) {
    const more = word.dataset.heard ? ", heard as " + word.dataset.heard
      : word.classList.contains("doubt") ? ", may be misheard" : word.classList.contains("filler") ? ", a filler" : "";
    if (more) { word.setAttribute("aria-label", word.textContent + more); }
  }
  function choose(word) {
    word.parentNode.querySelectorAll(".w[tabindex]").forEach(function (old) {
      old.removeAttribute("tabindex");
      old.removeAttribute("role");
      old.removeAttribute("aria-label");
    });
    word.setAttribute("tabindex", "0");
    word.setAttribute("role", "button");
    name(word);
  }
  function play(word) {
    if (page.from && word.dataset.s) { page.from(Number(word.dataset.s), null, null); }
  }
  page.choose = choose;

  document.addEventListener("click", function (event) {
    const word = event.target.closest(".w[data-n]");
    if (!word || String(window.getSelection()) !== "") { return; }
    choose(word);
    if (page.correcting && page.correcting(word)) { return; }
    play(word);
  });
  document.addEventListener("keydown", function (event) {
    const word = event.target.closest(".w[data-n]");
    if (!word || event.altKey || event.ctrlKey || event.metaKey) { return; }
    if (/^(Arrow(Left|Right|Up|Down)|Home|End)$/.test(event.key)) {
      const next = near(word, event.key);
      if (next) { choose(next); next.focus(); }
    } else if (event.key === "Enter" || event.key === " ") {
      play(word);
    } else if (event.key === "e" || event.key === "E") {
      if (page.edit) { page.edit(word); } else { page.tell("To correct a word, open this session with: voice-interviewer review " + page.body.dataset.session); }
    } else {
      return;
    }
    event.preventDefault();
  });
})();
