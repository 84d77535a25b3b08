/* The levels stay covered until they are asked for. In a file the guesses live as long as the page is open. */
(function () {
  const button = document.getElementById("reveal");
  if (button) { button.hidden = false; }

  page.uncover = function () {
    page.body.dataset.revealed = "";
    document.querySelectorAll(".levels").forEach(function (node) { node.hidden = false; });
    document.querySelectorAll("fieldset.guess").forEach(function (field) {
      const chosen = field.querySelector("input:checked"), told = field.closest(".card").querySelector(".guessed");
      if (chosen && told) { told.querySelector("span").textContent = chosen.value; told.hidden = false; }
    });
    document.querySelectorAll(".covered, fieldset.guess, .reveal").forEach(function (node) { node.remove(); });
    page.tell("The levels are shown.");
    document.getElementById("overview-title").setAttribute("tabindex", "-1");
    document.getElementById("overview-title").focus();
  };
  if (!page.live) {
    document.addEventListener("click", function (event) { if (event.target.closest("#reveal")) { page.uncover(); } });
  }

  const hide = document.getElementById("hide-delivery");
  if (hide) {
    const facts = document.getElementById("delivery-body");
    const show = function (on) {
      facts.hidden = !on;
      hide.textContent = on ? "Hide" : "Show";
      hide.setAttribute("aria-expanded", String(on));
    };
    hide.hidden = false;
    show(page.kept("delivery") !== "hidden");
    hide.addEventListener("click", function () {
      show(facts.hidden);
      page.keep("delivery", facts.hidden ? "hidden" : "shown");
    });
  }
})();
