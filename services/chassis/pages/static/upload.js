/* Sends files straight to the store with progress, where the form says so (data-start); README.md tells the dialogue. */
"use strict";

(() => {
  const RENEW = "/tai-khoan/phien";

  class Refused extends Error {}

  function enhance(form) {
    const input = form.querySelector("input[type=file]");
    const button = form.querySelector("button[type=submit]");
    const words = JSON.parse(form.dataset.words);
    const room = Number(form.dataset.room);
    const say = speaker(form, input);
    input.multiple = room > 1;

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      await send();
    });
    input.addEventListener("change", () => input.files.length && send());

    async function send() {
      if (button.disabled) return;
      const files = [...input.files];
      const wrong = files.length ? fault(files) : words.failed;
      if (wrong) return say.fault(wrong);
      button.disabled = input.disabled = true;
      let sent = 0;
      try {
        for (const file of files) {
          await sendOne(form, file, words, say);
          sent += 1;
        }
        reload(form);
      } catch (problem) {
        button.disabled = input.disabled = false;
        input.value = "";
        form.dataset.room = Math.max(0, Number(form.dataset.room) - sent);
        say.fault(problem instanceof Refused && problem.message ? problem.message : words.failed);
      }
    }

    function fault(files) {
      if (files.length > Number(form.dataset.room)) return words.too_many;
      const types = form.dataset.types.split(" ");
      for (const file of files) {
        const ending = file.name.toLowerCase().split(".").pop().replace(/^jpg$/, "jpeg");
        if (!types.includes(ending)) return fill(words.wrong_type, file);
        if (file.size === 0) return fill(words.empty, file);
        if (file.size > Number(form.dataset.maxBytes)) return fill(words.too_large, file);
      }
      return "";
    }
  }

  async function sendOne(form, file, words, say) {
    say.progress(fill(words.sending, file), 0);
    const component = form.elements.component.value;
    const start = await call(form, form.dataset.start, { component, name: file.name, size: file.size });
    await put(start.put_url, start.headers || {}, file, (share) => say.progress(fill(words.sending, file), share));
    say.progress(words.checking, 1);
    await call(form, start.confirm_url, { upload_id: start.upload_id });
    say.progress(fill(words.done, file), 1);
  }

  async function call(form, url, body, isRetry = false) {
    const answer = await fetch(url, {
      method: "POST",
      credentials: "same-origin",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": form.elements.csrf_token.value,
      },
      body: JSON.stringify(body),
    });
    if (answer.status === 401 && !isRetry) {
      await fetch(RENEW, { credentials: "same-origin" });
      return call(form, url, body, true);
    }
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refused(problemWords(told));
    return told;
  }

  function problemWords(problem) {
    const fields = (problem.fields || []).map((field) => field.detail).filter(Boolean);
    return fields.length ? fields.join(" ") : problem.detail || "";
  }

  function put(url, headers, file, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("PUT", url);
      for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
      request.upload.addEventListener("progress", (event) => event.lengthComputable && progress(event.loaded / event.total));
      request.addEventListener("load", () => (request.status < 300 ? resolve() : reject(new Refused(""))));
      request.addEventListener("error", () => reject(new Refused("")));
      request.send(file);
    });
  }

  function speaker(form, input) {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.hidden = true;
    const status = document.createElement("p");
    status.className = "upload-status";
    status.setAttribute("role", "status");
    const alert = document.createElement("p");
    alert.className = "fault";
    alert.setAttribute("role", "alert");
    alert.id = `${input.id}-told`;
    form.append(bar, status, alert);
    return {
      progress(text, share) {
        alert.textContent = "";
        if (status.textContent !== text) status.textContent = text;
        bar.hidden = false;
        bar.value = share;
        bar.setAttribute("aria-label", text);
      },
      fault(text) {
        bar.hidden = true;
        status.textContent = "";
        alert.textContent = text;
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", `${input.id}-hint ${alert.id}`);
      },
    };
  }

  function fill(text, file) {
    return text.replace("{name}", () => file.name);
  }

  function reload(form) {
    const section = form.closest(".upload");
    if (section) history.replaceState(null, "", `#${section.id}`);
    location.reload();
  }

  for (const form of document.querySelectorAll("form[data-upload][data-start]")) enhance(form);
})();
