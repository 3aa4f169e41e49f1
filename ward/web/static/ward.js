// Keeps an open page young and says NOT LIVE when no answer comes. Nothing on a page needs this script: without it the
// page reloads itself. A board is sent what has changed in it; any other live page is asked for again as a whole.
"use strict";
(() => {
  const live = document.querySelector("[data-live], [data-events]");
  if (!live) return;
  const silentAfter = Number(live.dataset.silent) * 1000;
  const banner = document.getElementById("silent");
  const silentFor = document.getElementById("silent-for");
  let heard = performance.now();

  if (live.dataset.events) listen(); else ask(Number(live.dataset.live) * 1000);
  setInterval(watch, 1000);

  function watch() {
    const silence = performance.now() - heard;
    const silent = silence > silentAfter;
    if (silent) silentFor.textContent = Math.floor(silence / 1000) + " s";
    if (banner.hidden === silent) banner.hidden = !silent;
    document.body.classList.toggle("stale", silent);
  }

  // A board: pieces with an id each, and the order of its rows.
  function listen() {
    const rows = document.getElementById("rows");
    const held = document.getElementById("held");
    const beyond = document.getElementById("beyond");
    let order = null;
    const waiting = new Map();
    // The address holds since when changes are marked, so that coming back to the page still says what changed.
    history.replaceState(null, "", live.dataset.here);
    const from = new URL(live.dataset.events, location.href);
    from.searchParams.set("version", live.dataset.version);
    let source = null;
    open();
    edge();
    document.addEventListener("visibilitychange", () => { if (!document.hidden && performance.now() - heard > silentAfter) open(); });
    rows.addEventListener("focusout", () => setTimeout(settle));
    document.addEventListener("focusout", () => setTimeout(() => { for (const [id, html] of [...waiting]) put(id, html); }));

    // A connection that is only half there looks alive to a browser, so a silent one is opened anew.
    function open() {
      if (source) source.close();
      source = new EventSource(from);
      source.addEventListener("board", (event) => show(JSON.parse(event.data)));
      source.addEventListener("ended", () => { source.close(); location.reload(); });
    }
    setInterval(() => { if (performance.now() - heard > silentAfter) open(); }, silentAfter);

    function show(sent) {
      for (const [id, html] of Object.entries(sent.pieces)) put(id, html);
      order = sent.order;
      settle();
      edge();
      heard = performance.now();
      live.dataset.heard = "yes";
    }

    function put(id, html) {
      const old = document.getElementById(id);
      const box = document.createElement("template");
      box.innerHTML = html;
      const young = box.content.firstElementChild;
      if (!young) return;
      if (!old) { if (/^(row|stage)-/.test(id)) rows.append(young); return; }
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      // What somebody is choosing from, or writing in, does not change under the hand: it does once they have left it.
      if (focused && focused.matches("select, input, textarea")) { waiting.set(id, html); return; }
      waiting.delete(id);
      young.querySelectorAll("details").forEach((each) => {
        const before = [...old.querySelectorAll("details")].find((other) => other.dataset.of === each.dataset.of);
        if (before) each.open = before.open;
      });
      young.querySelectorAll("textarea[id], input[id]:not([type=hidden], [type=checkbox])").forEach((each) => {
        const before = old.querySelector("#" + CSS.escape(each.id));
        if (before && before.value !== before.defaultValue) each.value = before.value;
      });
      old.replaceWith(young);
      // Where the very thing is gone, whoever goes by keys stays with the row.
      if (focused && focused.id) (document.getElementById(focused.id) || young.querySelector("a[id]"))?.focus({ preventScroll: true });
    }

    // A wall does not scroll by itself: it says how many beds lie below its edge.
    function edge() {
      if (!beyond) return;
      const lost = [...rows.children].filter((row) => row.getBoundingClientRect().bottom > innerHeight).length;
      beyond.hidden = lost === 0;
      beyond.textContent = lost === 1 ? "1 bed is below the edge" : lost + " beds are below the edge";
    }

    // Rows do not change places while somebody is in one; what they say does.
    function settle() {
      if (!order) return;
      const busy = rows.contains(document.activeElement);
      const now = [...rows.children].map((row) => row.id);
      const moved = order.join(" ") !== now.join(" ");
      held.hidden = !(busy && moved);
      if (busy || !moved) return;
      const wanted = new Set(order);
      [...rows.children].forEach((row) => { if (!wanted.has(row.id)) row.remove(); });
      order.forEach((id) => { const row = document.getElementById(id); if (row) rows.append(row); });
    }
  }

  // Any other page: the whole of it, again and again.
  function ask(every) {
    let asking = false;

    async function refresh() {
      if (asking) return;
      asking = true;
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), every);
      try {
        const answer = await fetch(location.href, { cache: "no-store", redirect: "manual", signal: stop.signal });
        // Nobody is signed in any more: the page asks for itself anew, so that no patient stays on the screen.
        if (answer.type === "opaqueredirect") location.reload();
        if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        // No answer is told by the watch, once it has lasted.
      } finally {
        clearTimeout(timer);
        asking = false;
      }
    }

    function show(fresh) {
      const next = fresh.querySelector("[data-live]");
      if (!next) return;
      const focused = live.contains(document.activeElement) ? document.activeElement : null;
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

    setInterval(refresh, every);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  }
})();
