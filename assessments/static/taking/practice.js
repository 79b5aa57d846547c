/* The practice question answers like a question of the test, and sends nothing. */
"use strict";

(() => {
  const form = document.getElementById("practice-form");
  const words = JSON.parse(document.getElementById("words").textContent);
  const flag = form.querySelector(".move-flag");

  form.addEventListener("change", () => {
    document.getElementById("saved").textContent = words.kept;
  });
  flag.addEventListener("click", (event) => {
    event.preventDefault();
    const isFlagged = flag.getAttribute("aria-pressed") !== "true";
    flag.setAttribute("aria-pressed", String(isFlagged));
    flag.value = isFlagged ? "unflag" : "flag";
    form.elements.flagged.value = isFlagged ? "yes" : "no";
  });
})();
