/*
 * What the briefing says is recorded while a test runs: that the page was left and for how long, how much was copied or
 * pasted, and how long each question was in sight. Never what was copied or looked at elsewhere. Nothing is blocked, and
 * no answer waits for this: what cannot be sent is left out.
 */
"use strict";

window.taking = window.taking || {};

(() => {
  const page = document.getElementById("taking");
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const place = Number(page.dataset.position);
  const KEPT = `shortlist.sight.${page.dataset.attempt}`;
  // Shorter than this, the eye has not left either: menus of the system and screen readers take the focus so long.
  const BLINK = 1000;
  const GATHER = 5000;
  const MOST = 50;
  const MOST_PLACES = 5;
  const TOO_LONG = 3000;

  let notes = [];
  let more = 0;
  let inSight = 0;
  let isPaused = Boolean(page.dataset.pausedAt);
  // The test goes on in another window; what happens here is no part of it until this page is opened anew.
  let isWaiting = false;
  let sightSince = document.visibilityState === "visible" && !isPaused ? performance.now() : null;
  let awaySince = null;
  let isLeaving = false;
  let timer = null;

  /* --- Telling --------------------------------------------------------------------------------------------------- */

  const kept = {
    read: () => {
      try {
        return JSON.parse(sessionStorage.getItem(KEPT)) || {};
      } catch {
        return {};
      }
    },
    write: (sight) => {
      try {
        sessionStorage.setItem(KEPT, JSON.stringify(sight));
        return true;
      } catch {
        return false;
      }
    },
  };

  // While the test is paused the server takes no notes; they wait until it goes on.
  const isAway = () => !token || !navigator.onLine || isPaused;

  // A beacon carries no header, so the proof that this page is ours goes along as in any form.
  const message = (sight) => {
    const now = performance.now();
    const told = notes.map(({ at, ...note }) => ({ ...note, ago: Math.round((now - at) / 1000) }));
    const body = { csrfmiddlewaretoken: token.value, notes: JSON.stringify({ notes: told, more, sight }) };
    return new URLSearchParams(body);
  };

  const forget = () => {
    notes = [];
    more = 0;
  };

  const send = (sight) => {
    clearTimeout(timer);
    timer = null;
    if (isAway() || !navigator.sendBeacon || !navigator.sendBeacon(page.dataset.notesUrl, message(sight))) return false;
    forget();
    return true;
  };

  const note = (what) => {
    if (notes.length < MOST) notes.push({ ...what, place, at: performance.now() });
    else more += 1;
    if (timer === null && !isLeaving) timer = setTimeout(() => send({}), GATHER);
  };

  /* --- Time in sight ---------------------------------------------------------------------------------------------- */

  const stopSight = (moment = performance.now()) => {
    if (sightSince !== null) inSight += Math.max(0, moment - sightSince);
    sightSince = null;
  };

  /* The whole seconds that this page was in sight since it was last asked; the rest waits for the next time. */
  const takeSight = () => {
    if (sightSince !== null) {
      stopSight();
      sightSince = performance.now();
    }
    const seconds = Math.floor(inSight / 1000);
    inSight -= seconds * 1000;
    return seconds;
  };

  const gather = () => {
    const sight = kept.read();
    const seconds = takeSight();
    if (place && seconds) sight[place] = (sight[place] || 0) + seconds;
    return sight;
  };

  /* What no save takes along waits in this tab until it is worth a request. */
  const leaveSight = ({ isLast }) => {
    const sight = gather();
    const count = Object.keys(sight).length;
    const isDue = isLast ? notes.length > 0 || more > 0 || count >= MOST_PLACES || (place === 0 && count > 0) : false;
    if (isDue && send(sight)) kept.write({});
    else if (!kept.write(sight) && isLast && count) send(sight);
  };

  window.taking.takeSight = takeSight;

  /* --- Looking away and back -------------------------------------------------------------------------------------- */

  const lookAway = () => {
    if (awaySince !== null || isLeaving || isPaused || isWaiting) return;
    stopSight();
    awaySince = performance.now();
  };

  const noteAway = (moment = performance.now()) => {
    const away = moment - awaySince;
    awaySince = null;
    if (away >= BLINK) note({ kind: "focus_lost", seconds: Math.round(away / 1000) });
  };

  const lookBack = () => {
    if (document.visibilityState !== "visible" || !document.hasFocus()) return;
    if (awaySince !== null) noteAway();
    if (sightSince === null && !isPaused && !isWaiting) sightSince = performance.now();
  };

  const stopCounting = (moment) => {
    stopSight(moment);
    if (awaySince !== null) noteAway(moment);
  };

  /* A pause is neither time in sight nor time away. A page hears of it late: what ran since it began does not count. */
  window.taking.pauseSight = (moment) => {
    if (isPaused) return;
    stopCounting(moment);
    isPaused = true;
  };

  /* Looking at the window in which the test goes on is not looking away. What was noted until now is still told. */
  window.taking.waitSight = () => {
    stopCounting();
    isWaiting = true;
  };

  /*
   * The time of the test is over. What waits is told at once: none is taken after the hand-in, which waits for this a
   * moment, as it does for answers. What did not get through waits on, in case more time is given.
   */
  window.taking.tellAll = async () => {
    if (awaySince !== null) {
      noteAway();
      awaySince = performance.now();
    }
    const sight = gather();
    const held = { notes, more };
    if (isAway()) kept.write(sight);
    if (isAway() || (!notes.length && !more && !Object.keys(sight).length)) return;
    clearTimeout(timer);
    timer = null;
    const request = { method: "POST", body: message(sight), signal: window.taking.patience(TOO_LONG) };
    forget();
    kept.write({});
    const isTold = await fetch(page.dataset.notesUrl, request).then(({ ok }) => ok, () => false);
    if (isTold) return;
    notes = [...held.notes, ...notes];
    more += held.more;
    const since = kept.read();
    for (const [each, seconds] of Object.entries(sight)) since[each] = (since[each] || 0) + seconds;
    kept.write(since);
  };

  window.taking.resumeSight = () => {
    isPaused = false;
    if (document.visibilityState === "visible" && document.hasFocus()) lookBack();
    else lookAway();
    if (notes.length && timer === null) timer = setTimeout(() => send({}), GATHER);
  };

  window.addEventListener("blur", lookAway);
  window.addEventListener("focus", lookBack);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") {
      lookBack();
      return;
    }
    lookAway();
    // A telephone may end a page that is out of sight without another word.
    if (!isLeaving) leaveSight({ isLast: false });
  });
  window.addEventListener("pagehide", () => {
    isLeaving = true;
    stopSight();
    if (awaySince !== null) noteAway();
    leaveSight({ isLast: true });
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    isLeaving = false;
    awaySince = null;
    sightSince = isPaused || isWaiting ? null : performance.now();
  });

  /* --- Copying and pasting ---------------------------------------------------------------------------------------- */

  const targetOf = (node) => {
    const element = node instanceof Element ? node : node && node.parentElement;
    if (!element) return "other";
    if (element.closest(".stem")) return "stem";
    return element.closest(".option") ? "option" : "other";
  };

  const copied = () => {
    const field = document.activeElement;
    const isField = field && typeof field.selectionStart === "number";
    const selection = document.getSelection();
    const length = isField ? field.selectionEnd - field.selectionStart : String(selection).length;
    if (length) note({ kind: "copied", target: targetOf(isField ? field : selection.anchorNode), length });
  };

  document.addEventListener("copy", copied);
  document.addEventListener("cut", copied);
  document.addEventListener("paste", (event) => {
    const { length } = (event.clipboardData && event.clipboardData.getData("text")) || "";
    note({ kind: "pasted", target: targetOf(event.target), length });
  });

  if (place === 0 && Object.keys(kept.read()).length && send(kept.read())) kept.write({});
})();
