// Keeps an open page young: asks for it again, puts the new rows in, and says NOT LIVE when no answer comes.
// Without this script the page reloads itself; nothing on it needs a script.
"use strict";
(() => {
  const live = document.querySelector("[data-live]");
  if (!live) return;
  const every = Number(live.dataset.live) * 1000;
  const silentAfter = Number(live.dataset.silent) * 1000;
  const banner = document.getElementById("silent");
  const silentFor = document.getElementById("silent-for");
  let heard = performance.now();
  let asking = false;
  let heldSince = null;

  async function refresh() {
    if (asking) return;
    asking = true;
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), every);
    try {
      const answer = await fetch(location.href, { cache: "no-store", redirect: "error", signal: stop.signal });
      if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch {
      // No answer is told by the watch below, once it has lasted.
    } finally {
      clearTimeout(timer);
      asking = false;
    }
  }

  function show(fresh) {
    const next = fresh.querySelector("[data-live]");
    if (!next) return;
    const focused = live.contains(document.activeElement) ? document.activeElement : null;
    if (focused && order(next) !== order(live) && waits()) return;
    heldSince = null;
    const scrolled = [...live.querySelectorAll(".scroll")].map((each) => each.scrollLeft);
    const opened = new Set([...live.querySelectorAll("details[open]")].map((each) => each.dataset.of));
    live.replaceChildren(...next.childNodes);
    live.querySelectorAll("details").forEach((each) => { each.open = each.open || opened.has(each.dataset.of); });
    live.querySelectorAll(".scroll").forEach((each, at) => { each.scrollLeft = scrolled[at] || 0; });
    if (focused && focused.id) document.getElementById(focused.id)?.focus({ preventScroll: true });
    for (const band of [".bands", ".foot"]) {
      const young = fresh.querySelector(band);
      if (young) document.querySelector(band).replaceChildren(...young.childNodes);
    }
    heard = performance.now();
  }

  // Rows do not change places while somebody is in one, but not for so long that the page grows old.
  function waits() {
    heldSince ??= performance.now();
    return performance.now() - heldSince + every < silentAfter;
  }

  function order(page) {
    return [...page.querySelectorAll("tbody.patient")].map((row) => row.id).join(" ");
  }

  function watch() {
    const silence = performance.now() - heard;
    const silent = silence > silentAfter;
    if (silent) silentFor.textContent = Math.floor(silence / 1000) + " s";
    if (banner.hidden === silent) banner.hidden = !silent;
    document.body.classList.toggle("stale", silent);
  }

  setInterval(refresh, every);
  setInterval(watch, 1000);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
})();
