// The script of a map's page: it reads the data that stand in the page, and draws them.
#pragma once

namespace glossa::detail {

/// Texts of the data reach the page through textContent and fillText() alone, which take them for text.
inline constexpr const char* kMapScript = R"JS('use strict';
const data = JSON.parse(document.getElementById('data').textContent);
const $ = id => document.getElementById(id);
const canvas = $('map'), context = canvas.getContext('2d'), tip = $('tip');
const n = data.x.length, groups = data.groups, clusters = data.clusters;
const hidden = new Set(), hiddenGroups = new Set();
let view = {scale: 1, x: 0, y: 0}, width = 0, height = 0, side = 1, ratio = 1;
let matches = null, focus = null, pointed = -1, pinned = -1, drag = null, showLabels = true, waiting = false;

const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const isDark = () => style('--dark') === '1';
const colour = c => c < 0 ? style('--noise') : isDark() ? clusters[c].dark : clusters[c].light;

// Marks: shapes that keep apart at few pixels, each of about the same area.
const shapes = [
  (p, r) => p.arc(0, 0, r, 0, 7),
  (p, r) => polygon(p, 3, 1.35 * r, -90),
  (p, r) => p.rect(-0.9 * r, -0.9 * r, 1.8 * r, 1.8 * r),
  (p, r) => polygon(p, 4, 1.35 * r, 0),
  (p, r) => polygon(p, 3, 1.35 * r, 90),
  (p, r) => star(p, 5, 1.5 * r, 0.6 * r),
  (p, r) => cross(p, 1.25 * r, 0.45 * r),
  (p, r) => star(p, 4, 1.6 * r, 0.55 * r),
  (p, r) => polygon(p, 6, 1.15 * r, 0),
  (p, r) => { p.arc(0, 0, 1.25 * r, 0, Math.PI); p.closePath(); },
];
function polygon(p, corners, r, turn) {
  for (let i = 0; i < corners; ++i) {
    const a = (turn + i * 360 / corners) * Math.PI / 180;
    p.lineTo(r * Math.cos(a), r * Math.sin(a));
  }
  p.closePath();
}
function star(p, corners, outer, inner) {
  for (let i = 0; i < 2 * corners; ++i) {
    const a = (i / corners - 0.5) * Math.PI, r = i % 2 ? inner : outer;
    p.lineTo(r * Math.cos(a), r * Math.sin(a));
  }
  p.closePath();
}
function cross(p, long, wide) {
  for (const [x, y] of [[-wide, -long], [wide, -long], [wide, -wide], [long, -wide], [long, wide], [wide, wide],
                        [wide, long], [-wide, long], [-wide, wide], [-long, wide], [-long, -wide], [-wide, -wide]])
    p.lineTo(x, y);
  p.closePath();
}
function drawMark(c, group, fill, edge, r) {
  c.beginPath();
  shapes[group % shapes.length](c, r);
  // Beyond the ten shapes the marks are hollow.
  if (Math.floor(group / shapes.length) % 2) {
    c.strokeStyle = fill; c.lineWidth = r / 2; c.stroke();
  } else {
    c.fillStyle = fill; c.fill();
    if (edge) { c.strokeStyle = edge; c.lineWidth = r / 6; c.stroke(); }
  }
}

// Each mark is painted once and copied from then on: a copy is many times as fast as a path.
let sprites = new Map();
function sprite(cluster, group, r) {
  const key = cluster + ',' + group;
  let found = sprites.get(key);
  if (!found) {
    found = document.createElement('canvas');
    found.width = found.height = Math.ceil(4 * r * ratio);
    const c = found.getContext('2d');
    c.scale(ratio, ratio);
    c.translate(2 * r, 2 * r);
    drawMark(c, group, colour(cluster), style('--paper'), r);
    sprites.set(key, found);
  }
  return found;
}

const toX = i => width / 2 + (data.x[i] / 65535 - 0.5) * side * view.scale + view.x;
const toY = i => height / 2 + (data.y[i] / 65535 - 0.5) * side * view.scale + view.y;
const radius = () => Math.max(1.2, Math.min(9, 90 / Math.sqrt(n + 60) * Math.pow(view.scale, 0.4) * (n < 3000 ? 1.6 : 2)));
const isShown = i => !hidden.has(data.labels[i]) && !hiddenGroups.has(data.marks[i]);
const isFaint = i => (matches !== null && !matches[i]) || (focus !== null && !focus(i));

function resize() {
  ratio = window.devicePixelRatio || 1;
  width = canvas.clientWidth; height = canvas.clientHeight;
  side = Math.min(width, height) * 0.92;
  canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
  draw();
}
function draw() {
  if (waiting) return;
  waiting = true;
  requestAnimationFrame(() => { waiting = false; paint(); });
}
// Mixed, so that no group lies on top of all others; the same each time.
const mixed = Uint32Array.from({length: n}, (_, i) => i);
{
  const key = i => Math.imul(i + 1, 2654435761) >>> 0;
  mixed.sort((a, b) => key(a) - key(b));
}
let paintedRadius = 0;
function paint() {
  const r = radius();
  if (r !== paintedRadius) { sprites = new Map(); paintedRadius = r; }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  for (const faint of [true, false]) {
    context.globalAlpha = faint ? 0.07 : 0.85;
    const reach = 2 * r * (matches !== null && !faint ? 1.5 : 1);
    for (const i of mixed) {
      if (!isShown(i) || isFaint(i) !== faint) continue;
      const x = toX(i), y = toY(i);
      if (x < -reach || y < -reach || x > width + reach || y > height + reach) continue;
      context.drawImage(sprite(data.labels[i], data.marks[i], r), x - reach, y - reach, 2 * reach, 2 * reach);
    }
  }
  context.globalAlpha = 1;
  const shown = pinned >= 0 ? pinned : pointed;
  if (shown >= 0 && isShown(shown)) {
    context.save();
    context.translate(toX(shown), toY(shown));
    drawMark(context, data.marks[shown], colour(data.labels[shown]), style('--ink'), Math.max(6, 1.7 * r));
    context.restore();
  }
  if (showLabels) paintLabels();
}
function paintLabels() {
  const taken = [];
  context.font = '600 13px system-ui, sans-serif';
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  for (const c of data.order) {
    const cluster = clusters[c];
    if (hidden.has(c) || cluster.place < 0) continue;
    const words = cluster.short, half = context.measureText(words).width / 2 + 4;
    const middle = toX(cluster.place), y = toY(cluster.place);
    if (middle < 0 || y < 0 || middle > width || y > height) continue;
    const x = Math.max(half, Math.min(width - half, middle));
    if (taken.some(t => Math.abs(t.x - x) < t.half + half && Math.abs(t.y - y) < 18)) continue;
    taken.push({x, y, half});
    context.strokeStyle = style('--paper'); context.lineWidth = 4; context.globalAlpha = matches === null ? 0.85 : 0.3;
    context.strokeText(words, x, y);
    context.globalAlpha = matches === null ? 1 : 0.4; context.fillStyle = style('--ink');
    context.fillText(words, x, y);
  }
  context.globalAlpha = 1;
}
)JS";

}  // namespace glossa::detail
