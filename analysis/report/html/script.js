"use strict";
(() => {
  const all = (query, within) => [...(within || document).querySelectorAll(query)];
  const root = document.documentElement;

  // Light or dark: what the system wants, until the reader says otherwise.
  const theme = document.getElementById("theme");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const nameTheme = () => { theme.textContent = isDark() ? "Light colours" : "Dark colours"; };
  theme.hidden = false;
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; nameTheme(); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
  nameTheme();

  // Tips: what an area of a chart shows, by pointing at it or by the arrow keys.
  const tip = document.getElementById("tip");
  let shown = null, byKey = false;
  const hide = () => { if (shown) shown.classList.remove("on"); shown = null; tip.hidden = true; };
  const show = (area) => {
    hide();
    shown = area;
    area.classList.add("on");
    tip.textContent = area.dataset.text;
    tip.hidden = false;
    place(area);
  };
  const place = (area) => {
    const at = area.getBoundingClientRect(), own = tip.getBoundingClientRect();
    const x = Math.min(Math.max(8, at.left + at.width / 2 - own.width / 2), innerWidth - own.width - 8);
    const above = at.top - own.height - 8;
    tip.style.left = x + "px";
    tip.style.top = (above > 8 ? above : Math.min(at.bottom + 8, innerHeight - own.height - 8)) + "px";
  };
  all("svg").forEach((svg) => {
    const areas = all(".tip", svg);
    if (areas.length === 0) return;
    areas.forEach((area) => { // our tip replaces the browser's, which is slow and small
      const title = area.querySelector("title");
      area.dataset.text = title.textContent;
      title.remove();
      area.addEventListener("pointerenter", () => { byKey = false; show(area); });
      area.addEventListener("pointerleave", hide);
    });
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("aria-label", svg.getAttribute("aria-label") + " The arrow keys read it out.");
    svg.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") hide();
      if (!step) return;
      event.preventDefault();
      byKey = true;
      const at = areas.indexOf(shown);
      show(areas[at < 0 ? (step > 0 ? 0 : areas.length - 1) : Math.min(Math.max(0, at + step), areas.length - 1)]);
    });
    svg.addEventListener("blur", hide);
  });
  addEventListener("scroll", () => { // under a pointer something else is now; what was asked for by key moves along
    if (shown && byKey) place(shown);
    else hide();
  }, { passive: true });

  // On paper, nothing can be opened: what was assumed and what happened is printed open.
  const closed = () => all("#assumptions details:not([open]), .incident:not([hidden]) .story:not([open])");
  let opened = [];
  addEventListener("beforeprint", () => { opened = closed(); opened.forEach((details) => { details.open = true; }); });
  addEventListener("afterprint", () => { opened.forEach((details) => { details.open = false; }); });

  // Incidents: one at a time, picked from a list.
  const incidents = all(".incident");
  if (incidents.length > 0) {
    const pick = document.getElementById("pick");
    const groups = new Map();
    incidents.forEach((incident, i) => {
      const name = incident.dataset.group;
      if (!groups.has(name)) {
        const group = document.createElement("optgroup");
        group.label = name;
        groups.set(name, group);
        pick.append(group);
      }
      groups.get(name).append(new Option(incident.dataset.name, i));
    });
    const turn = (i) => {
      const at = Math.min(Math.max(0, i), incidents.length - 1);
      pick.value = at;
      incidents.forEach((incident, k) => { incident.hidden = k !== at; });
      document.getElementById("previous").disabled = at === 0;
      document.getElementById("next").disabled = at === incidents.length - 1;
    };
    pick.addEventListener("change", () => turn(Number(pick.value)));
    document.getElementById("previous").addEventListener("click", () => turn(Number(pick.value) - 1));
    document.getElementById("next").addEventListener("click", () => turn(Number(pick.value) + 1));
    document.querySelector(".pick").hidden = false;
    turn(0);
  }
})();
