"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const say = (text) => { $("said").textContent = text; };
  const counted = (n, noun) => n + " " + noun + (n === 1 ? "" : "s");
  const grouped = (n) => n.toLocaleString("en");
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  // Answers of the server are data or a sentence about what is wrong.
  const ask = async (path, body, signal) => {
    const options = body === undefined ? { signal } :
      { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal };
    let answer;
    try {
      answer = await fetch(path, options);
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Error("ftsim does not answer; is it still running?");
    }
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.error);
    return data;
  };

  // Light or dark: what the system wants, until the reader says otherwise.
  const root = document.documentElement, theme = $("theme");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const nameTheme = () => { theme.textContent = isDark() ? "Light colours" : "Dark colours"; };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; nameTheme(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
  nameTheme();

  let start = { most_designs: 6, most_bytes: 1 << 21, sample: "" };
  const designs = [];
  const mostMarked = 300000; // characters up to which a copy of the text lies behind it, to underline faults

  const element = (name, text, kind) => {
    const e = document.createElement(name);
    if (text !== undefined) e.textContent = text;
    if (kind) e.className = kind;
    return e;
  };

  class Design {
    constructor(name, text, file) {
      this.node = $("design").content.firstElementChild.cloneNode(true);
      const part = (query) => this.node.querySelector(query);
      this.name = part(".name");
      this.area = part("textarea");
      this.numbers = part(".numbers");
      this.marks = part(".marks");
      this.verdict = part(".verdict");
      this.list = part(".faults");
      this.ticked = part("[type=checkbox]");
      this.button = part(".run");
      this.file = file;
      this.faults = [];
      this.name.value = name;
      this.area.value = text;
      this.kept = text;
      this.verdict.id = "verdict-" + Design.next++;
      this.area.setAttribute("aria-describedby", this.verdict.id);
      this.rename();
      this.name.addEventListener("input", () => this.rename());
      this.area.addEventListener("input", () => this.changed());
      this.area.addEventListener("scroll", () => this.follow(), { passive: true });
      this.area.addEventListener("keydown", (event) => this.key(event));
      this.ticked.addEventListener("change", nameCompare);
      this.button.addEventListener("click", () => run([this]));
      part(".copy").addEventListener("click", () => add(this.name.value + " copy", this.area.value, true));
      part(".save").addEventListener("click", () => this.save());
      part(".remove").addEventListener("click", () => this.remove());
      this.drawNumbers();
      this.check();
    }

    rename() {
      const name = this.name.value || "unnamed design";
      this.node.setAttribute("aria-label", "Design " + name);
      this.area.setAttribute("aria-label", "Topology of " + name + " (YAML)");
      this.ticked.setAttribute("aria-label", "compare " + name);
      for (const button of this.node.querySelectorAll(".bar:last-child button")) button.setAttribute("aria-label", button.textContent + " " + name);
    }

    draft() { return { name: this.name.value || "unnamed", text: this.area.value }; }

    changed() {
      this.drawNumbers();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.check(), 250);
    }

    // A new line begins where the last one did.
    key(event) {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        run([this]);
      } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        const before = this.area.value.slice(0, this.area.selectionStart);
        const indent = before.slice(before.lastIndexOf("\n") + 1).match(/^ */)[0];
        if (indent === "") return;
        event.preventDefault();
        document.execCommand("insertText", false, "\n" + indent); // keeps undo, which setting a value does not
      }
    }

    async check() {
      if (this.asked) this.asked.abort();
      const asked = this.asked = new AbortController();
      if (this.area.value.length > start.most_bytes) {
        this.shown({ ok: false, faults: [], more: 0 }, "This text is longer than a design may be.");
        return;
      }
      try {
        this.shown(await ask("api/check", this.draft(), asked.signal));
      } catch (error) {
        if (error.name !== "AbortError") this.shown({ ok: false, faults: [], more: 0 }, error.message);
      }
    }

    shown(found, trouble) {
      this.faults = found.faults;
      const bad = found.faults.filter((f) => !f.warning).length, doubts = found.faults.length - bad;
      const parts = [];
      if (bad) parts.push(counted(bad, "fault"));
      if (doubts) parts.push(counted(doubts, "warning"));
      if (found.more) parts.push(found.more + " more");
      this.verdict.className = "verdict " + (trouble || bad ? "bad" : doubts ? "doubt" : "good");
      this.verdict.textContent = trouble || (found.ok ? "✓ " + found.contents.replace(/, \d+ warnings?$/, "") + (doubts ? "; " + parts.join(", ") : "") : "✗ " + parts.join(", "));
      this.area.setAttribute("aria-invalid", String(!found.ok));
      this.list.replaceChildren(...found.faults.map((f) => this.entry(f)));
      this.drawNumbers();
    }

    entry(f) {
      const item = element("li"), go = element("button");
      go.type = "button";
      go.append(element("b", f.line ? f.line + ":" + f.column : "file", f.warning ? "doubt" : "bad"), (f.warning ? "warning: " : "") + f.what + " ", element("i", f.hint));
      go.addEventListener("click", () => this.point(f));
      item.append(go);
      return item;
    }

    // point puts the caret where a fault is.
    point(f) {
      const lines = this.area.value.split("\n");
      let at = 0;
      for (let i = 0; i < Math.min(f.line - 1, lines.length); i++) at += lines[i].length + 1;
      this.area.focus();
      this.area.setSelectionRange(at + f.offset, at + f.offset + f.width);
      this.area.scrollTop = Math.max(0, (f.line - 4) * parseFloat(getComputedStyle(this.area).lineHeight));
      this.follow();
    }

    // drawNumbers numbers the lines and lays the marks of faults behind the text.
    drawNumbers() {
      const text = this.area.value, n = text.split("\n").length, worst = new Map();
      for (const f of this.faults) if (!worst.has(f.line) || !f.warning) worst.set(f.line, f.warning ? "doubt" : "bad");
      const rows = [];
      let plain = "";
      for (let i = 1; i <= n; i++) {
        if (!worst.has(i)) { plain += i + "\n"; continue; }
        rows.push(plain, element("span", (worst.get(i) === "bad" ? "✗ " : "! ") + i, worst.get(i)), "\n");
        plain = "";
      }
      this.numbers.replaceChildren(...rows, plain);
      this.drawMarks(text);
      this.follow();
    }

    drawMarks(text) {
      if (text.length > mostMarked) { this.marks.replaceChildren(); return; }
      const lines = text.split("\n"), starts = [0], out = [];
      for (const line of lines) starts.push(starts[starts.length - 1] + line.length + 1);
      const places = this.faults.filter((f) => f.line > 0 && f.line <= lines.length)
        .map((f) => ({ from: starts[f.line - 1] + f.offset, width: Math.max(1, f.width), kind: f.warning ? "doubt" : "" }))
        .sort((a, b) => a.from - b.from);
      let at = 0;
      for (const p of places) {
        if (p.from < at) continue;
        out.push(text.slice(at, p.from), element("mark", text.slice(p.from, p.from + p.width), p.kind));
        at = p.from + p.width;
      }
      this.marks.replaceChildren(...out, text.slice(at) + "\n");
    }

    follow() {
      this.numbers.scrollTop = this.marks.scrollTop = this.area.scrollTop;
      this.marks.scrollLeft = this.area.scrollLeft;
    }

    save() {
      const link = element("a");
      link.href = URL.createObjectURL(new Blob([this.area.value], { type: "application/yaml" }));
      link.download = this.file || (this.name.value || "design").replace(/[^\w.-]+/g, "-") + ".yaml";
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      this.kept = this.area.value;
    }

    remove() {
      if (this.area.value !== this.kept && !confirm("Remove " + this.name.value + "? What you changed in it is lost.")) return;
      const at = designs.indexOf(this);
      designs.splice(at, 1);
      this.node.remove();
      nameCompare();
      (designs[Math.min(at, designs.length - 1)] || { name: $("add") }).name.focus();
      say(this.name.value + " removed");
    }
  }
  Design.next = 1;

  const nameCompare = () => {
    const n = designs.filter((d) => d.ticked.checked).length;
    $("compare").disabled = n < 2;
    $("compare").textContent = n < 2 ? "Compare" : "Compare " + n + " designs";
    $("add").disabled = $("open").disabled = designs.length >= start.most_designs;
  };

  const add = (name, text, focus, file) => {
    if (designs.length >= start.most_designs) { say("No more than " + start.most_designs + " designs"); return; }
    const taken = new Set(designs.map((d) => d.name.value));
    let free = name;
    for (let n = 2; taken.has(free); n++) free = name + " " + n;
    const d = new Design(free, text, file);
    designs.push(d);
    $("designs").append(d.node);
    d.drawNumbers();
    nameCompare();
    if (focus) { d.name.focus(); d.name.select(); }
  };

  $("add").addEventListener("click", () => add("design " + (designs.length + 1), start.sample, true));
  $("open").addEventListener("change", async () => {
    for (const file of $("open").files) {
      if (file.size > start.most_bytes) say(file.name + " is too long for a design");
      else add(file.name.replace(/\.ya?ml$/, ""), await file.text(), true, file.name);
    }
    $("open").value = "";
  });

  // whole reads a number that may be left out; NaN is none.
  const whole = (input) => {
    const text = input.value.replace(/[\s,_]/g, "");
    return text === "" ? null : /^\d{1,20}$/.test(text) ? text : NaN;
  };

  const run = async (list) => {
    const runs = whole($("runs")), seed = whole($("seed"));
    for (const [value, input, what] of [[runs, $("runs"), "runs"], [seed, $("seed"), "seed"]]) {
      input.setAttribute("aria-invalid", String(Number.isNaN(value)));
      if (Number.isNaN(value)) { input.focus(); say(what + ": write a whole number"); return; }
    }
    const order = { designs: list.map((d) => d.draft()), runs: Number(runs || 0) };
    if (seed !== null) order.seed = seed;
    const result = new Result(list.map((d) => d.name.value).join(" · "));
    try {
      result.take(await ask("api/runs", order));
      await result.watch();
    } catch (error) {
      result.trouble(error.message);
    }
  };

  $("ask").addEventListener("submit", (event) => {
    event.preventDefault();
    const list = designs.filter((d) => d.ticked.checked);
    if (list.length > 1) run(list);
  });

  class Result {
    constructor(title) {
      this.node = $("result").content.firstElementChild.cloneNode(true);
      const part = (query) => this.node.querySelector(query);
      this.title = title;
      this.bar = part("progress");
      this.words = part(".words");
      this.ender = part(".end");
      this.shower = part(".show");
      part(".title").textContent = title;
      this.bar.setAttribute("aria-label", "Progress of " + title);
      this.ender.setAttribute("aria-label", "End the run of " + title + " now");
      this.shower.setAttribute("aria-label", "Show the report of " + title);
      this.ender.addEventListener("click", () => this.end());
      this.shower.addEventListener("click", () => this.show(true));
      this.words.textContent = "Sent.";
      this.ender.disabled = true;
      $("none").hidden = true;
      $("results").prepend(this.node);
      this.node.scrollIntoView({ block: "nearest" });
      say("Run of " + title + " begins");
    }

    async watch() {
      while (!this.state.over) {
        await wait(300);
        this.take(await ask("api/runs/" + this.state.id));
      }
    }

    take(s) {
      this.state = s;
      this.ender.disabled = false;
      if (s.total > 0) this.bar.value = s.done / s.total;
      const parts = [];
      if (s.phase === "running") {
        parts.push(grouped(s.done) + " of " + grouped(s.total) + " replications");
        if (s.done > 0 && s.seconds > 1) parts.push(Math.ceil(s.seconds / s.done * (s.total - s.done)) + " s left");
      } else if (!s.over) parts.push(s.phase);
      if (s.over) this.finish(s);
      else this.words.textContent = parts.join(", ");
    }

    finish(s) {
      this.bar.hidden = this.ender.hidden = true;
      this.shower.hidden = !s.report;
      if (s.phase === "failed") { this.trouble(s.error); return; }
      if (!s.report) { this.words.textContent = "Ended before anything was simulated."; return; }
      const runs = grouped(s.done) + (s.done < s.total ? " of " + grouped(s.total) : "") + " replications in " + s.seconds.toFixed(1) + " s";
      this.words.className = "words " + s.tone;
      this.words.textContent = s.lead.concat(runs).join("\n");
      say("Run of " + this.title + " is done. " + s.lead.join(" "));
      this.show(false);
    }

    trouble(text) {
      this.bar.hidden = this.ender.hidden = true;
      this.words.className = "words bad";
      this.words.textContent = text;
      say("Run of " + this.title + " failed: " + text);
    }

    async end() {
      this.ender.disabled = true;
      try { this.take(await ask("api/runs/" + this.state.id + "/end", {})); } catch (error) { this.trouble(error.message); }
    }

    show(move) {
      const address = "runs/" + this.state.id + "/report.html";
      for (const other of document.querySelectorAll(".result.on")) other.classList.remove("on");
      this.node.classList.add("on");
      $("view").hidden = false;
      $("shown").textContent = this.title;
      $("report").title = "Report of " + this.title;
      $("report").src = address;
      $("tab").href = address;
      $("save").href = address + "?save";
      $("save").download = "";
      if (move) { $("shown").focus(); $("view").scrollIntoView(); }
    }
  }

  $("close").addEventListener("click", () => {
    $("view").hidden = true;
    $("report").removeAttribute("src");
    const shown = document.querySelector(".result.on .show");
    if (shown) shown.focus();
  });

  addEventListener("beforeunload", (event) => {
    if (designs.some((d) => d.area.value !== d.kept)) event.preventDefault();
  });

  ask("api/start").then((s) => {
    start = s;
    $("version").textContent = s.version;
    for (const d of s.designs) add(d.name, d.text, false, d.file);
    if (s.designs.length === 0) add("design 1", s.sample, false);
  }).catch((error) => { $("none").textContent = error.message; });
})();
