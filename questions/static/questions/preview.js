// Shows the question as candidates get it, shortly after typing stops. Nothing of it is saved.
const form = document.getElementById("question-form");
const words = document.getElementById("edit-words").dataset;
const box = form.querySelector("[data-preview-frame]");
const frame = form.querySelector("iframe[data-preview]");
const said = form.querySelector("[data-preview-said]");
const DESK = 760;
const look = { width: innerWidth < 640 ? "phone" : "wide", light: document.documentElement.classList.contains("dark") ? "dark" : "light" };
let timer = 0;
let asking = null;

// Only what is shown goes there: never the key.
function shown() {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "kind", "stem"]) data.append(name, form.elements[name].value);
  for (const { value: key } of form.querySelectorAll("#option-rows [name=option]")) {
    data.append("option", key);
    data.append(`${key}-text`, form.elements[`${key}-text`].value);
  }
  return data;
}

async function ask() {
  asking?.abort();
  asking = new AbortController();
  try {
    const reply = await fetch(form.dataset.preview, { method: "POST", body: shown(), signal: asking.signal, redirect: "manual" });
    // Where the session ended there is an answer without words: a way to the sign-in, which is not gone.
    const text = await reply.text();
    if (reply.status === 400) said.textContent = text;
    else if (reply.ok) fill(text);
    else said.textContent = words.noPreview;
  } catch (error) {
    if (error.name !== "AbortError") said.textContent = words.noPreview;
  }
}

function fill(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const inside = frame.contentDocument;
  said.textContent = "";
  if (inside?.getElementById("main-content")) {
    // The styles are there already, and what was scrolled stays where it was.
    inside.body.replaceWith(inside.adoptNode(page.body));
  } else {
    frame.addEventListener("load", apply, { once: true });
    frame.srcdoc = html;
  }
  apply();
}

function apply() {
  box.hidden = false;
  box.classList.toggle("is-phone", look.width === "phone");
  const root = frame.contentDocument?.documentElement;
  root?.classList.toggle("dark", look.light === "dark");
  root?.classList.toggle("light", look.light === "light");
  // A desk is wider than there is room: it is shown whole, smaller.
  const scale = look.width === "wide" ? Math.min(1, box.clientWidth / DESK) : 1;
  frame.style.width = scale < 1 ? `${DESK}px` : "";
  frame.style.transform = scale < 1 ? `scale(${scale})` : "";
  frame.style.height = scale < 1 ? `${100 / scale}%` : "";
  for (const button of form.querySelectorAll("[data-width], [data-light]")) {
    const isChosen = button.dataset.width === look.width || button.dataset.light === look.light;
    button.setAttribute("aria-pressed", String(isChosen));
  }
}

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(ask, 350);
};

if (form.dataset.preview) {
  form.querySelector("[data-preview-saved]")?.remove();
  form.classList.add("is-live");
  form.querySelector("[data-preview-tools]").hidden = false;
  for (const button of form.querySelectorAll("[data-width], [data-light]")) {
    button.addEventListener("click", () => {
      Object.assign(look, button.dataset.width ? { width: button.dataset.width } : { light: button.dataset.light });
      apply();
    });
  }
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("rows", soon);
  addEventListener("resize", apply);
  ask();
}
