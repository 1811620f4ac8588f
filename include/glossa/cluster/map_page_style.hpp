// How a map's page looks.
#pragma once

namespace glossa::detail {

inline constexpr const char* kMapStyle = R"CSS(
:root { color-scheme: light dark; --dark: 0; --paper: #ffffff; --panel: #f6f7f9; --ink: #1b1f24; --soft: #5b6470; --line: #d8dde3;
  --noise: #a6adb6; --shadow: 0 4px 18px #0003; }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { --dark: 1; --paper: #14171b; --panel: #1c2026; --ink: #e9edf1;
  --soft: #9aa4af; --line: #333a43; --noise: #5d6670; --shadow: 0 4px 18px #000a; } }
:root[data-theme=dark] { color-scheme: dark; --dark: 1; --paper: #14171b; --panel: #1c2026; --ink: #e9edf1; --soft: #9aa4af;
  --line: #333a43; --noise: #5d6670; --shadow: 0 4px 18px #000a; }
:root[data-theme=light] { color-scheme: light; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html, body { height: 100%; margin: 0; }
body { display: grid; grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 320px; background: var(--paper); color: var(--ink);
  font: 14px/1.4 system-ui, sans-serif; }
header { grid-column: 1 / -1; display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 8px 14px;
  border-bottom: 1px solid var(--line); background: var(--panel); }
h1 { font-size: 16px; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 12px; margin: 14px 6px 4px; color: var(--soft); font-weight: 600; }
#count { color: var(--soft); white-space: nowrap; }
#search { flex: 0 1 280px; margin-left: auto; padding: 6px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--paper);
  color: inherit; font: inherit; }
main { position: relative; min-height: 0; overflow: hidden; }
#map { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: grab; }
#map:focus-visible, button:focus-visible, #search:focus-visible { outline: 2px solid #4c8dff; outline-offset: -2px; }
.tools { position: absolute; left: 12px; bottom: 12px; display: flex; gap: 4px; }
.tools button { min-width: 32px; height: 32px; border: 1px solid var(--line); border-radius: 6px; background: var(--panel); color: inherit;
  font: inherit; cursor: pointer; }
.tools button[aria-pressed=false] { color: var(--soft); text-decoration: line-through; }
#tip { position: absolute; max-width: min(440px, 90%); max-height: 60%; overflow: auto; padding: 8px 12px; border: 1px solid var(--line);
  border-radius: 8px; background: var(--panel); box-shadow: var(--shadow); pointer-events: none; }
#tip.pinned { pointer-events: auto; border-color: var(--soft); }
#tip p { margin: 4px 0 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.tip-head { display: flex; gap: 6px; align-items: center; font-size: 12px; color: var(--soft); }
.tip-group { margin-left: auto; padding: 0 6px; border: 1px solid var(--line); border-radius: 9px; white-space: nowrap; }
aside { overflow: auto; border-left: 1px solid var(--line); background: var(--panel); padding: 0 8px 14px; }
aside ul { list-style: none; margin: 0; padding: 0; }
aside li button { display: flex; gap: 8px; align-items: center; width: 100%; padding: 4px 6px; border: 0; border-radius: 6px; background: none;
  color: inherit; font: inherit; text-align: start; cursor: pointer; }
aside li button:hover { background: var(--line); }
aside li button[aria-pressed=false] { opacity: 0.4; }
.dot { flex: none; width: 12px; height: 12px; border-radius: 50%; }
.mark { flex: none; width: 16px; height: 16px; }
.name { flex: 1; min-width: 0; display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden;
  overflow-wrap: anywhere; }
.number { color: var(--soft); font-variant-numeric: tabular-nums; }
.hint { margin: 14px 6px 0; font-size: 12px; color: var(--soft); }
@media (max-width: 760px) { body { grid-template: auto minmax(0, 1fr) 38% / minmax(0, 1fr); }
  aside { border-left: 0; border-top: 1px solid var(--line); } #search { flex: 1 1 100%; } }
)CSS";

}  // namespace glossa::detail
