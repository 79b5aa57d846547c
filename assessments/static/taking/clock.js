/*
 * The time left, by the server's clock. The browser's own clock may be wrong or be set back: only the distance since
 * the server's last word is measured here, and after a sleep the server is asked again.
 */
"use strict";

window.taking = window.taking || {};

/* Gives a request up after a while, in browsers that can. */
window.taking.patience = (milliseconds) => (AbortSignal.timeout ? AbortSignal.timeout(milliseconds) : undefined);

/* The moments at which a clock is announced: half of it, then 10, 5 and 1 minutes, as far as they are in it at all. */
window.taking.marksOf = (total, { half, ten, five, one }) =>
  [
    [total / 2, half],
    [600, ten],
    [300, five],
    [60, one],
  ].filter(([seconds, text]) => text && seconds < total);

window.taking.startClock = ({ page, words, onTimeOver, onWindowOver, onWord }) => {
  const timer = document.getElementById("timer");
  const windowTimer = document.getElementById("window-timer");
  const announcer = document.getElementById("announce");
  const hider = document.getElementById("hide-time");
  const HIDDEN = "shortlist.hide-time";
  const SLEPT = 2000;
  // A page in sight asks for news this often: more time, a pause, another window that went on.
  const HEARTBEAT = 25000;
  const HEARTBEAT_PAUSED = 10000;
  // Who heard from the server so lately need not ask whether it is there.
  const IN_TOUCH = 10000;

  // What was left when the last page of this tab was there, of the whole and of what is open.
  const LEFT = `shortlist.left.${page.dataset.attempt}`;
  const LEFT_HERE = `${LEFT}.${page.dataset.openFrom}`;
  // A mark is told so many seconds late, where one page made way for the next. Later it would not be true any more.
  const LATE = 30;

  // A browser that keeps nothing shows the time again on the next page.
  const kept = (action) => {
    try {
      return action();
    } catch {
      return null;
    }
  };

  const before = (key) => Number(kept(() => sessionStorage.getItem(key))) || null;

  const moment = (text) => (text ? Date.parse(text) : null);
  let deadline = Date.parse(page.dataset.deadlineAt);
  let windowDeadline = moment(page.dataset.windowDeadlineAt);
  let pausedAt = moment(page.dataset.pausedAt);
  const total = Number(page.dataset.totalSeconds);
  const windowTotal = Number(page.dataset.windowSeconds || 0);
  const marks = window.taking.marksOf(total, {
    half: words.half_left,
    ten: words.ten_left,
    five: words.five_left,
    one: words.one_left,
  });
  // The clock of a question or a part speaks of its second half alone, and a very short one not at all.
  const windowMarks = window.taking
    .marksOf(windowTotal, {
      half: words.window_half,
      ten: words.window_ten,
      five: words.window_five,
      one: words.window_one,
    })
    .filter(([seconds, text]) => windowTotal >= 60 && (text === words.window_half || seconds < windowTotal / 2));
  // When the answer that carried the server's time arrived, on the clock that nobody can set.
  const navigation = performance.getEntriesByType("navigation")[0];
  let heardAt = (navigation && navigation.responseStart) || performance.now();
  let serverThen = Date.parse(page.dataset.serverNow);
  let lastShown = before(LEFT);
  let lastWindowShown = before(LEFT_HERE);
  let lastWall = Date.now();
  let lastSteady = performance.now();
  let lastAsked = performance.now();
  let lastHeard = heardAt;
  let lastStatus = 200;
  let isOver = false;
  let isWindowOver = false;

  // What the clock shows: the server's time, which stands still for a test that is paused.
  const clockNow = () => {
    const serverNow = serverThen + performance.now() - heardAt;
    return pausedAt === null ? serverNow : Math.min(pausedAt, serverNow);
  };

  const secondsLeft = () => (deadline - clockNow()) / 1000;

  const windowLeft = () => (windowDeadline === null ? Infinity : (windowDeadline - clockNow()) / 1000);

  const isPaused = () => pausedAt !== null;

  const hear = (answer, receivedAt = performance.now(), askedAt = receivedAt) => {
    const { server_now: serverNow, deadline_at: deadlineAt } = answer;
    if (!serverNow || !deadlineAt) return;
    serverThen = Date.parse(serverNow);
    heardAt = receivedAt;
    lastHeard = performance.now();
    lastAsked = performance.now();
    const moved = Date.parse(deadlineAt);
    const wasPaused = isPaused();
    if ("paused_at" in answer) pausedAt = moment(answer.paused_at);
    if ("window_deadline_at" in answer) windowDeadline = moment(answer.window_deadline_at);
    // After a pause the end lies later, but nobody has more time than before.
    if (moved > deadline && !wasPaused && !isPaused()) announcer.textContent = words.more_time;
    deadline = moved;
    show();
    onWord(answer, wasPaused, askedAt);
  };

  const ask = async () => {
    const asked = performance.now();
    lastAsked = asked;
    const response = await fetch(page.dataset.clockUrl, { cache: "no-store", signal: window.taking.patience(8000) });
    lastStatus = response.status;
    // A server that is away has not said anything.
    if (lastStatus >= 500) throw new Error(String(lastStatus));
    if (!response.ok) return null;
    const answer = await response.json();
    // Half of the way there and back is the best guess at how old the answer is.
    hear(answer, performance.now() - (performance.now() - asked) / 2, asked);
    return answer;
  };

  const isInTouch = () => navigator.onLine && performance.now() - lastHeard < IN_TOUCH;

  /* Resolves when the server can be reached: at once if it answered a moment ago. `onWait` says why nothing happens. */
  const reachable = async (onWait) => {
    while (!isInTouch()) {
      try {
        await ask();
        if (lastStatus < 500) return;
      } catch {
        lastStatus = 0;
      }
      onWait();
      await new Promise((resolve) => {
        setTimeout(resolve, 2000);
        window.addEventListener("online", resolve, { once: true });
      });
    }
  };

  const askQuietly = () => ask().catch(() => null);

  // The last one counts, where two come at one moment.
  const reached = (all, last, now) =>
    all
      .filter(([seconds]) => last !== null && last > seconds && now <= seconds && seconds - now < LATE)
      .slice(-1)
      .map(([, text]) => text);

  const digits = (left) => {
    const whole = Math.ceil(left);
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    const seconds = String(whole % 60).padStart(2, "0");
    return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
  };

  const show = () => {
    const left = Math.max(0, secondsLeft());
    const windowSeconds = Math.max(0, windowLeft());
    const texts = reached(marks, lastShown, left);
    timer.textContent = (isPaused() ? words.stands_still : words.time_left).replace("%s", digits(left));
    timer.classList.toggle("is-last-minute", left <= 60);
    if (windowTimer && windowDeadline !== null) {
      windowTimer.textContent = words.window_left.replace("%s", digits(windowSeconds));
      windowTimer.classList.toggle("is-last-minute", windowSeconds <= Math.min(60, windowTotal / 4));
      // Two clocks that end together are said once.
      if (left - windowSeconds > 60) texts.push(...reached(windowMarks, lastWindowShown, windowSeconds));
      lastWindowShown = windowSeconds;
      kept(() => sessionStorage.setItem(LEFT_HERE, windowSeconds));
    }
    if (texts.length) announcer.textContent = texts.join(" ");
    lastShown = left;
    kept(() => sessionStorage.setItem(LEFT, left));
    const wasOver = isOver;
    const wasWindowOver = isWindowOver;
    isOver = left <= 0;
    isWindowOver = windowSeconds <= 0;
    if (isOver && !wasOver) onTimeOver();
    else if (isWindowOver && !wasWindowOver && !isOver) onWindowOver();
  };

  const tick = () => {
    const slept = Math.abs(Date.now() - lastWall - (performance.now() - lastSteady)) > SLEPT;
    lastWall = Date.now();
    lastSteady = performance.now();
    const isInSight = document.visibilityState === "visible";
    const isDue = performance.now() - lastAsked > (isPaused() ? HEARTBEAT_PAUSED : HEARTBEAT);
    if (slept || (isInSight && isDue)) askQuietly();
    show();
    setTimeout(tick, 1000 - (Date.now() % 1000));
  };

  const hide = (isHidden) => {
    timer.hidden = isHidden;
    if (windowTimer) windowTimer.hidden = isHidden;
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
  // Everything that a clock calls exists by the time of its first tick.
  setTimeout(tick);

  return { hear, ask, reachable, isInTouch, secondsLeft, windowLeft, isPaused };
};
