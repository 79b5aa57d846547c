/*
 * The time left, by the server's clock. The browser's own clock may be wrong or be set back: only the distance since
 * the server's last word is measured here, and after a sleep the server is asked again.
 */
"use strict";

window.taking = window.taking || {};

/* Gives a request up after a while, in browsers that can. */
window.taking.patience = (milliseconds) => (AbortSignal.timeout ? AbortSignal.timeout(milliseconds) : undefined);

window.taking.startClock = ({ page, words, onTimeOver }) => {
  const timer = document.getElementById("timer");
  const announcer = document.getElementById("announce");
  const hider = document.getElementById("hide-time");
  const HIDDEN = "shortlist.hide-time";
  const SLEPT = 2000;

  let deadline = Date.parse(page.dataset.deadlineAt);
  const total = Number(page.dataset.totalSeconds);
  // When the answer that carried the server's time arrived, on the clock that nobody can set.
  const navigation = performance.getEntriesByType("navigation")[0];
  let heardAt = (navigation && navigation.responseStart) || performance.now();
  let serverThen = Date.parse(page.dataset.serverNow);
  let lastShown = null;
  let lastWall = Date.now();
  let lastSteady = performance.now();
  let isOver = false;

  const secondsLeft = () => (deadline - serverThen - (performance.now() - heardAt)) / 1000;

  const hear = ({ server_now: serverNow, deadline_at: deadlineAt }, receivedAt = performance.now()) => {
    if (!serverNow || !deadlineAt) return;
    serverThen = Date.parse(serverNow);
    heardAt = receivedAt;
    const moved = Date.parse(deadlineAt);
    if (moved > deadline) announcer.textContent = words.more_time;
    deadline = moved;
    show();
  };

  const ask = async () => {
    const asked = performance.now();
    const response = await fetch(page.dataset.clockUrl, { cache: "no-store", signal: window.taking.patience(8000) });
    if (!response.ok) return null;
    const answer = await response.json();
    // Half of the way there and back is the best guess at how old the answer is.
    hear(answer, performance.now() - (performance.now() - asked) / 2);
    return answer;
  };

  const askQuietly = () => ask().catch(() => null);

  const announce = (before, now) => {
    const points = [
      [total / 2, words.half_left],
      [600, words.ten_left],
      [300, words.five_left],
      [60, words.one_left],
    ];
    for (const [seconds, text] of points) {
      if (before > seconds && now <= seconds && total > seconds) announcer.textContent = text;
    }
  };

  const show = () => {
    const left = Math.max(0, secondsLeft());
    const whole = Math.ceil(left);
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    const seconds = String(whole % 60).padStart(2, "0");
    const digits = hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
    timer.textContent = words.time_left.replace("%s", digits);
    timer.classList.toggle("is-last-minute", whole <= 60);
    if (lastShown !== null) announce(lastShown, left);
    lastShown = left;
    const wasOver = isOver;
    isOver = left <= 0;
    if (isOver && !wasOver) onTimeOver();
  };

  const tick = () => {
    const slept = Math.abs(Date.now() - lastWall - (performance.now() - lastSteady)) > SLEPT;
    lastWall = Date.now();
    lastSteady = performance.now();
    if (slept) askQuietly();
    show();
    setTimeout(tick, 1000 - (Date.now() % 1000));
  };

  // A browser that keeps nothing shows the time again on the next page.
  const kept = (action) => {
    try {
      return action();
    } catch {
      return null;
    }
  };

  const hide = (isHidden) => {
    timer.hidden = isHidden;
    hider.textContent = isHidden ? words.show_time : words.hide_time;
  };

  hider.hidden = false;
  hider.addEventListener("click", () => {
    const isHidden = !timer.hidden;
    kept(() => localStorage.setItem(HIDDEN, isHidden ? "yes" : ""));
    hide(isHidden);
  });
  hide(kept(() => localStorage.getItem(HIDDEN)) === "yes");
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && askQuietly());
  window.addEventListener("pageshow", (event) => event.persisted && askQuietly());
  tick();

  return { hear, ask, secondsLeft };
};
