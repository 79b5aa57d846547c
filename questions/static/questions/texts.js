// Helps with texts: a block of code at the cursor, and pictures.
const form = document.getElementById("question-form");
const words = document.getElementById("edit-words").dataset;
const tools = form.querySelector("[data-tools]");
const choice = form.querySelector("[data-insert-code]");
const stem = form.elements.stem;
// The text that was written in last: a picture or code goes there.
let last = stem;

// Where nobody wrote yet the cursor stands before everything; what is inserted comes behind it.
const visited = new WeakSet();
form.addEventListener("focusin", (event) => {
  visited.add(event.target);
  if (event.target.matches("#id_stem, .option-main textarea[name$='-text']")) last = event.target;
});

function insert(text, cursorBack = 0, into = last) {
  const target = into.isConnected ? into : stem;
  if (!visited.has(target)) target.setSelectionRange(target.value.length, target.value.length);
  const before = target.value.slice(0, target.selectionStart);
  const lead = before && !before.endsWith("\n") ? "\n\n" : "";
  target.setRangeText(lead + text, target.selectionStart, target.selectionEnd, "end");
  const place = target.selectionEnd - cursorBack;
  target.focus();
  target.setSelectionRange(place, place);
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

tools.hidden = false;
choice.addEventListener("change", () => {
  if (choice.value) insert(`\`\`\`${choice.value}\n\n\`\`\`\n`, 5);
  choice.value = "";
});

// Where a link of a finding leads: the line that is meant, not the whole text.
const sought = document.getElementById(form.dataset.sought ?? "");
if (sought) {
  const lines = sought.value.split("\n");
  const start = lines.slice(0, form.dataset.soughtLine - 1).join("\n").length + (form.dataset.soughtLine > 1 ? 1 : 0);
  sought.focus();
  sought.setSelectionRange(start, start + (lines[form.dataset.soughtLine - 1] ?? "").length);
}

for (const box of form.querySelectorAll("[data-picture]")) {
  const [file, alt] = ["", "-alt"].map((part) => form.elements[`picture-${box.dataset.picture}${part}`]);
  const refusal = box.querySelector("[data-picture-refusal]");
  box.querySelector("[data-insert-picture]").addEventListener("click", async (event) => {
    event.preventDefault();
    const data = new FormData();
    data.append("question", form.dataset.question);
    for (const name of ["csrfmiddlewaretoken", "bank"]) if (form.elements[name]) data.append(name, form.elements[name].value);
    data.append("picture_alt", alt.value);
    if (file.files[0]) data.append("picture", file.files[0]);
    let reply = {};
    try {
      const response = await fetch(form.dataset.picture, { method: "POST", body: data, redirect: "manual" });
      reply = await response.json();
    } catch {
      reply.refusal = words.pictureFailed;
    }
    refusal.hidden = !reply.refusal;
    refusal.textContent = reply.refusal ?? "";
    if (!reply.markdown) return;
    file.value = alt.value = "";
    box.open = false;
    // Below the question it goes where somebody wrote last, which may be an option.
    insert(`${reply.markdown}\n`, 0, box.dataset.picture === "stem" ? last : form.elements[box.dataset.picture]);
  });
}

// Tags that there are, offered for the one that is being written.
const tags = form.elements.tags;
const offers = document.getElementById("tag-offers");
const known = [...offers.options].map((option) => option.value);
tags.addEventListener("input", () => {
  const before = tags.value.slice(0, tags.value.lastIndexOf(",") + 1);
  const written = before.split(",").map((word) => word.trim());
  const lead = before && `${before.trim()} `;
  offers.replaceChildren(...known.filter((name) => !written.includes(name)).map((name) => new Option("", lead + name)));
});
