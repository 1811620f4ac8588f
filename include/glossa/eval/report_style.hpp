// How a report's page looks.
#pragma once

namespace glossa::detail {

inline constexpr const char* kReportStyle = R"CSS(
:root { color-scheme: light dark; --paper: #ffffff; --panel: #f6f7f9; --ink: #1b1f24; --soft: #5b6470; --line: #d8dde3;
  --own: #0072b2; --other: #e69f00; --rail: #e9ecf0; }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --panel: #1c2026; --ink: #e9edf1; --soft: #9aa4af; --line: #333a43;
  --own: #4aa3df; --other: #f2b544; --rail: #262c34; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1040px; padding: 20px 20px 48px; background: var(--paper); color: var(--ink);
  font: 15px/1.45 system-ui, sans-serif; }
h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 34px 0 10px; }
h3 { font-size: 15px; margin: 0; overflow-wrap: anywhere; }
p { margin: 6px 0; color: var(--soft); overflow-wrap: anywhere; }
dl.facts { display: flex; flex-wrap: wrap; gap: 4px 24px; margin: 10px 0; }
dl.facts div { display: flex; gap: 6px; min-width: 0; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
.means { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0 0; }
.means div { flex: 1 1 150px; padding: 10px 14px; border: 1px solid var(--line); border-radius: 10px; background: var(--panel); }
.means b { display: block; font-size: 28px; line-height: 1.25; font-variant-numeric: tabular-nums; }
.means span { color: var(--soft); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; margin: 0 0 12px; color: var(--soft); }
.legend i { display: inline-block; width: 18px; height: 8px; margin-right: 6px; border-radius: 2px; background: var(--own); }
.legend i.other { height: 4px; vertical-align: 2px; background: var(--other); }
article { padding: 12px 14px; margin: 0 0 12px; border: 1px solid var(--line); border-radius: 10px; break-inside: avoid; }
article header { display: flex; flex-wrap: wrap; gap: 0 12px; align-items: baseline; margin-bottom: 8px; }
article header b { margin-left: auto; font-variant-numeric: tabular-nums; }
.kind { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.bar { display: grid; grid-template-columns: minmax(90px, 22%) 1fr 58px; gap: 0 10px; align-items: center; }
.bar .name { overflow-wrap: anywhere; font-size: 13px; }
.bar .number { text-align: right; font-size: 13px; font-variant-numeric: tabular-nums; }
.rail { height: 14px; border-radius: 3px; background: var(--rail); overflow: hidden; }
.rail i { display: block; height: 100%; background: var(--own); print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.bar.other { color: var(--soft); }
.bar.other .rail { height: 6px; }
.bar.other .rail i { background: var(--other); }
.bar.own { margin-top: 5px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 13px; }
th, td { padding: 4px 10px; border-bottom: 1px solid var(--line); text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
th { color: var(--soft); font-weight: 600; }
th:first-child, td:first-child { text-align: left; }
details { margin-top: 8px; }
summary { color: var(--soft); font-size: 13px; cursor: pointer; }
@media print { body { max-width: none; } }
)CSS";

}  // namespace glossa::detail
