// Run by the check in the page as it is shown. It tells what was looked at, how often, and what is wrong.
(() => {
  const faults = [];
  const seen = { texts: 0, labels: 0, pairs: 0, cells: 0, boxes: 0 };
  const fault = (what, of) => { if (faults.length < 20) faults.push(what + ": " + of); };
  const name = (e) => e.tagName.toLowerCase() + (e.getAttribute("class") ? "." + e.getAttribute("class") : "")
    + " “" + (e.textContent || "").trim().slice(0, 40) + "”";
  const wide = document.documentElement.clientWidth;

  if (document.documentElement.scrollWidth > wide) fault("the page scrolls sideways", document.documentElement.scrollWidth + " in " + wide);

  // Colours as the browser has computed them.
  const canvas = document.createElement("canvas"); canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (text) => {
    if (!known.has(text)) {
      pen.clearRect(0, 0, 1, 1); pen.fillStyle = text; pen.fillRect(0, 0, 1, 1);
      known.set(text, [...pen.getImageData(0, 0, 1, 1).data]);
    }
    return known.get(text);
  };
  const light = ([r, g, b]) => {
    const f = (c) => { c /= 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
  };
  const contrast = (a, b) => { const [x, y] = [light(rgba(a)), light(rgba(b))].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const grounds = new Map();
  const ground = (e) => {
    if (!e) return "Canvas";
    if (!grounds.has(e)) {
      const own = getComputedStyle(e).backgroundColor;
      grounds.set(e, rgba(own)[3] > 0 ? own : ground(e.parentElement));
    }
    return grounds.get(e);
  };
  const resolved = (of) => { // A custom property's colour, resolved on a probe.
    const probe = document.createElement("i"); probe.style.color = "var(" + of + ")"; probe.style.forcedColorAdjust = "none";
    document.body.append(probe); const colour = getComputedStyle(probe).color; probe.remove(); return colour;
  };
  const current = resolved("--current"), hatch = resolved("--hatch"), empty = resolved("--void");

  // Every text: large enough, and dark enough on what is behind it; labels on patterns, on the darker part too.
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const styles = new Map();
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || e.closest("title, desc, style, .skip")) continue;
    if (!e.getClientRects().length) continue;
    seen.texts++;
    if (styles.has(e)) continue;
    styles.set(e, true);
    const style = getComputedStyle(e), svg = e.closest("svg");
    if (parseFloat(style.fontSize) < 11) fault("text is small", style.fontSize + " " + name(e));
    const ink = svg ? style.fill : style.color;
    // Letters on patterns have a halo of the page's colour, four pixels wide, so that is behind them.
    const behind = svg ? [e.closest(".on") ? current : ground(svg.parentElement)] : [ground(e)];
    for (const colour of behind) {
      const ratio = contrast(ink, colour);
      if (ratio < 4.5) fault("contrast is low", ratio.toFixed(2) + " " + name(e));
    }
  }

  // The pictures: labels inside, and none over another.
  for (const svg of document.querySelectorAll(".timeline > svg")) {
    const frame = svg.getBoundingClientRect();
    if (frame.left < -1 || frame.right > wide + 1) fault("a timeline is cut", name(svg));
    const labels = [...svg.querySelectorAll("text")].map((e) => [e, e.getBoundingClientRect()]).filter(([, b]) => b.width > 0);
    for (const [e, b] of labels) {
      seen.labels++;
      if (b.left < frame.left - 1 || b.right > frame.right + 1 || b.top < frame.top - 1 || b.bottom > frame.bottom + 2)
        fault("a label leaves its picture", name(e));
    }
    for (let i = 0; i < labels.length; i++) for (let j = i + 1; j < labels.length; j++) {
      seen.pairs++;
      const [[e, a], [f, b]] = [labels[i], labels[j]];
      if (a.left + 1 < b.right && b.left + 1 < a.right && a.top + 4 < b.bottom && b.top + 4 < a.bottom)
        fault("labels overlap", name(e) + " and " + name(f));
    }
    for (const e of svg.querySelectorAll("text.on")) {
      const b = e.getBoundingClientRect();
      if (!b.width) continue;
      const inside = [...svg.querySelectorAll("rect.current")].some((r) => { const c = r.getBoundingClientRect(); return c.left <= b.left && b.right <= c.right + 1 && c.top < b.bottom && b.top < c.bottom; });
      if (!inside) fault("a label leaves its bar", name(e));
    }
  }

  // Tables: no cell's text is cut, none lies over its neighbour.
  for (const cell of document.querySelectorAll("th, td, caption")) {
    const box = cell.getBoundingClientRect();
    if (!box.width || cell.closest("thead") && box.width < 2) continue;
    seen.cells++;
    if (cell.scrollWidth > cell.clientWidth + 1) fault("a cell is cut", name(cell));
  }

  // Boxes: none leaves the page to the side but what scrolls by itself.
  for (const e of document.querySelectorAll("body *")) {
    if (e.closest(".scroll, pre, .defs, .skip, svg, thead")) continue;
    const box = e.getBoundingClientRect();
    if (!box.width) continue;
    seen.boxes++;
    if (box.right > wide + 1 || box.left < -1) fault("a box leaves the page", name(e));
  }
  for (const e of document.querySelectorAll(".fold")) if (e.scrollWidth > e.clientWidth + 1) fault("a fold scrolls", name(e));
  if (document.querySelector("[tabindex]:not([tabindex='0'])")) fault("the order of focus is not the page's", "tabindex");
  return { faults, seen };
})()
