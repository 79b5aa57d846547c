// Options are added, moved and removed here; without this the same buttons ask the server, which writes nothing.
const form = document.getElementById("question-form");
const list = document.getElementById("option-rows");
const blank = document.getElementById("new-option");
const said = document.getElementById("options-said");
const words = document.getElementById("edit-words").dataset;
const putBack = form.querySelector("[data-put-back]");
const kind = form.elements.kind;
const ownShares = form.elements.own_shares;
let removed = null;

const rows = () => [...list.children];
const placed = (row) => rows().indexOf(row) + 1;
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name]);
const say = (text, values) => { said.textContent = fill(text, values); };
const field = (row, name) => form.elements[`${row.dataset.row}-${name}`];
const label = (element, text) => { element.textContent = text; };
// Whoever listens for what is typed hears of what was moved, too.
const changed = () => { renumber(); form.dispatchEvent(new CustomEvent("rows")); };

function renumber() {
  const all = rows();
  for (const [index, row] of all.entries()) {
    const now = index + 1;
    label(row.querySelector("[data-number]"), now);
    label(row.querySelector(`label[for="${field(row, "text").id}"]`), fill(words.textOf, { now }));
    label(row.querySelector(`label[for="${field(row, "feedback").id}"]`), fill(words.feedbackOf, { now }));
    const [up, down, remove] = ["[data-move=up]", "[data-move=down]", "[data-remove]"].map((each) => row.querySelector(each));
    up.disabled = index === 0;
    down.disabled = now === all.length;
    label(up.querySelector(".visually-hidden"), fill(words.up, { now }));
    label(down.querySelector(".visually-hidden"), fill(words.down, { now }));
    label(remove.querySelector(".visually-hidden"), fill(words.remove, { now }));
  }
  earnings();
}

// What each option earns where it follows from the ticks: as exact as it is stored.
function earnings() {
  const written = rows().filter((row) => field(row, "text").value.trim());
  const right = written.filter((row) => field(row, "right").checked);
  for (const row of rows()) {
    const isRight = field(row, "right").checked;
    let share = isRight ? "1" : "0";
    if (kind.value === "multiple" && right.length) {
      const parts = isRight ? right.length : written.length - right.length;
      share = (isRight ? "" : "−") + (parts <= 1 ? "1" : `1/${parts}`);
    }
    const shown = right.length && written.includes(row) && kind.value === "multiple";
    label(row.querySelector("[data-earns]"), shown ? fill(words.earns, { share }) : "");
    row.dataset.share = share.replace("−", "-");
  }
}

function show() {
  for (const part of form.querySelectorAll("[data-kinds]")) {
    const isMeant = part.dataset.kinds.split(" ").includes(kind.value);
    // What holds something that was typed is not hidden: it would be lost unseen.
    const holds = [...part.querySelectorAll("textarea")].some((each) => each.value.trim());
    part.hidden = !isMeant && !holds;
  }
  earnings();
}

function move(row, by) {
  const all = rows();
  const was = all.indexOf(row);
  const now = was + by;
  if (now < 0 || now >= all.length) return;
  list.insertBefore(row, by < 0 ? all[now] : all[now].nextSibling);
  changed();
  say(words.moved, { was: was + 1, now: now + 1, total: all.length });
  const button = row.querySelector(by < 0 ? "[data-move=up]" : "[data-move=down]");
  (button.disabled ? row.querySelector(by < 0 ? "[data-move=down]" : "[data-move=up]") : button).focus();
}

function add() {
  const key = `n${Math.random().toString(36).slice(2, 10)}`;
  const held = document.createElement("ol");
  held.append(blank.content.cloneNode(true));
  held.innerHTML = held.innerHTML.replaceAll("__key__", key);
  list.append(held.firstElementChild);
  dress(list.lastElementChild);
  changed();
  say(words.added, { now: rows().length });
  field(list.lastElementChild, "text").focus();
}

function remove(row) {
  const was = placed(row);
  removed = { row, before: row.nextElementSibling };
  row.remove();
  putBack.hidden = false;
  changed();
  say(words.removed, { was });
  const next = removed.before ?? list.lastElementChild;
  (next ? next.querySelector("[data-remove]") : form.querySelector("[data-add]")).focus();
}

function dress(row) {
  field(row, "right").dataset.rightBox = "";
  const grip = row.querySelector("[data-grip]");
  grip.hidden = false;
  grip.addEventListener("pointerdown", (event) => drag(event, row, grip));
}

function middle(row) {
  const { top, height } = row.getBoundingClientRect();
  return top + height / 2;
}

function drag(event, row, grip) {
  if (event.button !== 0) return;
  event.preventDefault();
  const was = placed(row);
  grip.setPointerCapture(event.pointerId);
  row.classList.add("is-dragged");
  const follow = (moved) => {
    // The others are moved, the nearest first: a row that leaves its place for a moment lets go of the pointer.
    const all = rows();
    const at = all.indexOf(row);
    for (const other of all.slice(0, at).reverse()) if (moved.clientY < middle(other)) row.after(other);
    for (const other of all.slice(at + 1)) if (moved.clientY > middle(other)) row.before(other);
  };
  const end = () => {
    grip.removeEventListener("pointermove", follow);
    row.classList.remove("is-dragged");
    if (placed(row) === was) return;
    changed();
    say(words.moved, { was, now: placed(row), total: rows().length });
  };
  grip.addEventListener("pointermove", follow);
  grip.addEventListener("lostpointercapture", end, { once: true });
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const row = button?.closest("[data-row]");
  if (!button || button.disabled) return;
  if (button.matches("[data-add]")) add();
  else if (row && button.matches("[data-move]")) move(row, button.dataset.move === "up" ? -1 : 1);
  else if (row && button.matches("[data-remove]")) remove(row);
  else if (button === putBack && removed) {
    list.insertBefore(removed.row, removed.before?.isConnected ? removed.before : null);
    putBack.hidden = true;
    changed();
    say(words.putBack, { now: placed(removed.row) });
    field(removed.row, "text").focus();
    removed = null;
  } else return;
  event.preventDefault();
});

form.addEventListener("change", (event) => {
  const box = event.target;
  if (box.matches("[data-right-box]") && box.checked && kind.value === "single") {
    const others = rows().filter((row) => field(row, "right") !== box && field(row, "right").checked);
    // Of two that were right already somebody meant both.
    if (others.length === 1) {
      field(others[0], "right").checked = false;
      say(words.onlyRight, { now: placed(box.closest("[data-row]")), was: placed(others[0]) });
    }
  }
  // Whoever sets shares begins from those that were.
  if (box === ownShares && box.checked) {
    for (const row of rows()) if (!field(row, "share").value.trim() && field(row, "text").value.trim()) field(row, "share").value = row.dataset.share;
  }
  if (box === kind || box === ownShares || box.matches("[data-right-box]")) show();
});

form.addEventListener("input", earnings);
for (const row of rows()) dress(row);
show();
(document.getElementById("stale") ?? form.querySelector("[aria-invalid=true]") ?? document.getElementById("faults"))?.focus();
