// The page looks again by itself. Not while it is hidden, not while somebody has marked words in it, and not when they
// said no: what moves by itself has to stop when asked. Where the keyboard is and how far the table was scrolled stays.
const keepLooking = document.querySelector("[data-keep-looking] input");
keepLooking.closest("[data-keep-looking]").hidden = false;
let scrolled = 0;
let hadFocus = false;

const isRunningNow = (event) => event.detail.target?.id === "running-now";
const hasMarkedWords = (place) => {
  const marked = document.getSelection();
  return !marked.isCollapsed && marked.containsNode(place, true);
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isRunningNow(event)) return;
  if (document.hidden || !keepLooking.checked || hasMarkedWords(event.detail.target)) event.preventDefault();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (!isRunningNow(event)) return;
  const { target, xhr } = event.detail;
  if (!keepLooking.checked || hasMarkedWords(target)) {
    event.detail.shouldSwap = false;
  } else if (xhr.status < 400 && !xhr.responseText.includes('id="running-now"')) {
    // Signed out meanwhile: the page itself leads to the sign-in and back.
    event.detail.shouldSwap = false;
    location.reload();
  }
  scrolled = target.querySelector(".table-scroll")?.scrollLeft ?? 0;
  hadFocus = target.contains(document.activeElement);
});

document.addEventListener("htmx:afterSwap", () => {
  const table = document.querySelector("#running-now .table-scroll");
  if (!table) return;
  table.scrollLeft = scrolled;
  // Whoever had the focus has handed in.
  if (hadFocus && document.activeElement === document.body) table.focus({ preventScroll: true });
  hadFocus = false;
});

// Back in sight it is looked at once, not ten seconds later.
document.addEventListener("visibilitychange", () => {
  const place = document.getElementById("running-now");
  if (!document.hidden) window.htmx?.ajax("GET", place.getAttribute("hx-get"), { source: place, target: place, swap: "outerHTML" });
});
