// Search as you type. The page works without it: the form asks the same address.
"use strict";
(() => {
  const form = document.getElementById("search");
  if (!form || !window.fetch || !window.AbortController) return;
  const results = document.getElementById("results");
  const said = document.getElementById("said");
  const PAUSE = 160; // milliseconds after a key
  let timer = 0;
  let asking = null;
  let composing = false; // an input method is at work: what stands there is not yet what is meant
  let shown = address();

  function address() {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.append(name, value);
    const text = query.toString();
    return text ? `/search?${text}` : "/search";
  }

  async function ask() {
    const wanted = address();
    if (composing || wanted === shown) return;
    shown = wanted;
    if (asking) asking.abort();
    const own = (asking = new AbortController());
    results.classList.add("loading");
    try {
      const part = wanted + (wanted.includes("?") ? "&" : "?") + "part=results";
      const answer = await fetch(part, { signal: own.signal });
      const html = await answer.text();
      if (asking !== own) return;
      const page = new DOMParser().parseFromString(html, "text/html");
      results.replaceChildren(...page.body.childNodes);
      const line = results.querySelector("[data-said]");
      said.textContent = line ? line.textContent : "";
      history.replaceState(null, "", wanted);
    } catch (error) {
      if (error.name !== "AbortError") form.submit();
    } finally {
      if (asking === own) results.classList.remove("loading");
    }
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  }

  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { composing = false; later(); });
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(timer); ask(); });
})();
