// Choosing many people at once. Without it every box still works, and the server counts.
for (const form of document.querySelectorAll("form[data-pick]")) {
  const all = form.querySelector("[data-pick-all]");
  const everyone = form.querySelector("[data-pick-everyone]");
  const count = form.querySelector("[data-pick-count]");
  const boxes = [...form.querySelectorAll(".pick input[name]")];
  let last = null;

  const show = () => {
    const chosen = everyone?.checked ? Number(everyone.dataset.pickEveryone) : boxes.filter((box) => box.checked).length;
    const words = new Intl.PluralRules(document.documentElement.lang || "en").select(chosen);
    count.textContent = (chosen === 0 ? count.dataset.none : words === "one" ? count.dataset.one : count.dataset.many).replace("0", chosen);
    if (!all) return;
    all.checked = boxes.length > 0 && boxes.every((box) => box.checked);
    all.indeterminate = !all.checked && boxes.some((box) => box.checked);
  };

  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });

  for (const [index, box] of boxes.entries()) {
    // With Shift everything between the last click and this one follows.
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        const [from, to] = [Math.min(last, index), Math.max(last, index)];
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = index;
    });
  }

  form.addEventListener("change", show);
  show();
}

// A menu closes with Escape and with a click beside it.
for (const menu of document.querySelectorAll("details.menu")) {
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
}
