/* Suggestions while typing: a combobox over a search field that works without them. */
"use strict";

(() => {
  const PAUSE_MS = 150;
  const SHORTEST = 2;

  function start(box, number) {
    const field = box.querySelector("input");
    const words = JSON.parse(box.dataset.words);
    const list = document.createElement("ul");
    const told = document.createElement("p");
    let chosen = -1;
    let timer = 0;
    let asking = null;

    list.id = `suggestions-${number}`;
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.labels[0].textContent);
    told.className = "sr-only";
    told.setAttribute("role", "status");
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");
    field.after(list, told);

    function close() {
      asking?.abort();
      clearTimeout(timer);
      list.hidden = true;
      chosen = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }

    function choose(next) {
      const options = [...list.children];
      chosen = next < 0 || next >= options.length ? -1 : next;
      options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
      if (chosen < 0) return field.removeAttribute("aria-activedescendant");
      field.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    }

    function optionOf(item, at) {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.url = item.url;
      option.textContent = item.text;
      if (words[item.kind]) {
        const kind = document.createElement("span");
        kind.className = "muted";
        kind.textContent = ` · ${words[item.kind]}`;
        option.append(kind);
      }
      return option;
    }

    function show(items) {
      close();
      list.replaceChildren(...items.map(optionOf));
      told.textContent = items.length ? words.found.replace("{count}", items.length) : "";
      list.hidden = !items.length;
      field.setAttribute("aria-expanded", String(Boolean(items.length)));
    }

    async function ask() {
      const text = field.value.trim();
      close();
      if (text.length < SHORTEST) return;
      asking = new AbortController();
      const query = new URLSearchParams({ q: text, lang: document.documentElement.lang });
      try {
        const answer = await fetch(`${box.dataset.suggest}?${query}`, { signal: asking.signal });
        if (answer.ok) show((await answer.json()).items);
      } catch {
        /* Superseded, or no network: the search itself still works. */
      }
    }

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    });
    field.addEventListener("keydown", (event) => {
      if (event.isComposing || list.hidden) return;
      const last = list.children.length - 1;
      const to = { ArrowDown: chosen + 1, ArrowUp: chosen < 0 ? last : chosen - 1 }[event.key];
      if (to !== undefined) {
        event.preventDefault();
        choose(to);
      } else if (event.key === "Escape") {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        location.assign(list.children[chosen].dataset.url);
      }
    });
    field.addEventListener("blur", close);
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.url);
    });
  }

  document.querySelectorAll("[data-suggest]").forEach(start);
})();
