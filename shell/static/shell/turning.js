// The arrow keys turn to the person before and the next one, as the links above do. Letters would get in the way of
// those who speak to their computer. Where something else has use for the arrows (a field, a part that scrolls
// sideways, a page that is wider than the window) they are left alone.
const turning = document.querySelector(".turning");

function hasUseForArrows(place) {
  if (document.documentElement.scrollWidth > window.innerWidth + 1) return true;
  for (let at = place; at && at !== document.body; at = at.parentElement) {
    if (at.isContentEditable || at.matches("input, select, textarea, audio, video, [role=menu], [role=tablist], [role=radiogroup]")) return true;
    if (at.scrollWidth > at.clientWidth + 1 && getComputedStyle(at).overflowX !== "visible") return true;
  }
  return false;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const forwards = document.documentElement.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  const link = turning?.querySelector(event.key === forwards ? "a[rel=next]" : "a[rel=prev]");
  if (!link || hasUseForArrows(event.target)) return;
  event.preventDefault();
  link.click();
});
