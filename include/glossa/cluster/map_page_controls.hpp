// The other half of the script of a map's page: what its reader does to it.
#pragma once

namespace glossa::detail {

inline constexpr const char* kMapControls = R"JS(
// Points by the square of a grid that they lie in, to find the one under the pointer.
const kGrid = 128, grid = Array.from({length: kGrid * kGrid}, () => []);
const square = v => Math.min(kGrid - 1, Math.floor(v / 65536 * kGrid));
for (let i = 0; i < n; ++i) grid[square(data.y[i]) * kGrid + square(data.x[i])].push(i);
function nearest(px, py) {
  const reach = Math.max(8, 1.5 * radius()), unit = 65535 / (side * view.scale);
  const x = ((px - width / 2 - view.x) / (side * view.scale) + 0.5) * 65535;
  const y = ((py - height / 2 - view.y) / (side * view.scale) + 0.5) * 65535;
  const low = v => Math.max(0, Math.floor((v - reach * unit) / 65536 * kGrid));
  const high = v => Math.min(kGrid - 1, Math.floor((v + reach * unit) / 65536 * kGrid));
  let best = -1, least = reach * reach;
  for (let row = low(y); row <= high(y); ++row)
    for (let column = low(x); column <= high(x); ++column)
      for (const i of grid[row * kGrid + column]) {
        if (!isShown(i)) continue;
        const d = (toX(i) - px) ** 2 + (toY(i) - py) ** 2 + (isFaint(i) ? least / 2 : 0);
        if (d < least) { least = d; best = i; }
      }
  return best;
}
function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}
function showTip(i, px, py) {
  tip.hidden = i < 0;
  if (i < 0) return;
  const head = element('div', undefined, 'tip-head');
  const dot = element('span', undefined, 'dot');
  dot.style.background = colour(data.labels[i]);
  head.append(dot, element('span', data.labels[i] < 0 ? 'noise' : clusters[data.labels[i]].name));
  if (groups.length) head.append(element('span', groups[data.marks[i]].name, 'tip-group'));
  const text = element('p', data.texts[i]);
  text.dir = 'auto';
  tip.replaceChildren(head, text);
  const box = tip.getBoundingClientRect(), room = canvas.getBoundingClientRect();
  tip.style.left = Math.max(4, Math.min(px + 14, room.width - box.width - 4)) + 'px';
  tip.style.top = (py + 18 + box.height > room.height ? Math.max(4, py - box.height - 12) : py + 18) + 'px';
}
function point(px, py) {
  if (pinned >= 0) return;
  const found = nearest(px, py);
  canvas.style.cursor = found < 0 ? 'grab' : 'pointer';
  showTip(found, px, py);
  if (found !== pointed) { pointed = found; draw(); }
}
function unpin() {
  if (pinned < 0) return;
  pinned = pointed = -1;
  tip.classList.remove('pinned');
  showTip(-1);
  draw();
}
function zoom(factor, px, py) {
  const scale = Math.max(0.5, Math.min(400, view.scale * factor)), by = scale / view.scale;
  view.x = px - width / 2 - (px - width / 2 - view.x) * by;
  view.y = py - height / 2 - (py - height / 2 - view.y) * by;
  view.scale = scale;
  unpin();
  showTip(-1);
  draw();
}
const fingers = new Map();
const place = e => { const box = canvas.getBoundingClientRect(); return [e.clientX - box.left, e.clientY - box.top]; };
const spread = () => { const [a, b] = [...fingers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]); };
canvas.addEventListener('wheel', e => { e.preventDefault(); zoom(Math.exp(-e.deltaY * 0.0015), ...place(e)); }, {passive: false});
canvas.addEventListener('pointerdown', e => {
  canvas.setPointerCapture(e.pointerId);
  fingers.set(e.pointerId, place(e));
  drag = {at: place(e), moved: false, spread: fingers.size === 2 ? spread() : 0};
});
canvas.addEventListener('pointermove', e => {
  const [x, y] = place(e);
  if (!fingers.has(e.pointerId)) return point(x, y);
  fingers.set(e.pointerId, [x, y]);
  if (fingers.size === 2) {
    const [a, b] = [...fingers.values()], now = spread();
    if (drag.spread) zoom(now / drag.spread, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    drag.spread = now;
    drag.moved = true;
  } else if (drag.moved || Math.hypot(x - drag.at[0], y - drag.at[1]) > 3) {
    view.x += x - drag.at[0]; view.y += y - drag.at[1];
    drag = {at: [x, y], moved: true, spread: 0};
    unpin();
    showTip(-1);
    draw();
  }
});
function lift(e) {
  const isTap = e.type === 'pointerup' && drag && !drag.moved;
  fingers.delete(e.pointerId);
  if (fingers.size) {
    drag = {at: [...fingers.values()][0], moved: true, spread: fingers.size === 2 ? spread() : 0};
    return;
  }
  drag = null;
  if (!isTap) return;
  // A click keeps the text in sight, to be read and copied.
  const was = pinned;
  unpin();
  const [x, y] = place(e), found = nearest(x, y);
  if (found < 0 || found === was) return;
  pinned = found;
  showTip(found, x, y);
  tip.classList.add('pinned');
  draw();
}
canvas.addEventListener('pointerup', lift);
canvas.addEventListener('pointercancel', lift);
canvas.addEventListener('pointerleave', () => { if (pinned < 0) { pointed = -1; showTip(-1); draw(); } });
canvas.addEventListener('dblclick', e => zoom(2, ...place(e)));
document.addEventListener('keydown', e => {
  if (e.key === 'Escape') { unpin(); $('search').value = ''; search(); }
  if (e.target === $('search')) return;
  const step = {ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60]}[e.key];
  if (step && e.target === canvas) { view.x += step[0]; view.y += step[1]; unpin(); draw(); e.preventDefault(); }
  if (e.key === '+' || e.key === '=') zoom(1.4, width / 2, height / 2);
  if (e.key === '-') zoom(1 / 1.4, width / 2, height / 2);
  if (e.key === '/') { $('search').focus(); e.preventDefault(); }
});

let lowered = null;
function search() {
  const wanted = $('search').value.normalize('NFC').toLowerCase().trim();
  matches = null;
  if (wanted) {
    lowered = lowered || data.texts.map(text => text.normalize('NFC').toLowerCase());
    matches = new Uint8Array(n);
    for (let i = 0; i < n; ++i) matches[i] = lowered[i].includes(wanted) ? 1 : 0;
  }
  count();
  draw();
}
function count() {
  let shown = 0;
  for (let i = 0; i < n; ++i) shown += isShown(i) && (matches === null || matches[i]) ? 1 : 0;
  $('count').textContent = (shown === n ? '' : shown.toLocaleString('en') + ' of ') + n.toLocaleString('en') + ' texts';
}
$('search').addEventListener('input', search);
const setters = new Map();  // of each list of the legend: what shows which of its entries are hidden
function entry(list, set, id, belongs, icon, name, number) {
  const item = element('li'), button = element('button');
  button.type = 'button';
  button.title = name;
  const words = element('span', name, 'name');
  words.dir = 'auto';
  button.append(icon, words, element('span', number.toLocaleString('en'), 'number'));
  const set_pressed = () => button.setAttribute('aria-pressed', String(!set.has(id)));
  button.addEventListener('click', e => {
    const all = list === $('clusters') ? [...clusters.keys(), -1] : [...groups.keys()];
    const alone = all.every(other => other === id || set.has(other));
    if (e.shiftKey || e.altKey) { all.forEach(other => alone || other === id ? set.delete(other) : set.add(other)); }
    else if (!set.delete(id)) set.add(id);
    setters.get(list).forEach(show => show());
    count();
    draw();
  });
  setters.get(list).push(set_pressed);
  const look = () => { focus = belongs; draw(); }, away = () => { focus = null; draw(); };
  button.addEventListener('pointerenter', look); button.addEventListener('focus', look);
  button.addEventListener('pointerleave', away); button.addEventListener('blur', away);
  set_pressed();
  item.append(button);
  list.append(item);
}
function legend() {
  const dot = c => { const made = element('span', undefined, 'dot'); made.style.background = colour(c); return made; };
  for (const list of [$('clusters'), $('groups')]) {
    list.replaceChildren();
    setters.set(list, []);
  }
  for (const c of data.order) {
    const cluster = clusters[c];
    if (cluster.size) entry($('clusters'), hidden, c, i => data.labels[i] === c, dot(c), cluster.name, cluster.size);
  }
  if (data.noise) entry($('clusters'), hidden, -1, i => data.labels[i] < 0, dot(-1), 'noise: in no cluster', data.noise);
  groups.forEach((group, g) => {
    const icon = element('canvas', undefined, 'mark');
    icon.width = icon.height = 32;
    const c = icon.getContext('2d');
    c.translate(16, 16);
    drawMark(c, g, style('--ink'), null, 8);
    entry($('groups'), hiddenGroups, g, i => data.marks[i] === g, icon, group.name, group.size);
  });
  $('group-part').hidden = groups.length === 0;
}
$('in').onclick = () => zoom(1.5, width / 2, height / 2);
$('out').onclick = () => zoom(1 / 1.5, width / 2, height / 2);
$('home').onclick = () => { view = {scale: 1, x: 0, y: 0}; unpin(); draw(); };
$('labels').onclick = e => { showLabels = !showLabels; e.currentTarget.setAttribute('aria-pressed', String(showLabels)); draw(); };
$('theme').onclick = () => { document.documentElement.dataset.theme = isDark() ? 'light' : 'dark'; repaint(); };
function repaint() { sprites = new Map(); legend(); draw(); }
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
new ResizeObserver(resize).observe(canvas);
legend();
count();
resize();
)JS";

}  // namespace glossa::detail
