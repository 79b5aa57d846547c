// Keeps what is typed, says what saving will do, and lets nothing be lost when the session ended.
const form = document.getElementById("question-form");
const words = document.getElementById("edit-words").dataset;
const status = document.getElementById("kept");
const will = document.getElementById("will");
const reason = document.getElementById("reason");
const SECONDS = 2;
let timer = 0;
let asking = Promise.resolve();
let isKept = true;
let isLeaving = false;

function say(text, needsAttention = false) {
  status.textContent = text;
  status.classList.toggle("is-attention", needsAttention);
}

function typed() {
  const data = new FormData(form);
  for (const name of [...data.keys()]) if (name.startsWith("picture-")) data.delete(name);
  data.append("question", form.dataset.question);
  return data;
}

async function keep() {
  clearTimeout(timer);
  try {
    const response = await fetch(form.dataset.keep, { method: "POST", body: typed(), redirect: "manual" });
    if (response.type === "opaqueredirect" || response.status === 403) say(words.signedOut, true);
    else if (response.ok) heard(await response.json());
    else say(words.offline, true);
  } catch {
    say(words.offline, true);
  }
}

function heard(reply) {
  will.textContent = reply.will;
  reason?.classList.toggle("is-needed", reply.outcome === "key_mended");
  if (reply.state === "kept") {
    form.elements.unsaved.value = reply.unsaved;
    isKept = true;
    say(reply.stale ? words.stale : words.kept.replace("{at}", reply.at), reply.stale);
  } else {
    say({ other: words.other, gone: words.gone, too_long: words.tooLong }[reply.state], true);
  }
}

// One after the other: what was sent first is not written over what was sent last.
const keepNext = () => (asking = asking.then(keep));

function touched() {
  isKept = false;
  if (!status.textContent || !status.classList.contains("is-attention")) say(words.typing);
  clearTimeout(timer);
  timer = setTimeout(keepNext, SECONDS * 1000);
}

for (const event of ["input", "change", "rows"]) form.addEventListener(event, touched);

// Leaving loses nothing, however it is left.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden" || isKept || isLeaving) return;
  clearTimeout(timer);
  if (!navigator.sendBeacon(form.dataset.keep, typed())) keepNext();
});
addEventListener("beforeunload", (event) => {
  if (!isKept && !isLeaving && status.classList.contains("is-attention")) event.preventDefault();
});

// Before the form is sent: a session that ended would lead to the sign-in, and a new one has another token.
form.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (isLeaving || button?.hasAttribute("formtarget")) return;
  event.preventDefault();
  clearTimeout(timer);
  await asking;
  try {
    const response = await fetch(form.dataset.keep, { redirect: "manual" });
    if (!response.ok) {
      say(words.signedOut, true);
      return;
    }
    form.elements.csrfmiddlewaretoken.value = (await response.json()).token;
  } catch {
    say(words.offline, true);
    return;
  }
  isLeaving = true;
  form.requestSubmit(button);
});
// The page came back from the browser's memory.
addEventListener("pageshow", () => { isLeaving = false; });
