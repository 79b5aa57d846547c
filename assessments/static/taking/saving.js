/*
 * Answers on their way to the server. An answer is kept in this browser until the server has acknowledged it: it
 * survives a lost network, a reload and a closed tab, and is sent again from whichever page of the test is opened next.
 */
"use strict";

window.taking = window.taking || {};

window.taking.startSaving = ({ page, words, windowName, onReply, onConflict, onClosed }) => {
  const status = document.getElementById("saved");
  const csrf = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const prefix = `shortlist.answer.${page.dataset.attempt}.`;
  const DELAYS = [1000, 2000, 4000, 8000, 15000];
  const PATIENCE = 10000;
  const EAGERNESS = 1000;
  const inFlight = new Map();
  const tries = new Map();
  const timers = new Map();
  // What the browser cannot store (a full or forbidden storage) at least lives as long as the page.
  const memory = new Map();
  let trouble = "";
  let isLetGo = false;

  const uuid = () => {
    // randomUUID exists on https pages only, and a company's own network often has none.
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };

  const store = {
    read: () => {
      const entries = new Map(memory);
      try {
        for (let index = 0; index < localStorage.length; index += 1) {
          const key = localStorage.key(index);
          if (!key.startsWith(prefix)) continue;
          const entry = JSON.parse(localStorage.getItem(key));
          entries.set(entry.position, entry);
        }
      } catch {
        return entries;
      }
      return entries;
    },
    get: (position) => store.read().get(position),
    put: (entry) => {
      memory.set(entry.position, entry);
      try {
        localStorage.setItem(prefix + entry.position, JSON.stringify(entry));
      } catch {
        return;
      }
    },
    drop: (position) => {
      memory.delete(position);
      try {
        localStorage.removeItem(prefix + position);
      } catch {
        return;
      }
    },
  };

  const show = () => {
    const unsent = [...store.read().values()];
    const isLate = unsent.some((entry) => (tries.get(entry.position) || 0) > 0);
    let text = words.saved;
    if (unsent.some((entry) => entry.conflict)) text = words.changed_elsewhere;
    else if (isLate) text = trouble || words.not_saved;
    else if (unsent.length) text = words.saving;
    // Writing the same words again would make a screen reader say them again.
    if (status.textContent !== text) status.textContent = text;
    status.classList.toggle("is-unsaved", text !== words.saved && text !== words.saving);
  };

  const later = (position) => {
    const count = tries.get(position) || 0;
    tries.set(position, count + 1);
    const delay = DELAYS[Math.min(count, DELAYS.length - 1)];
    clearTimeout(timers.get(position));
    timers.set(position, setTimeout(() => send(position), delay + Math.random() * 300));
  };

  const post = (entry) =>
    fetch(page.dataset.saveUrl.replace("/0/", `/${entry.position}/`), {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrf, Accept: "application/json" },
      body: JSON.stringify({
        answer: entry.answer,
        base_version: entry.base_version,
        save_id: entry.save_id,
        page_id: entry.page_id,
        seconds: entry.seconds,
        // An answer that waited long says nothing of where the person is now.
        tab_id: tries.get(entry.position) ? undefined : windowName(),
      }),
      signal: window.taking.patience(PATIENCE),
    });

  const settle = (entry, reply) => {
    tries.delete(entry.position);
    trouble = "";
    const newest = store.get(entry.position);
    if (reply.outcome === "locked") {
      // Its place is closed for good: whatever was chosen there since does not count either, and the page says so.
      store.drop(entry.position);
    } else if (newest && newest.save_id !== entry.save_id) {
      // Chosen while the last one was under way: it follows on what has just been stored.
      if (reply.outcome === "saved") store.put({ ...newest, base_version: reply.version });
    } else if (reply.outcome === "conflict") {
      store.put({ ...entry, conflict: true });
      onConflict(entry, reply);
    } else {
      store.drop(entry.position);
    }
    onReply(entry, reply);
  };

  const send = async (position) => {
    const entry = store.get(position);
    if (!entry || entry.conflict || inFlight.has(position)) return;
    clearTimeout(timers.get(position));
    inFlight.set(position, entry.save_id);
    show();
    try {
      const response = await post(entry);
      const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
      const reply = isJson ? await response.json() : {};
      if (reply.outcome === "closed") {
        onClosed();
      } else if (reply.outcome) {
        settle(entry, reply);
      } else if (response.status === 400 && reply.message) {
        // Sending it again cannot help; the page says so, and the stored answer stays as it was.
        if (store.get(position)?.save_id === entry.save_id) store.drop(position);
        tries.delete(position);
        onReply(entry, { refused: reply.message });
      } else {
        trouble = [403, 404].includes(response.status) ? words.open_link_again : "";
        later(position);
      }
    } catch {
      trouble = "";
      later(position);
    } finally {
      inFlight.delete(position);
    }
    show();
    const next = store.get(position);
    if (next && !next.conflict && next.save_id !== entry.save_id) await send(position);
  };

  const sendAll = () => Promise.all([...store.read().keys()].map((position) => send(position)));

  const forgetAll = () => [...store.read().keys()].forEach((position) => store.drop(position));

  const save = ({ position, answer, baseVersion, pageId }) => {
    // What a choice that was never sent has not told is told by the one in its place.
    const waiting = inFlight.has(position) ? null : store.get(position);
    const seconds = (window.taking.takeSight?.() || 0) + ((waiting && waiting.seconds) || 0);
    store.put({ position, answer, base_version: baseVersion, page_id: pageId, save_id: uuid(), seconds });
    // A new choice is worth a try at once, however long the last one had to wait.
    return send(position);
  };

  const hasUnsent = () => store.read().size > 0;

  const conflicts = () => [...store.read().values()].filter((entry) => entry.conflict).map((entry) => entry.position);

  /*
   * Resolves when nothing is left to send, or with false when the patience is over. Somebody waits for this, so it is
   * tried every second, however long the last pause had grown.
   */
  const settled = async (milliseconds) => {
    const until = performance.now() + milliseconds;
    await sendAll();
    let next = performance.now() + EAGERNESS;
    while ([...store.read().values()].some((entry) => !entry.conflict)) {
      if (performance.now() > until) return false;
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (performance.now() > next) {
        await sendAll();
        next = performance.now() + EAGERNESS;
      }
    }
    return true;
  };

  window.addEventListener("online", sendAll);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && sendAll());
  window.addEventListener("beforeunload", (event) => {
    if (hasUnsent() && !isLetGo) event.preventDefault();
  });

  /* What is unsent waits in this browser: leaving the page is not worth a question. */
  const letGo = () => {
    isLetGo = true;
  };

  return { save, sendAll, settled, hasUnsent, conflicts, forgetAll, letGo, uuid, get: store.get, drop: store.drop, show, csrf };
};
