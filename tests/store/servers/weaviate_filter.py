"""A where filter of Weaviate and the properties of a class come in; it is checked, and says which objects it lets through."""

from strict_server import Refused

LOGICAL = {"And", "Or", "Not"}
LISTS = {"ContainsAny", "ContainsAll", "ContainsNone"}
ORDERS = {"Equal", "NotEqual", "GreaterThan", "GreaterThanEqual", "LessThan", "LessThanEqual", "Like", "IsNull"}
TYPES = {"text": ("valueText", "valueString"), "text[]": ("valueText", "valueString"), "number": ("valueNumber",),
         "int": ("valueInt",), "boolean": ("valueBoolean",)}
VALUES = {"valueText": str, "valueString": str, "valueNumber": (int, float), "valueInt": int, "valueBoolean": bool}


def refuse(message):
    raise Refused(422, "invalid where filter: " + message)


def check(filter, properties, is_rest):
    """In REST a list has its own name, valueTextArray; in GraphQL it does not."""
    if not isinstance(filter, dict):
        refuse("an object was expected")
    operator = filter.get("operator")
    if operator in LOGICAL:
        if set(filter) != {"operator", "operands"} or not isinstance(filter["operands"], list) or not filter["operands"]:
            refuse(f"{operator} takes operands")
        if operator == "Not" and len(filter["operands"]) != 1:
            refuse("Not takes one operand")
        for one in filter["operands"]:
            check(one, properties, is_rest)
        return
    if operator not in LISTS | ORDERS:
        refuse(f"there is no operator {operator}")
    values = [name for name in filter if name.startswith("value")]
    if set(filter) != {"operator", "path", *values} or len(values) != 1:
        refuse(f"{operator} takes a path and one value, not {sorted(filter)}")
    path, name, value = filter["path"], values[0], filter[values[0]]
    if not isinstance(path, list) or len(path) != 1 or not isinstance(path[0], str):
        refuse("a path of one name was expected")
    base = name
    if is_rest and name.endswith("Array"):
        base = name[:-5]
    if is_rest and (name.endswith("Array") != (operator in LISTS)):
        refuse(f"{operator} with {name}")
    if base not in VALUES:
        refuse(f"there is no {name}")
    parts = value if operator in LISTS else [value]
    if not isinstance(parts, list) or (operator in LISTS and not parts):
        refuse(f"{operator} takes a list")
    for one in parts:
        if not isinstance(one, VALUES[base]) or (isinstance(one, bool) and base != "valueBoolean"):
            refuse(f"{name} of another type: {one!r}")
    if path[0] == "id":
        if base not in TYPES["text"]:
            refuse("an id is text")
        return
    if path[0] not in properties:
        refuse(f"no such prop with name '{path[0]}' found in class")
    about = properties[path[0]]
    if not about.get("indexFilterable", True):
        refuse(f"the property {path[0]} is not filterable")
    kind = about["dataType"][0]
    if kind not in TYPES or base not in TYPES[kind]:
        refuse(f"{name} for a property of {kind}")
    if kind.startswith("text") and about.get("tokenization") != "field":
        refuse(f"this server knows only the tokenization field, which {path[0]} has not")


def trimmed(value):
    return value.strip() if isinstance(value, str) else value  # as the tokenization field does


def holds(filter, one):
    """Of an object that lacks the property nothing holds but ContainsNone: more is not described."""
    operator = filter["operator"]
    if operator == "And":
        return all(holds(part, one) for part in filter["operands"])
    if operator == "Or":
        return any(holds(part, one) for part in filter["operands"])
    if operator == "Not":
        return not holds(filter["operands"][0], one)
    name = filter["path"][0]
    wanted = next(value for key, value in filter.items() if key.startswith("value"))
    value = one["id"] if name == "id" else one["properties"].get(name)
    values = [trimmed(part) for part in (value if isinstance(value, list) else [] if value is None else [value])]
    if operator in LISTS:
        found = [trimmed(part) in values for part in wanted]
        return {"ContainsAny": any(found), "ContainsAll": all(found), "ContainsNone": not any(found)}[operator]
    if value is None:
        return operator == "IsNull" and wanted
    if operator == "IsNull":
        return not wanted
    wanted = trimmed(wanted)
    if operator == "Equal":
        return wanted in values
    if operator == "NotEqual":
        return wanted not in values
    order = {"GreaterThan": lambda x: x > wanted, "GreaterThanEqual": lambda x: x >= wanted,
             "LessThan": lambda x: x < wanted, "LessThanEqual": lambda x: x <= wanted}
    if operator not in order:
        raise Refused(422, f"this server does not know {operator}")
    return any(order[operator](part) for part in values)
