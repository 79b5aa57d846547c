/*
 * One window at a time. Whichever was opened last goes on with the test; every other one says so and waits until it is
 * told to continue. What was chosen in it and is not sent yet is sent all the same, and asked about where it disagrees.
 */
"use strict";

window.taking = window.taking || {};

window.taking.startWindows = ({ page, words, say, saving }) => {
  const banner = document.getElementById("elsewhere");
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`shortlist.${page.dataset.attempt}`) : null;
  const KEY = `shortlist.tab.${page.dataset.attempt}`;
  const here = saving.uuid();
  let isElsewhere = false;
  let claimedAt = 0;
  let isClaiming = false;

  // A browser that keeps nothing has another name on every page, and goes on with each.
  const keepName = (name) => {
    try {
      sessionStorage.setItem(KEY, name);
    } catch {
      return name;
    }
    return name;
  };

  const keptName = () => {
    try {
      return sessionStorage.getItem(KEY);
    } catch {
      return null;
    }
  };

  let tab = keptName() || keepName(saving.uuid());

  const wait = () => {
    if (isElsewhere) return;
    isElsewhere = true;
    window.taking.waitSight?.();
    for (const control of document.querySelectorAll("#work button, #work input, #work textarea, #take-buffer")) {
      control.disabled = true;
    }
    banner.hidden = false;
  };

  /* Tells the server and the other windows of this browser that the test goes on here. */
  const claim = async () => {
    const wasElsewhere = isElsewhere;
    isClaiming = true;
    try {
      const response = await fetch(page.dataset.hereUrl, {
        method: "POST",
        headers: { "X-CSRFToken": saving.csrf, Accept: "application/json" },
        body: new URLSearchParams({ tab_id: tab }),
        signal: window.taking.patience(8000),
      });
      if (!response.ok) return false;
      claimedAt = performance.now();
      // Another window went on while this one was asking, and the server may have heard this one last.
      const isOvertaken = isElsewhere && !wasElsewhere;
      channel?.postMessage(isOvertaken ? { kind: "overtaken" } : { kind: "here", tab });
      return true;
    } catch {
      // The next answer that is saved says it as well.
      return false;
    } finally {
      isClaiming = false;
    }
  };

  document.getElementById("continue-here").addEventListener("click", async () => {
    if (!(await claim())) {
      say(words.no_network);
      return;
    }
    await saving.settled(3000);
    // The page comes anew, with what was stored meanwhile; what is still unsent waits in this browser.
    saving.letGo();
    location.reload();
  });

  channel?.addEventListener("message", ({ data }) => {
    if (data.kind === "here" && data.tab !== tab) wait();
    if (data.kind === "overtaken" && !isElsewhere) claim();
    // A window that was doubled has its twin's name. The twin had it first.
    if (data.kind === "name" && data.tab === tab && data.page !== here) channel.postMessage({ kind: "taken", page: data.page });
    if (data.kind === "taken" && data.page === here) {
      tab = keepName(saving.uuid());
      claim();
    }
  });
  channel?.postMessage({ kind: "name", tab, page: here });
  if (page.dataset.tabId !== tab) claim();

  /*
   * What the server says of who went on last. Returns whether this window waits. What was asked before this window went
   * on still names the other one.
   */
  const onWord = (answer, askedAt) => {
    const isNews = !isClaiming && askedAt >= claimedAt;
    if (answer.tab_id && answer.tab_id !== tab && isNews) wait();
    return isElsewhere;
  };

  return { onWord, isElsewhere: () => isElsewhere, name: () => (isElsewhere ? undefined : tab) };
};
