// Small habits of every staff page. No page depends on it.
const sending = new Set();

document.addEventListener("submit", (event) => {
  // A double click does not do it twice. After the event, so that the button's own value is still sent.
  const form = event.target;
  if (form.method !== "post" || form.dataset.repeatable !== undefined) return;
  setTimeout(() => {
    if (event.defaultPrevented) return;
    for (const button of form.querySelectorAll("button:not([type=button], :disabled), input[type=submit]:not(:disabled)")) {
      button.disabled = true;
      sending.add(button);
    }
  });
});

// The page that Back shows again is one that can be sent again.
window.addEventListener("pageshow", () => {
  for (const button of sending) button.disabled = false;
  sending.clear();
});

// Copying what stands in a field; without scripts it can be selected and copied by hand.
function offerCopying() {
  for (const button of document.querySelectorAll("[data-copy-of]")) {
    const field = document.getElementById(button.dataset.copyOf);
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        document.execCommand("copy");
      }
      button.textContent = button.dataset.copied;
    });
  }
}

window.addEventListener("load", offerCopying);

// Unfold writes the name of a chosen file into the nearest text field, which beside its own widget is somebody's answer
// or the subject of a letter. It leaves alone what it has marked, and looks after the page is loaded.
document.addEventListener("DOMContentLoaded", () => {
  for (const input of document.querySelectorAll(".field [type=file]")) input.hasChangeListener = true;
});

// The choosers that look things up are made of parts without a name; each gets the one of the field it stands for.
function nameChoosers() {
  for (const select of document.querySelectorAll("select.select2-hidden-accessible")) {
    const label = select.labels[0];
    const chooser = select.nextElementSibling;
    if (!label || !chooser?.classList.contains("select2")) continue;
    label.id ||= `label-of-${select.id}`;
    for (const part of chooser.querySelectorAll("[role=combobox], [role=textbox]")) {
      part.setAttribute("aria-labelledby", `${label.id} ${part.getAttribute("aria-labelledby") ?? ""}`.trim());
    }
    chooser.querySelector("[role=searchbox]")?.setAttribute("aria-labelledby", label.id);
  }
}

// jQuery keeps an order: they are made by what it was told to do before this.
window.addEventListener("load", () => window.django?.jQuery?.(nameChoosers));
