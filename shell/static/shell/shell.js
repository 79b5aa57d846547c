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
