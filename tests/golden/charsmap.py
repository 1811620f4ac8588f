# Builds SentencePiece's compiled normalisation rules ("precompiled charsmap") from a dictionary; a part of the make_*.py.
import struct


def charsmap(rules):
    """{text: replacement} as u32 trie size, double-array trie in the format of darts-clone, NUL-ended replacements."""
    replacements = b""
    tree = {}
    for text, replacement in rules.items():
        node = tree
        for byte in text.encode():
            node = node.setdefault(byte, {})
        node[0] = len(replacements)
        replacements += replacement.encode() + b"\0"
    units = {0: 0}
    bases = set()

    def place(node, unit):
        base = 0
        while base in bases or any(base ^ label in units for label in node):
            base += 1
        bases.add(base)
        for label in node:
            units[base ^ label] = label
        units[unit] |= (unit ^ base) << 10 | (0 in node) << 8
        for label, child in node.items():
            if label == 0:
                units[base] = child | 1 << 31
            else:
                place(child, base ^ label)

    place(tree, 0)
    size = -(-(max(units) + 1) // 256) * 256
    trie = struct.pack(f"<{size}I", *(units.get(i, 1 << 31) for i in range(size)))
    return struct.pack("<I", len(trie)) + trie + replacements
