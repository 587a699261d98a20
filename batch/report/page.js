"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const signs = { "✓": "good", "✗": "bad", "◐": "warn" };

  // make builds an element. Texts become text nodes, so nothing in them acts.
  const make = (tag, className, ...inside) => {
    const e = document.createElement(tag);
    if (className) e.className = className;
    e.append(...inside.filter((x) => x !== null && x !== ""));
    return e;
  };
  const auto = (e) => { e.dir = "auto"; return e; };

  // The texts of a row are in a block with those of its neighbours, which is read when one of them
  // comes into sight. A few blocks are kept.
  const blocks = new Map();
  const textsOf = (row) => {
    const n = Math.floor(row.at / data.block);
    let block = blocks.get(n);
    if (!block) {
      block = JSON.parse(byId("t" + n).textContent);
      if (blocks.size > 30) blocks.delete(blocks.keys().next().value);
    } else {
      blocks.delete(n); // to the end: it was used last
    }
    blocks.set(n, block);
    return block[row.at % data.block];
  };

  const rows = data.rows.map((r, at) => ({ at, name: r[0], disagreement: r[1], failed: r[2], flags: r[3], cells: r[4] }));
  const DIFFERS = 1, WORSE = 2, BETTER = 4;

  // --- the list: only the rows in sight are built ---
  const list = byId("list"), space = byId("space");
  let shown = rows, built = new Map();
  const rowHeight = () => parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--row"));

  const cellOf = (row, i, texts) => {
    const [sign, numbers] = row.cells[i];
    if (sign === "–") return make("div", "none", "–");
    const take = texts[2][i][0];
    const b = make("button", "",
      make("span", "numbers", make("span", "sign " + (signs[sign] || "none"), sign), " " + numbers),
      auto(make("span", "snippet", (take.e || take.t).slice(0, 300))));
    b.type = "button";
    b.addEventListener("click", () => openRow(row, i));
    return b;
  };
  const rowOf = (row, index) => {
    const texts = textsOf(row);
    const e = make("div", "row grid",
      make("div", "label", auto(make("b", "", row.name)), auto(make("span", "snippet", texts[0].slice(0, 200)))),
      ...row.cells.map((_, i) => cellOf(row, i, texts)));
    e.firstChild.title = row.name;
    e.style.transform = "translateY(" + index * rowHeight() + "px)";
    return e;
  };
  const draw = () => {
    const h = rowHeight(), head = byId("heads").offsetHeight;
    const from = Math.max(0, Math.floor((list.scrollTop - head) / h) - 4);
    const to = Math.min(shown.length, Math.ceil((list.scrollTop + list.clientHeight) / h) + 4);
    for (const [i, e] of built) {
      if (i < from || i >= to) {
        e.remove();
        built.delete(i);
      }
    }
    for (let i = from; i < to; i++) {
      if (!built.has(i)) {
        const e = rowOf(shown[i], i);
        built.set(i, e);
        space.append(e);
      }
    }
  };
  let asked = false;
  const drawSoon = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  };
  const layOut = () => {
    for (const e of built.values()) e.remove();
    built = new Map();
    space.style.height = shown.length * rowHeight() + "px";
    draw();
  };

  // --- filters ---
  const filter = () => {
    const word = byId("find").value.toLowerCase();
    const on = (id) => byId(id) && byId(id).checked;
    shown = rows.filter((r) => (!on("different") || r.flags & DIFFERS) && (!on("failed") || r.failed > 0) &&
      (!on("worse") || r.flags & WORSE) && (!on("better") || r.flags & BETTER) && (!word || r.name.toLowerCase().includes(word)));
    const order = byId("order").value;
    if (order === "disagreement") shown.sort((a, b) => b.disagreement - a.disagreement || b.failed - a.failed || a.at - b.at);
    if (order === "failed") shown.sort((a, b) => b.failed - a.failed || a.at - b.at);
    byId("count").textContent = shown.length.toLocaleString("en") + " of " + rows.length.toLocaleString("en") + " rows";
    byId("none").hidden = shown.length > 0;
    list.scrollTop = 0;
    layOut();
  };

  // --- one row: all its answers, and the word diff of two ---
  const sheet = byId("sheet");
  let open = null, base = -1;
  const openRow = (row, column) => {
    open = row;
    base = -1;
    fill();
    if (!sheet.open) sheet.showModal();
    byId("body").scrollTop = 0;
    const card = byId("body").querySelectorAll(".card")[column];
    if (card) card.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const i = shown.indexOf(open) + by;
    if (i >= 0 && i < shown.length) openRow(shown[i], 0);
  };
  const answer = (i, texts) => {
    const takes = texts[2][i];
    const card = make("article", "card", auto(make("h3", "", data.columns[i])));
    card.style.setProperty("--pane", "var(--p" + (i % 6) + ")");
    if (!takes.length) {
      card.append(make("p", "sub", "not asked"));
      return card;
    }
    const compare = make("button", "", base === i ? "stop comparing" : "compare others with this");
    compare.type = "button";
    compare.addEventListener("click", () => { base = base === i ? -1 : i; fill(); });
    if (texts[2].filter((t) => t.length).length > 1) card.append(compare);
    for (const t of takes) {
      card.append(make("p", "sub", make("span", "sign " + (signs[t.s] || "none"), t.s + " "), t.n));
      if (t.c.length) {
        card.append(make("ul", "checks", ...t.c.map(([pass, check, why]) => make("li", "",
          make("span", pass === true ? "good" : pass === false ? "bad" : "warn", pass === true ? "✓ " : pass === false ? "✗ " : "? "),
          auto(make("bdi", "", check)), why ? auto(make("bdi", "none", " " + why)) : null))));
      }
      if (t.e) card.append(auto(make("p", "bad", t.e)));
      const other = base >= 0 && base !== i && texts[2][base].length ? texts[2][base][0].t : null;
      if (t.t || other) card.append(auto(make("pre", "", ...(other === null ? [t.t] : differences(other, t.t)))));
    }
    return card;
  };
  const fill = () => {
    const texts = textsOf(open);
    byId("name").textContent = open.name;
    const vars = texts[1] ? make("details", "", make("summary", "", "Variables"), auto(make("pre", "", texts[1]))) : null;
    const parts = [auto(make("div", "prompt", texts[0])), make("div", "cards", ...data.columns.map((_, i) => answer(i, texts)))];
    if (vars) parts.splice(1, 0, vars);
    byId("body").replaceChildren(...parts);
  };

  // words cuts a text into words, and what stands between them.
  const words = (text) => {
    if (Intl.Segmenter) return Array.from(new Intl.Segmenter(undefined, { granularity: "word" }).segment(text), (s) => s.segment);
    return text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) || [];
  };
  const key = (word) => /^\s+$/.test(word) ? " " : word; // white space makes no difference

  // differences is b with what a lacks marked, and what only a has struck out: the shortest edit
  // script of Myers (1986). Texts with too little in common are shown as a whole.
  const MOST = 1500;
  const differences = (textA, textB) => {
    const a = words(textA), b = words(textB), ka = a.map(key), kb = b.map(key);
    let start = 0, endA = a.length, endB = b.length;
    while (start < endA && start < endB && ka[start] === kb[start]) start++;
    while (endA > start && endB > start && ka[endA - 1] === kb[endB - 1]) { endA--; endB--; }
    const out = [];
    const put = (tag, list) => {
      if (!list.length) return;
      const text = list.join("");
      if (text.trim() && tag) out.push(make(tag, "", text));
      else if (tag !== "del") out.push(text);
    };
    put("", b.slice(0, start));
    for (const [tag, list] of middle(a, b, ka, kb, start, endA, endB)) put(tag, list);
    put("", b.slice(endB));
    return out;
  };
  const middle = (a, b, ka, kb, start, endA, endB) => {
    const n = endA - start, m = endB - start, most = Math.min(n + m, MOST), zero = most + 1;
    const v = new Int32Array(2 * most + 3).fill(-1); // the furthest x on each diagonal
    const trace = []; // v before each step, as far as the step reads it
    const goesDown = (at, k, d) => k === -d || (k !== d && at(k - 1) < at(k + 1));
    let found = -1;
    v[zero + 1] = 0;
    for (let d = 0; d <= most && found < 0; d++) {
      trace.push(v.slice(zero - d - 1, zero + d + 2));
      for (let k = -d; k <= d; k += 2) {
        let x = goesDown((i) => v[zero + i], k, d) ? v[zero + k + 1] : v[zero + k - 1] + 1;
        while (x < n && x - k < m && ka[start + x] === kb[start + x - k]) x++;
        v[zero + k] = x;
        if (x >= n && x - k >= m) { found = d; break; }
      }
    }
    if (found < 0) return [["del", a.slice(start, endA)], ["ins", b.slice(start, endB)]];
    const steps = [];
    let x = n, y = m;
    for (let d = found; d > 0; d--) {
      const k = x - y, at = (i) => trace[d][i + d + 1], down = goesDown(at, k, d);
      const px = down ? at(k + 1) : at(k - 1), py = px - (down ? k + 1 : k - 1);
      while (x > px + (down ? 0 : 1) && y > py + (down ? 1 : 0)) { x--; y--; steps.push(["", b[start + y]]); }
      if (down) { y--; steps.push(["ins", b[start + y]]); } else { x--; steps.push(["del", a[start + x]]); }
    }
    while (x > 0 && y > 0) { x--; y--; steps.push(["", b[start + y]]); }
    const runs = [];
    for (const [tag, word] of steps.reverse()) {
      if (runs.length && runs[runs.length - 1][0] === tag) runs[runs.length - 1][1].push(word);
      else runs.push([tag, [word]]);
    }
    return runs;
  };

  // --- wiring ---
  document.documentElement.style.setProperty("--columns", data.columns.length);
  for (const id of ["different", "failed", "worse", "better", "order"]) if (byId(id)) byId(id).addEventListener("change", filter);
  byId("find").addEventListener("input", filter);
  list.addEventListener("scroll", drawSoon, { passive: true });
  addEventListener("resize", layOut);
  byId("close").addEventListener("click", () => sheet.close());
  byId("next").addEventListener("click", () => step(1));
  byId("previous").addEventListener("click", () => step(-1));
  sheet.addEventListener("keydown", (e) => {
    if (e.key === "ArrowRight" || e.key === "n") step(1);
    if (e.key === "ArrowLeft" || e.key === "p") step(-1);
  });
  byId("tools").hidden = false;
  filter();
})();
