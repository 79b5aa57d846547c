/*
 * Pauses, and tests that are taken piece by piece: what is open now, when its time is over, and the way on. Whatever
 * moves the test is a post of a form that is on the page for those without scripts, too.
 */
"use strict";

window.taking = window.taking || {};

window.taking.startPieces = ({ page, words, say, saving, goTo, position }) => {
  const paused = document.getElementById("paused");
  const work = document.getElementById("work");
  const answers = document.getElementById("answer-form");
  const onForm = document.getElementById("on-form");
  const announcer = document.getElementById("announce");
  // Long enough to hear or read why the page goes on.
  const NOTICE = 3000;
  let isGoingOn = false;
  let late = 0;

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  const inSight = () =>
    new Promise((resolve) => {
      const look = () => document.visibilityState === "visible" && resolve();
      document.addEventListener("visibilitychange", look);
      look();
    });

  const lock = (isLocked) => answers?.querySelectorAll("fieldset").forEach((each) => (each.disabled = isLocked));

  const goWhereItIs = () => {
    if (isGoingOn) return;
    isGoingOn = true;
    goTo(page.dataset.onUrl + (late ? `?late=${late}` : ""));
  };

  /* --- Pauses --------------------------------------------------------------------------------------------------- */

  const showPause = (pausedAt) => {
    const since = new Date(pausedAt).toLocaleTimeString(document.documentElement.lang || undefined, {
      hour: "2-digit",
      minute: "2-digit",
      timeZoneName: "short",
    });
    if (!document.getElementById("paused-since").textContent) document.getElementById("paused-since").textContent = since;
    work.hidden = true;
    paused.hidden = false;
  };

  const endPause = () => {
    // A page that was opened during the pause has no question on it yet.
    if (!answers && !document.getElementById("submit-form")) {
      goWhereItIs();
      return;
    }
    paused.hidden = true;
    document.getElementById("paused-since").textContent = "";
    work.hidden = false;
    announcer.textContent = words.goes_on;
    document.getElementById("heading").focus({ preventScroll: true });
  };

  /* What the server says with every answer: whether the test is paused, and which places are open. */
  const onWord = (answer, wasPaused) => {
    if (answer.state !== "in_progress" || isGoingOn) return;
    if (answer.paused_at) {
      window.taking.pauseSight?.(performance.now() - (Date.parse(answer.server_now) - Date.parse(answer.paused_at)));
      showPause(answer.paused_at);
    } else if (wasPaused) {
      window.taking.resumeSight?.();
      endPause();
    }
    const isElsewhere =
      answer.open_from !== undefined &&
      answer.outcome !== "locked" &&
      (String(answer.open_from) !== page.dataset.openFrom || String(answer.open_to) !== page.dataset.openTo);
    if (!isElsewhere || answer.paused_at) return;
    // Another window of this person went on; what is not sent yet is told to be late by the server.
    say(words.closed);
    saving.settled(4000).then(goWhereItIs);
  };

  /* --- The time of a part or a question is over ----------------------------------------------------------------- */

  const onWindowOver = async (clock) => {
    if (!onForm || isGoingOn) return;
    say(words.window_over);
    lock(true);
    await Promise.all([saving.settled(4000), pause(NOTICE)]);
    await inSight();
    for (;;) {
      try {
        await clock.ask();
        break;
      } catch {
        await pause(3000);
      }
    }
    if (isGoingOn) return;
    if (clock.isPaused() || clock.windowLeft() > 0) {
      say("");
      lock(false);
      return;
    }
    isGoingOn = true;
    onForm.elements.late.value = late || "";
    goTo("");
    onForm.submit();
  };

  /* A choice that came when its place was closed: said on the next page, and never dropped without a word. */
  const onLocked = (entry, clock) => {
    late = entry.position;
    // The end of a window, if that is what happens, goes on by itself.
    if (entry.position === position && clock.windowLeft() <= 0) return;
    goWhereItIs();
  };

  /* --- Moves ---------------------------------------------------------------------------------------------------- */

  const post = (form, button) => {
    const move = document.createElement("input");
    Object.assign(move, { type: "hidden", name: button.name, value: button.value });
    form.append(move);
    form.submit();
  };

  /* Leaves a question for good once its answer is saved. The server asks where there is none. */
  const leave = async (form, button, clock) => {
    if (isGoingOn) return;
    isGoingOn = true;
    if (saving.hasUnsent()) say(words.moving_on);
    while (!(await saving.settled(60000))) say(words.moving_on);
    if (late) {
      isGoingOn = false;
      goWhereItIs();
      return;
    }
    if (saving.get(position)) {
      // Changed in another window: the page asks which of both holds.
      isGoingOn = false;
      say("");
      return;
    }
    await clock.reachable(() => say(words.moving_when_back));
    goTo("");
    post(form, button);
  };

  const takeBuffer = async (button, clock) => {
    button.disabled = true;
    try {
      const response = await fetch(button.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": saving.csrf, Accept: "application/json" },
        signal: window.taking.patience(10000),
      });
      if (!response.ok) throw new Error(String(response.status));
      clock.hear(await response.json());
      announcer.textContent = words.buffer_taken;
      button.hidden = true;
      document.getElementById("heading").focus({ preventScroll: true });
    } catch {
      button.disabled = false;
    }
  };

  return { onWord, onWindowOver, onLocked, leave, takeBuffer };
};
