#!/usr/bin/env python3
"""Makes docs/tour.svg, a moving picture of `lineup demo --tour`.

usage: docs/tour.py LINEUP OUT.svg      (LINEUP is the program; tmux has to be there)

It looks at the terminal twice a second. Rows that are the same in several frames are kept once.
"""
import html
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata

COLUMNS, ROWS, EVERY = 120, 36, 0.5
WIDE, HIGH, SIZE = 8.4, 17, 14  # a cell and the font, in pixels
PAPER, INK = "#16181d", "#d8dbe2"
SGR = re.compile(r"\x1b\[([0-9;:]*)m")
BASIC = ["#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5",
         "#666666", "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff"]


def record(program):
    """Gives (seconds, rows) for each change of the screen."""
    home = tempfile.mkdtemp()
    tmux = ["tmux", "-L", "lineup-tour", "-f", "/dev/null"]
    start = f"env COLORTERM=truecolor LINEUP_BACKGROUND=dark XDG_CONFIG_HOME={home} {program} demo --tour"
    subprocess.run(tmux + ["new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), start],
                   check=True, env={**os.environ, "TERM": "xterm-256color"})
    subprocess.run(tmux + ["set", "-g", "default-terminal", "tmux-256color"], check=True)
    begun, frames = time.monotonic(), []
    while time.monotonic() - begun < 200:
        got = subprocess.run(tmux + ["capture-pane", "-e", "-N", "-p"], capture_output=True,
                             text=True)
        rows = got.stdout.split("\n")[:ROWS]
        if frames and "the keys are yours" in "".join(rows):
            break
        if not frames or frames[-1][1] != rows:
            frames.append((time.monotonic() - begun, rows))
        time.sleep(EVERY)
    subprocess.run(tmux + ["kill-server"])
    return frames + [(time.monotonic() - begun, None)]


def colour(codes):
    """Takes a colour off the front of SGR codes that follow 38 or 48."""
    if codes.pop(0) == 2:
        rgb, codes[:3] = codes[:3], []
        return "#%02x%02x%02x" % tuple(rgb)
    n = codes.pop(0)
    if n < 16:
        return BASIC[n]
    if n >= 232:
        return "#" + "%02x" % (8 + 10 * (n - 232)) * 3
    steps = [0, 95, 135, 175, 215, 255]
    return "#%02x%02x%02x" % (steps[(n - 16) // 36], steps[(n - 16) // 6 % 6], steps[(n - 16) % 6])


def restyle(style, codes):
    codes = [int(c or 0) for c in re.split("[;:]", codes)]
    while codes:
        c = codes.pop(0)
        if c == 0:
            style.clear()
        elif c in (38, 48):
            style["fg" if c == 38 else "bg"] = colour(codes)
        elif 30 <= c <= 37 or 40 <= c <= 47:
            style["fg" if c < 40 else "bg"] = BASIC[c % 10]
        elif 90 <= c <= 97:
            style["fg"] = BASIC[c - 82]
        elif c in (39, 49):
            style.pop("fg" if c == 39 else "bg", None)
        elif c in (1, 2, 3, 4, 7):
            style[c] = True
        elif c in (22, 23, 24, 27):
            for off in {22: (1, 2), 23: (3,), 24: (4,), 27: (7,)}[c]:
                style.pop(off, None)


def cells(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else not unicodedata.combining(c)
               for c in text)


def spans(row):
    """Cuts a row into (column, text, style)."""
    style, at, x = {}, 0, 0
    for m in list(SGR.finditer(row)) + [None]:
        text = row[at:m.start() if m else len(row)]
        for piece in re.findall(r"[ -~]+|[^ -~]+", text):
            yield x, piece, dict(style)
            x += cells(piece)
        if m:
            restyle(style, m[1])
            at = m.end()


def draw(row):
    out = []
    for x, text, style in spans(row):
        fg, bg = style.get("fg", INK), style.get("bg")
        if style.get(7):
            fg, bg = bg or PAPER, fg
        width = cells(text) * WIDE
        if bg:
            out.append(f'<rect x="{x * WIDE:.1f}" width="{width:.1f}" height="{HIGH}" fill="{bg}"/>')
        if not text.strip():
            continue
        lead = len(text) - len(text.lstrip(" "))
        text = text.strip(" ")
        more = ' font-weight="bold"' if style.get(1) else ""
        more += ' opacity=".6"' if style.get(2) else ""
        more += "" if fg == INK else f' fill="{fg}"'
        out.append(f'<text x="{(x + lead) * WIDE:.1f}" y="13" textLength="{cells(text) * WIDE:.1f}"'
                   f'{more}>{html.escape(text)}</text>')
    return "".join(out)


def film(frames):
    known, frame_rows, total = {}, [], frames[-1][0]
    for _, rows in frames[:-1]:
        frame_rows.append([known.setdefault(r, len(known)) for r in rows])
    w, h = COLUMNS * WIDE, ROWS * HIGH
    keys = "".join(f"{100 * t / total:.3f}%{{transform:translateY({-i * h}px)}}"
                   for i, (t, _) in enumerate(frames[:-1]))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 -10 {w + 20:.0f} {h + 20}" '
           f'width="{w + 20:.0f}" font-family="DejaVu Sans Mono,Menlo,Consolas,monospace" '
           f'font-size="{SIZE}" fill="{INK}"><style>@keyframes f{{{keys}'
           f'100%{{transform:translateY({-(len(frame_rows) - 1) * h}px)}}}}'
           f'#f{{animation:f {total:.1f}s steps(1,end) infinite}}text{{white-space:pre}}</style>',
           f'<rect x="-10" y="-10" width="100%" height="100%" rx="8" fill="{PAPER}"/><defs>']
    out += [f'<g id="r{n}">{drawn}</g>' for row, n in known.items() if (drawn := draw(row))]
    drawn = {n for row, n in known.items() if draw(row)}
    out.append(f'</defs><svg width="{w:.0f}" height="{h}"><g id="f">')
    for i, rows in enumerate(frame_rows):
        out += [f'<use href="#r{n}" y="{i * h + j * HIGH}"/>' for j, n in enumerate(rows)
                if n in drawn]
    return "".join(out) + "</g></svg></svg>\n"


if __name__ == "__main__":
    with open(sys.argv[2], "w", encoding="utf-8") as f:
        f.write(film(record(sys.argv[1])))
