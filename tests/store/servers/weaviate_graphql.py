"""A GraphQL query as Weaviate's Get and Aggregate take it comes in; its parts go out, or what is not described is refused."""

import json
import re

from strict_server import Refused

TOKEN = re.compile(r'[\s,]*(?:("(?:[^"\\\n]|\\.)*")|([A-Za-z_][A-Za-z0-9_]*)|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([{}()\[\]:]))')


class Word(str):
    """A bare word: an operator, true, false."""


def tokens_of(text):
    at, out = 0, []
    while text[at:].strip(" \t\r\n,"):
        found = TOKEN.match(text, at)
        if not found:
            raise Refused(422, f"Syntax Error GraphQL request: {text[at:at + 30]!r}")
        at = found.end()
        string, word, number, sign = found.groups()
        if string is not None:
            try:
                out.append(("value", json.loads(string)))
            except ValueError:
                raise Refused(422, f"Syntax Error GraphQL request: {string!r}")
        elif word is not None:
            out.append(("word", word))
        elif number is not None:
            out.append(("value", float(number) if re.search("[.eE]", number) else int(number)))
        else:
            out.append(("sign", sign))
    return out


class Parser:
    def __init__(self, text):
        self.tokens, self.at = tokens_of(text), 0

    def next(self):
        if self.at == len(self.tokens):
            raise Refused(422, "Syntax Error GraphQL request: unexpected end")
        self.at += 1
        return self.tokens[self.at - 1]

    def is_sign(self, sign):
        if self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign):
            self.at += 1
            return True
        return False

    def expect(self, kind, value=None):
        found = self.next()
        if found[0] != kind or (value is not None and found[1] != value):
            raise Refused(422, f"Syntax Error GraphQL request: expected {value or kind}, found {found[1]!r}")
        return found[1]

    def selection(self):
        """{name(arguments) {…} …} as a list of (name, arguments, selection)."""
        self.expect("sign", "{")
        out = []
        while not self.is_sign("}"):
            name, arguments, inner = self.expect("word"), {}, None
            if self.is_sign("("):
                while not self.is_sign(")"):
                    key = self.expect("word")
                    self.expect("sign", ":")
                    arguments[key] = self.value()
            if self.at < len(self.tokens) and self.tokens[self.at] == ("sign", "{"):
                inner = self.selection()
            out.append((name, arguments, inner))
        return out

    def value(self):
        if self.is_sign("["):
            out = []
            while not self.is_sign("]"):
                out.append(self.value())
            return out
        if self.is_sign("{"):
            out = {}
            while not self.is_sign("}"):
                key = self.expect("word")
                self.expect("sign", ":")
                out[key] = self.value()
            return out
        kind, found = self.next()
        if kind == "sign":
            raise Refused(422, f"Syntax Error GraphQL request: unexpected {found}")
        if kind == "word":
            return {"true": True, "false": False}.get(found, Word(found))
        return found


def parse(text):
    parser = Parser(text)
    if parser.tokens[:1] == [("word", "query")]:
        parser.at = 1
    out = parser.selection()
    if parser.at != len(parser.tokens):
        raise Refused(422, "Syntax Error GraphQL request: something follows")
    return out
