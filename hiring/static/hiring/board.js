// Moving cards without leaving the board: by dragging, or in the card's own menu. Without it the menu still works, and
// shows the page anew. The server decides; a card that it does not move goes back, with its words.
const board = document.querySelector("[data-board]");
const words = document.querySelector("[data-board-words]");

const columnOf = (stage) => board.querySelector(`[data-column="${CSS.escape(stage)}"] [data-cards]`);

function prepare(cards) {
  // Whoever may not move anybody has no menu.
  for (const card of cards) card.draggable = Boolean(card.querySelector("[data-move]"));
}

function say(part) {
  words.replaceChildren(part);
}

function sayFailed(failed) {
  const part = document.createElement("div");
  part.dataset.refused = "";
  const line = document.createElement("p");
  line.textContent = failed;
  part.append(line);
  say(part);
}

async function ask(form, typed) {
  try {
    const answer = await fetch(form.action, { method: "POST", body: typed, headers: { "HX-Request": "true" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Anything else is another page: signed out, or an error.
    return page.querySelector("[data-words]") ? { page, refused: !answer.ok } : null;
  } catch {
    return null;
  }
}

async function move(card, stage) {
  const form = card.querySelector("[data-move]");
  if (!form || card.getAttribute("aria-busy") === "true" || card.dataset.stage === stage) return;
  const home = { list: card.parentElement, next: card.nextElementSibling };
  card.querySelector("details")?.removeAttribute("open");
  card.setAttribute("aria-busy", "true");
  columnOf(stage).prepend(card);
  const typed = new FormData(form);
  typed.set("stage", stage);
  const told = await ask(form, typed);
  card.removeAttribute("aria-busy");
  if (!told) {
    home.list.insertBefore(card, home.next);
    card.focus();
    sayFailed(words.dataset.failed);
    return;
  }
  show(told, card, home);
}

async function undo(form) {
  const button = form.querySelector("button");
  if (button.disabled) return;
  button.disabled = true;
  const told = await ask(form, new FormData(form));
  if (!told) {
    sayFailed(words.dataset.undoFailed);
    return;
  }
  // A filter may have left the card away.
  const card = document.getElementById(form.dataset.undo);
  show(told, card, { list: card?.parentElement, next: card?.nextElementSibling });
}

// In the order of the column. Whoever stands ahead may be among those that are not shown yet: then so would the card.
function behind(list, ahead, fresh) {
  const before = document.getElementById(`card-${ahead}`);
  if (before?.parentElement === list) before.after(fresh);
  else list.insertBefore(fresh, list.querySelector("[data-more]"));
}

// What the server told: the numbers, the card where it is now, the words.
function show(told, card, home) {
  for (const head of told.page.querySelectorAll(".board-head")) {
    const stage = head.id.replace("head-", "");
    const count = document.querySelector(`[data-count-of="${CSS.escape(stage)}"]`);
    if (count) count.textContent = head.querySelector(".board-count").textContent;
    document.getElementById(head.id)?.replaceWith(head);
  }
  const fresh = told.page.querySelector("[data-card]");
  if (!fresh) {
    // Somebody else decided about this person meanwhile: no card any more.
    home.list?.closest("[data-column]").querySelector("a, summary")?.focus();
    card?.remove();
  } else {
    const list = columnOf(fresh.dataset.stage);
    const { ahead } = fresh.parentElement.dataset;
    card?.replaceWith(fresh);
    if (list && ahead) behind(list, ahead, fresh);
    else if (list && list === home.list && ahead === undefined) {
      list.insertBefore(fresh, home.next?.isConnected ? home.next : null);
    } else list?.prepend(fresh);
    prepare([fresh]);
    fresh.focus();
  }
  say(told.page.querySelector("[data-words]"));
}

if (board) {
  words.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-undo]")) return;
    event.preventDefault();
    undo(event.target);
  });

  prepare(board.querySelectorAll("[data-card]"));

  board.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-move]")) return;
    event.preventDefault();
    move(event.target.closest("[data-card]"), event.target.elements.stage.value);
  });

  board.addEventListener("keydown", (event) => {
    const menu = event.target.closest("details[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  let dragged = null;
  const over = (column) => {
    for (const each of board.querySelectorAll("[data-over]")) if (each !== column) delete each.dataset.over;
    if (column) column.dataset.over = "";
  };

  board.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-card]");
    if (!dragged) return;
    event.dataTransfer.effectAllowed = "move";
    // Some browsers drag nothing that carries nothing.
    event.dataTransfer.setData("text/plain", dragged.id);
    dragged.dataset.dragged = "";
  });

  board.addEventListener("dragover", (event) => {
    const column = dragged && event.target.closest("[data-column]");
    if (!column) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    over(column);
  });

  board.addEventListener("drop", (event) => {
    const column = dragged && event.target.closest("[data-column]");
    if (!column) return;
    event.preventDefault();
    move(dragged, column.dataset.column);
  });

  board.addEventListener("dragend", () => {
    over(null);
    if (dragged) delete dragged.dataset.dragged;
    dragged = null;
  });

  // More cards of a stage: the first of them has the focus, and whoever stands there already is not shown twice.
  let last = null;
  board.addEventListener("htmx:beforeSwap", (event) => {
    last = event.target.closest("[data-more]")?.previousElementSibling;
  });
  document.body.addEventListener("htmx:afterSettle", () => {
    if (!last) return;
    for (let card = last.nextElementSibling; card?.id; card = card.nextElementSibling) {
      for (const twin of board.querySelectorAll(`#${CSS.escape(card.id)}`)) if (twin !== card) twin.remove();
    }
    prepare(board.querySelectorAll("[data-card]"));
    last.nextElementSibling?.focus();
    last = null;
  });
}
