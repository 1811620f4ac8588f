"""What compare.py measured comes in; a Markdown table and an SVG chart go out."""

import os
import pathlib
import platform
from xml.sax.saxutils import escape

BEGIN, END = "<!-- compare:begin -->", "<!-- compare:end -->"

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  .head { font-weight: 600; }
  .value { fill: #59636e; }
  .own { fill: #0969da; }
  .other { fill: #afb8c1; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .value { fill: #9198a1; }
    .own { fill: #4493f8; }
    .other { fill: #3d444d; }
  }
"""


class NoPlace(Exception):
    """The file has no place for the table."""


def machine():
    """The processor's name and number of CPUs, as far as the system tells."""
    name = platform.processor() or platform.machine()
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists():
        names = [line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")]
        name = names[0] if names else name
    return f"{name}, {os.cpu_count()} CPUs"


def by_speed(result):
    """Engines, those of one precision together, the fastest first."""
    order = {precision: place for place, precision in enumerate(("f32", "bf16", "int8", "int4"))}

    def key(item):
        precision = item[0].rsplit("-", 1)[1]
        return order.get(precision, len(order)), precision, -item[1]["S_per_s"]

    return sorted(result["engines"].items(), key=key)


def table(result):
    lines = [f"| {result['model']}, {result['threads']} threads | sentences/s | tokens/s, passages | one query, p50 "
             "| cosine, mean / least | peak memory | first vector |",
             "|---|---:|---:|---:|---:|---:|---:|"]
    for name, row in by_speed(result):
        label = f"**{row['engine']}**" if name.startswith("glossa") else row["engine"]
        if name == result["reference"]:
            cosine = "the reference"
        else:
            cosine = f"{row['cosine_mean']:.6f} / {row['cosine_min']:.6f}" if "cosine_mean" in row else "–"
        lines.append(f"| {label} | {row['S_per_s']:.0f} | {row['P_tokens_per_s']:,.0f} | {row['Q_p50_ms']:.1f} ms "
                     f"| {cosine} | {row['peak_MB']:,.0f} MB | {row['cold_start_s']:.2f} s |")
    spread = 100 * max(row["spread"] for row in result["engines"].values())
    lines += ["", f"On {result['machine']}; medians of {result['rounds']} rounds in turn, between which sentences/s "
                  f"differed by at most {spread:.0f} %; each engine with its best batch size."]
    folders = result.get("quantized", [])
    if folders:
        lines[-1] += f" {' and '.join(folders)}: from folders of `glossa quantize`."
    return "\n".join(lines)


def write_readme(path, result):
    """Puts the table and the chart between the markers."""
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise NoPlace(f"{path}: expected one {BEGIN} and, after it, one {END}")
    before, rest = text.split(BEGIN)
    chart = "![Sentences and tokens a second of each engine](bench/compare.svg)"
    how = "[bench/README.md](bench/README.md) says how."
    path.write_text(f"{before}{BEGIN}\n{table(result)} {how}\n\n{chart}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def bars(engines, key, left, width, top):
    """A bar and its value for each engine."""
    most = max(row[key] for _, row in engines)
    for place, (name, row) in enumerate(engines):
        y = top + 24 * place
        length = max(1, width * row[key] / most)
        kind = "own" if name.startswith("glossa") else "other"
        yield f'<rect class="{kind}" x="{left}" y="{y}" width="{length:.0f}" height="16" rx="2"/>'
        yield f'<text class="value" x="{left + length + 6:.0f}" y="{y + 13}">{row[key]:,.0f}</text>'


def chart(result):
    engines = by_speed(result)
    names, left, right, width = 240, 240, 540, 220
    height = 40 + 24 * len(engines)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 820 {height}" width="820" height="{height}" '
             f'role="img" aria-label="Speed of each engine on {escape(result["model"])}">',
             f"<style>{STYLE}</style>",
             f'<text class="head" x="{left}" y="18">sentences/s</text>',
             f'<text class="head" x="{right}" y="18">tokens/s, passages</text>']
    for place, (_, row) in enumerate(engines):
        parts.append(f'<text x="{names - 10}" y="{30 + 24 * place + 13}" text-anchor="end">{escape(row["engine"])}</text>')
    parts += bars(engines, "S_per_s", left, width, 30)
    parts += bars(engines, "P_tokens_per_s", right, width, 30)
    return "\n".join(parts + ["</svg>"]) + "\n"


def write_chart(path, result):
    path.write_text(chart(result), encoding="utf-8")
