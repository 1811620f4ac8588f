# Writes utf8.json: byte strings that are mostly no UTF-8, and what Python makes of them (bytes.decode, errors="replace").
#   python make_utf8_goldens.py utf8.json
import codecs
import json
import random
import sys

random.seed(20)
bad = []
codecs.register_error("note", lambda error: (bad.append((error.start, error.end)), ("\ufffd", error.end))[1])


def boundaries(data, text):
    """The offset in `data` of every character of `text`, and of its end."""
    bad.clear()
    data.decode("utf-8", "note")
    ends = dict(bad)
    at, out = 0, [0]
    for c in text:
        at = ends[at] if at in ends else at + len(c.encode())
        out.append(at)
    assert at == len(data)
    return out


cases = {b"", b"plain", "å∫ç😀".encode(), "\0a\0".encode(), "\ufffd\uffff\U0010ffff".encode()}
# Every length of well-formed sequence, cut at every place, alone and before an ASCII letter or another sequence.
for c in "\u0080\u07ff\u0800\ud7ff\ue000\uffff\U00010000\U0010ffffä€😀":
    data = c.encode()
    for end in range(1, len(data)):
        for tail in (b"", b"x", "é".encode(), b"\xff", data):
            cases.add(data[:end] + tail)
        cases.add(b"ab" + data[end:] + b"cd")
# First and second bytes at the edges of table 3-7 of the Unicode standard: overlong forms, surrogates, beyond U+10FFFF.
for lead in (0x80, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF8, 0xFC, 0xFE, 0xFF):
    for second in (0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0):
        cases.add(bytes([lead, second, 0x80, 0x80, 0x41]))
nasty = [0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5, 0xFF]
for _ in range(250):
    cases.add(bytes(random.choice(nasty) for _ in range(random.randint(2, 14))))

rows = []
for data in sorted(cases):
    text = data.decode("utf-8", "replace")
    rows.append({"bytes": data.hex(), "text": text, "offsets": boundaries(data, text)})
with open(sys.argv[1], "w") as file:
    file.write('{"note":"Byte strings repaired by Python; written by make_utf8_goldens.py.","cases":[\n')
    file.write(",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]}\n")
