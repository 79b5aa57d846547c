// Dropping résumés anywhere on the page of a job. Without it they are chosen in the field, and sent by its button.
const form = document.querySelector("form[data-drop]");
const field = form.querySelector("input[type=file]");
const tooMany = form.querySelector("[data-drop-too-many]");
const holdsFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
let over = 0;

form.querySelector("[data-drop-hint]").hidden = false;

function show(inside) {
  over = inside;
  document.body.toggleAttribute("data-dropping", over > 0);
}

document.addEventListener("dragenter", (event) => {
  if (holdsFiles(event)) show(over + 1);
});

document.addEventListener("dragleave", (event) => {
  if (holdsFiles(event)) show(Math.max(0, over - 1));
});

document.addEventListener("dragover", (event) => {
  // What nobody takes the browser would open in place of the page.
  if (holdsFiles(event)) event.preventDefault();
});

document.addEventListener("drop", (event) => {
  if (!holdsFiles(event)) return;
  event.preventDefault();
  show(0);
  field.files = event.dataTransfer.files;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  if (tooMany.hidden && field.files.length) form.requestSubmit();
});

field.addEventListener("change", () => {
  tooMany.hidden = field.files.length <= Number(form.dataset.dropMost);
  if (!tooMany.hidden) form.closest("details")?.setAttribute("open", "");
});
