/* The pages of a running test: the clock on all of them, answers on a question's page, the submit on the overview. */
"use strict";

(() => {
  const page = document.getElementById("taking");
  const words = JSON.parse(document.getElementById("words").textContent);
  const form = document.getElementById("answer-form");
  const submitForm = document.getElementById("submit-form");
  const note = document.getElementById("note");
  const conflict = document.getElementById("conflict");
  const position = Number(page.dataset.position);
  let isLeaving = false;

  /* Above a long question, where whoever just pressed Next is not looking: what is new there comes into sight. */
  const say = (text) => {
    const isNew = text !== "" && (note.hidden || note.textContent !== text);
    note.textContent = text;
    note.hidden = !text;
    if (isNew) note.scrollIntoView({ block: "nearest" });
  };

  const goTo = (address) => {
    isLeaving = true;
    // Without an address a form is about to be posted.
    if (address) location.assign(address);
  };

  const finished = () => {
    // An answer that the server did not take any more is not passed over in silence.
    const isLate = saving.hasUnsent();
    saving.forgetAll();
    goTo(page.dataset.finishedUrl + (isLate ? "?late" : ""));
  };

  /* --- What the server says about an answer ------------------------------------------------------------------- */

  const chosen = () => [...form.querySelectorAll("input[name=answer]:checked")].map((input) => input.value);

  const choose = (places) => {
    for (const input of form.querySelectorAll("input[name=answer]")) input.checked = places.includes(input.value);
  };

  const remember = (version, answer) => {
    form.elements.base_version.value = version;
    form.elements.shown_answer.value = answer.join(" ");
  };

  const showConflict = (stored) => {
    conflict.hidden = stored === null;
    for (const tag of form.querySelectorAll(".stored-elsewhere")) {
      tag.hidden = stored === null || !stored.includes(tag.dataset.place);
      // Even what is hidden would be read out as a description.
      const option = tag.parentElement.querySelector("input");
      if (tag.hidden) option.removeAttribute("aria-describedby");
      else option.setAttribute("aria-describedby", tag.id);
    }
    if (stored !== null) document.getElementById("conflict-none").hidden = stored.length > 0;
  };

  /* An answer to another question that was changed elsewhere: its own page asks which one holds. */
  const sayConflicts = () => {
    const other = saving.conflicts().find((each) => each !== position);
    if (other) say(words.look_again.replace("%s", other));
  };

  const onReply = (entry, reply) => {
    clock.hear(reply);
    if (reply.refused) say(reply.refused);
    if (reply.outcome === "locked") {
      pieces.onLocked(entry, clock);
      return;
    }
    if (!form || entry.position !== position) {
      sayConflicts();
      return;
    }
    if (reply.outcome === "saved" && reply.version !== undefined) {
      remember(reply.version, reply.answer);
      say("");
    }
  };

  const onConflict = (entry, reply) => {
    if (!form || entry.position !== position) return;
    const mine = entry.answer;
    showConflict(reply.answer);
    document.getElementById("keep-mine").onclick = (event) => {
      event.preventDefault();
      showConflict(null);
      saving.save({ position, answer: chosen().length ? chosen() : mine, baseVersion: reply.version, pageId: pageId() });
    };
    document.getElementById("take-stored").onclick = (event) => {
      event.preventDefault();
      saving.drop(position);
      choose(reply.answer);
      remember(reply.version, reply.answer);
      showConflict(null);
      saving.show();
    };
  };

  const pageId = () => form.elements.page_id.value;

  const saving = window.taking.startSaving({
    page,
    words,
    windowName: () => windows.name(),
    onReply,
    onConflict,
    onClosed: finished,
  });

  const windows = window.taking.startWindows({ page, words, say, saving });

  const pieces = window.taking.startPieces({ page, words, say, saving, goTo, position });

  /* --- The end ------------------------------------------------------------------------------------------------- */

  const onTimeOver = async () => {
    say(words.time_over);
    const aMoment = new Promise((resolve) => setTimeout(resolve, 3000));
    await Promise.all([saving.settled(3000), Promise.race([window.taking.tellAll?.(), aMoment])]);
    for (;;) {
      try {
        const answer = await clock.ask();
        if (answer && answer.state === "in_progress" && clock.secondsLeft() > 0) {
          say("");
          // The last pause between two tries may have grown long.
          saving.sendAll();
          return;
        }
        const response = await fetch(page.dataset.submitUrl, {
          method: "POST",
          headers: { "X-CSRFToken": saving.csrf },
          body: new URLSearchParams({ confirmed: "yes", unasked: "yes" }),
          signal: window.taking.patience(10000),
        });
        if (response.status >= 500) throw new Error(String(response.status));
        if (response.ok) finished();
        // The link was replaced, say: the page that follows tells so, and what is unsent waits in this browser.
        else goTo(page.dataset.finishedUrl);
        return;
      } catch {
        // Without a network the server ends the test by itself; this page only wants to show it. And an outage may be
        // what more time is given for: nothing is dropped before the server has said that the test is over.
        await new Promise((resolve) => setTimeout(resolve, 3000));
      }
    }
  };

  // A window that waits leaves going on to the other one.
  const onWindowOver = () => windows.isElsewhere() || pieces.onWindowOver(clock);

  const onWord = (answer, wasPaused, askedAt) => windows.onWord(answer, askedAt) || pieces.onWord(answer, wasPaused);

  const clock = window.taking.startClock({ page, words, onTimeOver, onWindowOver, onWord });

  /* --- Without a network ---------------------------------------------------------------------------------------- */

  /* A link or a form that finds no network leaves an error of the browser in the place of the page. */
  const reachable = (text) => clock.reachable(() => say(text));

  document.getElementById("work").addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = link && !event.ctrlKey && !event.metaKey && !event.shiftKey && link.target !== "_blank";
    if (!isPlain || link.origin !== location.origin || clock.isInTouch()) return;
    event.preventDefault();
    await reachable(words.moving_when_back);
    goTo(link.href);
  });

  /* --- A question's page ---------------------------------------------------------------------------------------- */

  const saveChoice = () =>
    saving.save({ position, answer: chosen(), baseVersion: Number(form.elements.base_version.value), pageId: pageId() });

  let destination = "";

  const leaveFor = async (address) => {
    const isWaiting = destination !== "";
    destination = address;
    if (isLeaving || isWaiting) return;
    say(saving.hasUnsent() ? words.moving_on : "");
    while (!(await saving.settled(60000))) say(words.moving_on);
    await reachable(words.moving_when_back);
    const goal = destination;
    destination = "";
    if (saving.get(position)) {
      say("");
      conflict.scrollIntoView({ block: "center" });
      return;
    }
    goTo(goal);
  };

  const flag = async (button) => {
    const isFlagged = button.getAttribute("aria-pressed") !== "true";
    try {
      const response = await fetch(button.dataset.url, {
        method: "POST",
        headers: { "X-CSRFToken": saving.csrf, Accept: "application/json" },
        body: new URLSearchParams({ flagged: isFlagged ? "yes" : "no" }),
        signal: window.taking.patience(10000),
      });
      if (!response.ok) throw new Error(String(response.status));
      button.setAttribute("aria-pressed", String(isFlagged));
      button.value = isFlagged ? "unflag" : "flag";
      if (note.textContent === words.flag_failed) say("");
    } catch {
      say(words.flag_failed);
    }
  };

  /* The page comes back in another language, with everything that was chosen. */
  const speak = async (language) => {
    while (!(await saving.settled(60000))) say(words.moving_on);
    try {
      const response = await fetch(page.dataset.languageUrl, {
        method: "POST",
        headers: { "X-CSRFToken": saving.csrf },
        body: new URLSearchParams({ language, from: location.pathname }),
        signal: window.taking.patience(10000),
      });
      if (!response.ok) throw new Error(String(response.status));
      isLeaving = true;
      location.replace(response.url);
    } catch {
      say(words.no_network);
    }
  };

  const report = async (button) => {
    const reply = document.getElementById("problem-reply");
    const fields = new URLSearchParams();
    for (const name of ["problem_kind", "problem_text"]) fields.set(name, form.elements[name].value);
    try {
      const response = await fetch(button.dataset.reportUrl, {
        method: "POST",
        headers: { "X-CSRFToken": saving.csrf, Accept: "application/json" },
        body: fields,
        signal: window.taking.patience(10000),
      });
      const { message } = await response.json();
      reply.textContent = message;
      if (!response.ok) return;
      form.elements.problem_text.value = "";
      for (const kind of form.querySelectorAll("input[name=problem_kind]")) kind.checked = false;
    } catch {
      // What was typed stays where it is.
      reply.textContent = words.report_failed;
    }
  };

  const startQuestion = () => {
    const waiting = saving.get(position);
    if (waiting) choose(waiting.answer);
    // A conflict that was left open is asked again, with what is stored now.
    if (waiting && waiting.conflict) saving.save({ ...waiting, baseVersion: waiting.base_version, pageId: waiting.page_id });
    form.addEventListener("change", (event) => event.target.name === "answer" && saveChoice());
    // Chosen before this script was there: nobody heard the change.
    if (!waiting && conflict.hidden && chosen().join(" ") !== form.elements.shown_answer.value) saveChoice();
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      if (button && button.value === "clear") {
        event.preventDefault();
        choose([]);
        // The button goes away with the choice, and takes the focus along unless that goes first.
        form.querySelector("input[name=answer]").focus();
        saveChoice();
      } else if (button && button.value === "buffer") {
        event.preventDefault();
        pieces.takeBuffer(button, clock);
      } else if (button && button.dataset.url) {
        event.preventDefault();
        flag(button);
      } else if (button && button.dataset.reportUrl) {
        event.preventDefault();
        report(button);
      } else if (button && button.dataset.language) {
        event.preventDefault();
        speak(button.dataset.language);
      } else if (button && button.dataset.href) {
        event.preventDefault();
        leaveFor(button.dataset.href);
      } else if (button && button.value === "next") {
        event.preventDefault();
        if (!isLeaving) pieces.leave(form, button, clock);
      }
    });
    (document.getElementById("before-leaving") || document.getElementById("heading")).focus({ preventScroll: true });
  };

  /* --- The overview --------------------------------------------------------------------------------------------- */

  const startOverview = async () => {
    let isSubmitting = false;
    (document.getElementById("question-before-submit") || document.getElementById("heading")).focus({ preventScroll: true });
    submitForm.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (isLeaving || isSubmitting) return;
      isSubmitting = true;
      if (saving.hasUnsent()) say(words.submitting_when_saved);
      while (!(await saving.settled(60000))) say(words.submitting_when_saved);
      if (saving.hasUnsent()) {
        isSubmitting = false;
        sayConflicts();
        return;
      }
      await reachable(words.submitting_when_back);
      isLeaving = true;
      submitForm.submit();
    });
    if (!saving.hasUnsent()) return;
    // What this page lists is older than what was waiting here. Loading it again must not undo a press of Submit.
    await saving.settled(60000);
    if (!saving.hasUnsent() && !isLeaving && !isSubmitting) location.reload();
  };

  saving.show();
  sayConflicts();
  if (form) startQuestion();
  if (submitForm) startOverview();
  saving.sendAll();
})();
