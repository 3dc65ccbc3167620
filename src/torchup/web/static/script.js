// The pages work without this but for what starts something; it only makes them live.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("scripted");
  const find = (what, where = document) => where.querySelector(what);
  const ADDRESS = /http:\/\/(?:127\.0\.0\.1|localhost):\d{1,5}\/[\w./?=&-]*token=\w+/;
  const tell = (text) => { find("#said").textContent = text; };

  // Another state of the same page: only the main part is exchanged, the focus stays.
  // Of several states that are asked for only the last one counts: answers may overtake each other.
  let latest = null;
  async function swap(address) {
    if (latest) latest.abort();
    const mine = latest = new AbortController();
    const main = find("#main");
    main.classList.add("busy");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: mine.signal });
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      const there = document.activeElement, focused = there && there.id;
      const typed = there && there.matches('input[type="text"], textarea') ? there.value : null;
      const said = find("#main", next);
      if (!said) throw new Error("no page");
      main.replaceWith(document.adoptNode(said));
      document.title = next.title;
      const again = focused && document.getElementById(focused);
      if (again) again.focus({ preventScroll: true });
      if (again && typed !== null && again.value !== typed) {  // half a word was typed meanwhile
        again.value = typed;
        again.addEventListener("blur", () => again.dispatchEvent(new Event("change", { bubbles: true })), { once: true });
      }
      const news = find("[data-say]");
      if (news) tell(news.textContent.trim());
      begin();
    } catch (_) {
      if (mine !== latest) return;
      main.classList.remove("busy");
      tell(document.body.dataset.lost);
    }
  }

  async function ask(path, method, body) {
    const answer = await fetch(path, {
      method,
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
    });
    const found = await answer.json();
    if (!answer.ok) throw new Error([found.message, found.hint].filter(Boolean).join(" "));
    return found;
  }

  // What a form asks for, as the order that the server reads; a button may name the command.
  function order(form, button) {
    const given = new FormData(form);
    const wanted = { command: (button && button.value) || form.dataset.order };
    for (const name of ["name", "target", "build", "python", "as_of", "change", "kernel", "ide", "folder"]) {
      if (given.get(name)) wanted[name] = given.get(name);
    }
    const lines = given.getAll("requirement").flatMap((one) => one.split("\n")).map((one) => one.trim()).filter(Boolean);
    if (lines.length) wanted.requirements = lines;
    if (given.has("finding")) wanted.findings = given.getAll("finding");
    for (const name of ["quick", "bench", "every"]) {
      if (given.get(name) || (button && name in button.dataset)) wanted[name] = true;
    }
    if (wanted.every) delete wanted.requirements;
    return wanted;
  }

  // What is ordered about mirrors; of each action only its own fields are there.
  function mirrors(form) {
    const given = new FormData(form), wanted = { action: form.dataset.mirrors };
    for (const name of ["kinds", "planned", "picks", "write"]) {
      const said = given.getAll(name).filter((one) => one.trim());
      if (said.length) wanted[name] = said;
    }
    if (given.has("change")) wanted.change = given.get("change");
    return wanted;
  }

  // Does what is asked while the form's buttons rest, and says beside them what went wrong.
  async function trying(form, action) {
    const buttons = form.querySelectorAll("button"), alert = find("[role=alert]", form);
    const was = document.activeElement;
    buttons.forEach((one) => { one.disabled = true; });
    form.setAttribute("aria-busy", "true");
    alert.textContent = "";
    try {
      await action();
    } catch (error) {
      alert.textContent = error instanceof TypeError ? document.body.dataset.lost : error.message;
    }
    form.removeAttribute("aria-busy");
    buttons.forEach((one) => { one.disabled = false; });
    if (document.activeElement === document.body && was) was.focus();
  }

  async function start(wanted) {
    const job = await ask("/api/jobs", "POST", wanted);
    location.assign("/jobs/" + job.id);
  }

  // What was shown and may now be done, by its form.
  const shown = new WeakMap();

  async function preview(form, wanted) {
    const box = find(".preview", form), list = find("ul", box), go = find("[data-go]", box);
    box.hidden = true;
    tell(document.body.dataset.working);
    const found = await ask("/api/preview", "POST", wanted);
    list.replaceChildren(...found.lines.map((one) => {
      const line = document.createElement("li");
      line.className = one.kind;
      line.textContent = one.text;
      return line;
    }));
    find("code", box).textContent = found.line;
    go.hidden = find(".what", box).hidden = !found.needed;
    shown.set(form, wanted);
    box.hidden = false;
    tell(list.innerText);
  }

  function leave(form) {
    const box = find(".preview", form);
    if (!box || box.hidden) return;
    box.hidden = true;
    shown.delete(form);
  }

  // A part of another page in the place of the link to it.
  async function fill(place) {
    const link = place.firstElementChild, busy = document.createElement("p");
    const address = place.dataset.fill;
    delete place.dataset.fill;
    busy.className = "lead";
    busy.textContent = document.body.dataset.working;
    place.replaceChildren(busy);
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const next = new DOMParser().parseFromString(await answer.text(), "text/html");
      const part = find(place.dataset.part, next);
      if (!part) throw new Error("no part");
      place.replaceChildren(...document.adoptNode(part).childNodes);
    } catch (_) {
      place.replaceChildren(link);
    }
  }

  function megabytes(count) {
    return count >= 1e9 ? (count / 1e9).toFixed(2) + " GB" : Math.round(count / 1e6) + " MB";
  }

  function show(progress, told, amount) {
    if (told.total > 0) {
      progress.max = told.total;
      progress.value = told.done;
      if (amount) amount.textContent = megabytes(told.done) + " / " + megabytes(told.total) + "  " + told.text;
    } else {
      progress.removeAttribute("value");
    }
  }

  // One job: everything it tells, as it tells it; the page is asked for anew when it ends.
  function watch(place) {
    const log = find("#told", place), progress = find("#progress"), now = find("#now");
    const source = new EventSource("/api/jobs/" + place.dataset.watch + "/events?after=" + place.dataset.told);
    source.addEventListener("told", (event) => {
      const told = JSON.parse(event.data), line = document.createElement("li"), time = document.createElement("time");
      line.className = told.kind + " " + told.status;
      time.textContent = told.at.slice(11, 19);
      line.append(time, " " + told.text);
      const box = log.parentElement, low = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
      log.append(line);
      if (low) box.scrollTop = box.scrollHeight;
      const opens = find("#jupyter"), named = told.kind === "line" && ADDRESS.exec(told.text);
      if (opens && named && opens.hidden) {
        opens.href = named[0];
        opens.hidden = false;
      }
      if (told.kind === "step") {
        now.textContent = told.text;
        progress.removeAttribute("value");
        find("#amount").textContent = "";
      }
    });
    source.addEventListener("progress", (event) => show(progress, JSON.parse(event.data), find("#amount")));
    source.addEventListener("end", () => { source.close(); swap(location.href); });
  }

  // A race of mirrors: each place has a row, which tells how it does. At the end the page sorts them.
  function race(place) {
    const source = new EventSource("/api/jobs/" + place.dataset.race + "/events?after=" + place.dataset.told);
    source.addEventListener("told", (event) => {
      const told = JSON.parse(event.data).mirror;
      if (!told) return;
      const row = [...place.querySelectorAll("tr[data-place]")].find((one) => one.dataset.place === told.kind + " " + told.place);
      if (!row) { source.close(); return swap(location.href); }  // all begin before any is done
      const say = (cell, text) => { find('[data-cell="' + cell + '"]', row).textContent = text; };
      row.className = told.state + (told.state === "done" && !told.rate ? " unfit" : "");
      say("latency", told.latency_ms === null ? "" : told.latency_ms + " ms");
      for (const cell of ["speed", "fresh", "said"]) say(cell, told[cell]);
      const meters = [...row.parentElement.querySelectorAll("meter")];
      find("meter", row).value = told.rate || 0;
      const most = Math.max(told.rate || 0, ...meters.map((one) => (one.max > 1 ? one.max : 0))) || 1;
      const rates = meters.map((one) => one.value);
      meters.forEach((one, at) => { one.max = most; one.value = one === find("meter", row) ? told.rate || 0 : rates[at]; });
    });
    source.addEventListener("end", () => { source.close(); swap(location.href); });
  }

  // A short job: the page is asked for anew when it ends.
  function wait(place) {
    const source = new EventSource("/api/jobs/" + place.dataset.follow + "/events");
    source.addEventListener("end", () => { source.close(); swap(location.href); });
  }

  // The list of jobs asks again now and then: a stream for each would use up the connections.
  function follow(list) {
    const timer = setInterval(async () => {
      if (!list.isConnected) return clearInterval(timer);
      if (document.hidden) return;
      let jobs;
      try {
        ({ jobs } = await ask("/api/jobs", "GET"));
      } catch {
        clearInterval(timer);
        return tell(document.body.dataset.lost);
      }
      for (const job of jobs) {
        const line = find('[data-job="' + job.id + '"]', list);
        if (!line || line.dataset.state !== job.state) {
          clearInterval(timer);
          return swap(location.href);
        }
        if (job.progress) show(find("progress", line), job.progress);
      }
    }, 1500);
  }

  // The address names a part that has only come now.
  function jump() {
    const part = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!part) return;
    part.tabIndex = -1;
    part.focus();
    part.scrollIntoView();
  }

  function begin() {
    const waiting = find("[data-load]");
    if (waiting) swap(waiting.dataset.load).then(jump);
    document.querySelectorAll("[data-fill]").forEach(fill);
    const job = find('[data-watch][data-state="running"]');
    if (job) watch(job);
    const racing = find("[data-race]");
    if (racing) race(racing);
    const short = find("[data-follow]");
    if (short) wait(short);
    const list = find("[data-jobs]");
    if (list && find('[data-state="running"]', list)) follow(list);
  }

  function address(form) {
    const given = new URLSearchParams(new FormData(form));
    for (const [name, value] of [...given]) if (!value) given.delete(name);
    const slider = find("#month", form);
    if (slider && slider.value === slider.max) given.delete("month");
    const other = find("details.other", form);
    if (other && other.open) given.set("other", "");
    const query = given.toString();
    return form.getAttribute("action") + (query ? "?" + query : "");
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-live]");
    if (!form) return;
    const next = address(form);
    history.replaceState(null, "", next);
    swap(next);
  });
  document.addEventListener("input", (event) => {
    const asked = event.target.closest("form[data-preview]");
    if (asked) leave(asked);  // what was shown is of other wishes now
    if (event.target.id !== "month") return;
    const days = event.target.dataset.days.split(" "), at = Number(event.target.value);
    const said = at === days.length - 1 ? event.target.dataset.today : days[at];
    event.target.setAttribute("aria-valuetext", said);
    find("output[for=month]").textContent = said;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-order]")) {
      event.preventDefault();
      const wanted = order(form, event.submitter);
      trying(form, async () => {
        await ("preview" in form.dataset ? preview(form, wanted) : start(wanted));
      }).then(() => {
        const go = find(".preview:not([hidden]) button:not([hidden])", form);
        if (go) go.focus();
      });
    } else if (form.matches("form[data-mirrors]")) {
      event.preventDefault();
      trying(form, async () => {
        location.assign("/speed/mirrors?job=" + (await ask("/api/mirrors", "POST", mirrors(form))).id);
      });
    } else if (form.matches("form[data-live]")) {
      event.preventDefault();
      swap(address(form));
    }
  });
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(find("code", copy.parentElement).textContent);
      const before = copy.textContent;
      copy.textContent = document.body.dataset.copied;
      tell(document.body.dataset.copied);
      setTimeout(() => { copy.textContent = before; }, 1500);
    }
    const go = event.target.closest("[data-go]");
    if (go) trying(go.form, () => start(shown.get(go.form)));
    const left = event.target.closest("[data-leave]");
    if (left) {
      const first = find("button", left.form);
      leave(left.form);
      first.focus();
    }
    const stop = event.target.closest("[data-stop]");
    if (stop) {
      stop.disabled = true;
      try {
        await ask("/api/jobs/" + stop.dataset.stop, "DELETE");
      } catch (error) {
        stop.disabled = false;
        tell(error instanceof TypeError ? document.body.dataset.lost : error.message);
      }
    }
  });
  document.addEventListener("focusin", async (event) => {
    const cards = find("#cards");
    if (event.target.id !== "gpu" || !cards || cards.childElementCount) return;
    const answer = await fetch("/cards");
    const offered = new DOMParser().parseFromString("<datalist>" + (await answer.text()) + "</datalist>", "text/html");
    cards.replaceChildren(...find("datalist", offered).children);
  });
  begin();
})();
