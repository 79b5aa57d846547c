// Helps with texts: a block of code at the cursor, and pictures.
const form = document.getElementById("question-form");
const words = document.getElementById("edit-words").dataset;
const tools = form.querySelector("[data-tools]");
const choice = form.querySelector("[data-insert-code]");
const stem = form.elements.stem;
// The text that was written in last: a picture or code goes there.
let last = stem;

form.addEventListener("focusin", (event) => {
  if (event.target.matches("#id_stem, .option-main textarea[name$='-text']")) last = event.target;
});

function insert(text, cursorBack = 0) {
  const target = last.isConnected ? last : stem;
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

const refusal = form.querySelector("[data-picture-refusal]");
form.querySelector("[data-insert-picture]").addEventListener("click", async (event) => {
  event.preventDefault();
  const data = new FormData();
  data.append("question", form.dataset.question);
  for (const name of ["csrfmiddlewaretoken", "bank", "picture_alt"]) if (form.elements[name]) data.append(name, form.elements[name].value);
  if (form.elements.picture.files[0]) data.append("picture", form.elements.picture.files[0]);
  let reply = {};
  try {
    const response = await fetch(form.dataset.picture, { method: "POST", body: data, redirect: "error" });
    reply = await response.json();
  } catch {
    reply.refusal = words.pictureFailed;
  }
  refusal.hidden = !reply.refusal;
  refusal.textContent = reply.refusal ?? "";
  if (!reply.markdown) return;
  form.elements.picture.value = form.elements.picture_alt.value = "";
  form.querySelector("[data-picture]").open = false;
  insert(`${reply.markdown}\n`);
});
