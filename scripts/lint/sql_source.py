"""The SQL sources as statements and tokens: just enough of PostgreSQL's lexer for the rules in this directory."""

import pathlib
import re
import sys
from typing import NamedTuple


class Token(NamedTuple):
    kind: str  # word, string, number, mark
    text: str  # a string's contents; everything else as written, words folded to lower case unless quoted
    line: int


class Statement(NamedTuple):
    path: str
    line: int
    tokens: list

    def words(self, count):
        return [token.text for token in self.tokens[:count]]


LEXER = re.compile(
    r"""(?P<space>\s+|--[^\n]*|/\*.*?\*/)
      | (?P<psql>(?<![^\n])\\[^\n]*)
      | (?P<dollar>\$(?P<tag>\w*)\$(?P<body>.*?)\$(?P=tag)\$)
      | (?P<string>[eE]?'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*')
      | (?P<quoted>"(?:[^"]|"")*")
      | (?P<placeholder>%(?:\d+\$)?[IsL])
      | (?P<word>(?:@extschema@|[A-Za-z_\u0080-\uffff][\w$]*))
      | (?P<number>\d[\w.]*)
      | (?P<mark>::|:=|=>|\.\.|.)""",
    re.VERBOSE | re.DOTALL,
)


def tokenize(text, line=1):
    tokens = []
    for match in LEXER.finditer(text):
        kind, found = match.lastgroup, match.group()
        if match["dollar"]:
            tokens.append(Token("string", match["body"], line))
        elif kind == "string":
            contents = found[found.index("'") + 1 : -1].replace("''", "'")
            tokens.append(Token("string", contents, line))
        elif kind == "quoted":
            tokens.append(Token("word", found[1:-1].replace('""', '"'), line))
        elif kind in ("word", "placeholder"):
            tokens.append(Token("word", found.lower() if kind == "word" else found, line))
        elif kind in ("number", "mark"):
            tokens.append(Token(kind, found, line))
        line += found.count("\n")
    return tokens


def split(path, tokens):
    """Statements end at a semicolon, but not at one inside BEGIN ATOMIC ... END."""
    statements, current, depth = [], [], 0
    for token in tokens:
        if token.kind == "word":
            if token.text == "atomic" and current and current[-1].text == "begin":
                depth = 1
            elif depth and token.text == "case":
                depth += 1
            elif depth and token.text == "end":
                depth -= 1
        if token.text == ";" and token.kind == "mark" and not depth:
            if current:
                statements.append(Statement(path, current[0].line, current))
            current = []
        else:
            current.append(token)
    if current:
        statements.append(Statement(path, current[0].line, current))
    return statements


def root():
    return pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parents[2]


def source_statements():
    for path in sorted((root() / "sql").glob("[0-9][0-9]_*.sql")):
        yield from split(f"sql/{path.name}", tokenize(path.read_text(encoding="utf-8")))


def read_name(tokens, at):
    """The possibly qualified name at tokens[at]: its last part, and the place after it."""
    name = tokens[at].text
    at += 1
    while at + 1 < len(tokens) and tokens[at].text == ".":
        name = tokens[at + 1].text
        at += 2
    return name, at


def parenthesized(tokens, at):
    """The tokens between the parenthesis at tokens[at] and the one that closes it, and the place after."""
    if at >= len(tokens) or tokens[at].text != "(":
        raise ValueError("no ( where one is expected")
    depth = 0
    for end in range(at, len(tokens)):
        if tokens[end].kind == "mark":
            depth += {"(": 1, ")": -1}.get(tokens[end].text, 0)
        if depth == 0:
            return tokens[at + 1 : end], end + 1
    raise ValueError("( without )")


def split_commas(tokens):
    parts, depth = [[]], 0
    for token in tokens:
        if token.kind == "mark":
            depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if token.text == "," and token.kind == "mark" and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


TYPE_SPELLINGS = {
    "double precision": "float8",
    "float": "float8",
    "real": "float4",
    "integer": "int4",
    "int": "int4",
    "bigint": "int8",
    "smallint": "int2",
    "boolean": "bool",
    "decimal": "numeric",
    "character varying": "varchar",
    "character": "bpchar",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
}


def type_name(tokens):
    """One spelling for each type, without its schema and its modifier."""
    words, suffix, at = [], "", 0
    while at < len(tokens):
        text = tokens[at].text
        if text == "(":
            _, at = parenthesized(tokens, at)
            continue
        if text == "[":
            suffix = "[]"
        elif text == ".":
            words.pop()
        elif text != "]" and tokens[at].kind != "number":
            words.append(text)
        at += 1
    name = " ".join(words)
    return TYPE_SPELLINGS.get(name, name) + suffix


def argument_types(tokens):
    """The input types of a list of arguments, as they identify a function: no modes, names, defaults, OUT arguments."""
    types = []
    for argument in split_commas(tokens):
        for end, token in enumerate(argument):
            if token.text in ("default", "=", ":="):
                argument = argument[:end]
                break
        if argument[0].text in ("in", "out", "inout", "variadic") and len(argument) > 1:
            if argument[0].text == "out":
                continue
            argument = argument[1:]
        spelled = type_name(argument)
        named = len(argument) > 1 and argument[1].kind == "word"
        if named and not any(spelled.startswith(known) for known in TYPE_SPELLINGS if " " in known) \
                and spelled.split("[")[0] not in TYPE_SPELLINGS.values():
            spelled = type_name(argument[1:])
        types.append(spelled)
    return tuple(types)


class Routine(NamedTuple):
    kind: str  # function, procedure or aggregate
    name: str
    types: tuple
    language: str  # None for an aggregate
    body: object  # the AS clause's strings, or the tokens of a BEGIN ATOMIC or RETURN body


def routine(statement):
    """The routine that a CREATE FUNCTION, PROCEDURE or AGGREGATE makes; ValueError if it cannot be told."""
    tokens = statement.tokens
    at = 1
    while tokens[at].text in ("or", "replace"):
        at += 1
    kind = tokens[at].text
    name, at = read_name(tokens, at + 1)
    arguments, at = parenthesized(tokens, at)
    types = argument_types(arguments)
    if kind == "aggregate":
        return Routine(kind, name, types, None, None)

    language, body = None, None
    while at < len(tokens):
        text = tokens[at].text if tokens[at].kind == "word" else None
        if text == "language":
            language = tokens[at + 1].text.lower()
            at += 1
        elif text == "as" and tokens[at + 1].kind == "string":
            body = [tokens[at + 1]]
            at += 1
            while at + 2 < len(tokens) and tokens[at + 1].text == "," and tokens[at + 2].kind == "string":
                body.append(tokens[at + 2])
                at += 2
        elif text == "begin" or text == "return":
            body = tokens[at:]
            language = language or "sql"
            break
        at += 1
    if language is None or body is None:
        raise ValueError(f"cannot tell language and body of {kind} {name}")
    return Routine(kind, name, types, language, body)


def creates_routine(statement):
    words = [word for word in statement.words(4) if word not in ("or", "replace")]
    return words[:1] == ["create"] and words[1] in ("function", "procedure", "aggregate")


def report(complaints):
    for complaint in complaints:
        print(complaint)
    sys.exit(bool(complaints))
