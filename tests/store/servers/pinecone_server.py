#!/usr/bin/env python3
"""A contract server for Pinecone: control and data plane of its published REST interface, version 2025-10, as far as the
connector uses it. What the interface does not describe is refused: fields, types, headers, parameters, operators.

    python3 tests/store/servers/pinecone_server.py --key KEY [--tls CERTIFICATE KEY] [--port N]

See strict_server.py. Every index has a port of its own, as it has a host of its own at Pinecone.
"""

import json
import math
import re
import struct
import threading

from strict_server import (Refused, anything, boolean, check_headers, fields, listed, main, number, one_of, text, whole,
                           wrong)

VERSION = "2025-10"
HEADERS = {"api-key", "x-pinecone-api-version"}
STRING = text(10 ** 9)

INDEX = fields(
    {"name": text(45, 1, r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"),
     "spec": fields({"serverless": fields({"cloud": one_of("gcp", "aws", "azure"), "region": text(100, 1)},
                                          {"read_capacity": anything, "source_collection": STRING,
                                           "schema": anything})})},
    {"dimension": whole(1, 20000), "metric": one_of("cosine", "euclidean", "dotproduct"),
     "deletion_protection": one_of("enabled", "disabled"), "tags": anything, "vector_type": one_of("dense")})


def metadata(value, place):
    if not isinstance(value, dict):
        wrong(place, "an object", value)
    if len(json.dumps(value, ensure_ascii=False).encode()) > 40960:
        raise Refused(400, f"{place}: metadata of more than 40 KB")
    for name, one in value.items():
        if name.startswith("$") or not name:
            raise Refused(400, f"{place}: a key must not be empty or begin with $: {name}")
        plain = isinstance(one, (str, bool)) or (isinstance(one, (int, float)) and math.isfinite(one))
        if not plain and not (isinstance(one, list) and all(isinstance(part, str) for part in one)):
            wrong(f"{place}.{name}", "a string, number, boolean or list of strings", one)


VECTOR_ID = text(512, 1, r"[\x21-\x7e]+")
UPSERT = fields({"vectors": listed(fields({"id": VECTOR_ID}, {"values": listed(number, 1, 20000), "metadata": metadata}),
                                   1, 1000)}, {"namespace": STRING})


def operand_of(operator, value, place):
    if operator in ("$eq", "$ne"):
        if not isinstance(value, (str, bool, int, float)):
            wrong(place, "a string, number or boolean", value)
    elif operator in ("$gt", "$gte", "$lt", "$lte"):
        number(value, place)
    elif operator in ("$in", "$nin"):
        listed(lambda one, where: isinstance(one, (str, int, float)) or wrong(where, "a string or number", one), 0,
               10000)(value, place)
    elif operator == "$exists":
        boolean(value, place)
    else:
        raise Refused(400, f"{place}: there is no operator {operator}")


def filter_shape(value, place):
    if not isinstance(value, dict) or not value:
        wrong(place, "an object with conditions", value)
    for name, one in value.items():
        if name in ("$and", "$or"):
            listed(filter_shape, 1)(one, f"{place}.{name}")
        elif name.startswith("$"):
            raise Refused(400, f"{place}: there is no operator {name}")
        elif isinstance(one, dict):
            if not one:
                wrong(f"{place}.{name}", "an operator", one)
            for operator, operand in one.items():
                operand_of(operator, operand, f"{place}.{name}.{operator}")
        else:
            operand_of("$eq", one, f"{place}.{name}")


QUERY = fields({"topK": whole(1, 10000)},
               {"namespace": STRING, "filter": filter_shape, "includeValues": boolean, "includeMetadata": boolean,
                "vector": listed(number, 1, 20000), "id": VECTOR_ID})
DELETE = fields({}, {"ids": listed(VECTOR_ID, 1, 1000), "deleteAll": boolean, "namespace": STRING,
                     "filter": filter_shape})
STATS = fields({}, {"filter": filter_shape})


def holds(condition, record):
    """A field that is missing meets nothing but $exists: what a filter means then is not described."""
    for name, one in condition.items():
        if name == "$and":
            good = all(holds(part, record) for part in one)
        elif name == "$or":
            good = any(holds(part, record) for part in one)
        else:
            one = one if isinstance(one, dict) else {"$eq": one}
            good = all(meets(record, name, operator, operand) for operator, operand in one.items())
        if not good:
            return False
    return True


def meets(record, name, operator, operand):
    if operator == "$exists":
        return (name in record) == operand
    if name not in record:
        return False
    value = record[name]
    values = value if isinstance(value, list) else [value]

    def same(a, b):
        return isinstance(a, bool) == isinstance(b, bool) and isinstance(a, str) == isinstance(b, str) and a == b

    if operator == "$eq":
        return any(same(one, operand) for one in values)
    if operator == "$ne":
        return not any(same(one, operand) for one in values)
    if operator in ("$in", "$nin"):
        return any(same(one, part) for one in values for part in operand) == (operator == "$in")
    if isinstance(value, (bool, str, list)):
        return False
    return {"$gt": value > operand, "$gte": value >= operand, "$lt": value < operand, "$lte": value <= operand}[operator]


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def score_of(metric, a, b):
    dot = sum(x * y for x, y in zip(a, b))
    if metric == "dotproduct":
        return dot
    if metric == "euclidean":
        return sum((x - y) ** 2 for x, y in zip(a, b))
    lengths = math.sqrt(sum(x * x for x in a)) * math.sqrt(sum(x * x for x in b))
    return dot / lengths if lengths else 0.0


class Plane:
    """What control and data plane share."""

    def __init__(self, key):
        self.key = key

    def check_call(self, handler, query, allowed=()):
        check_headers(handler, HEADERS)
        if handler.headers.get("Api-Key") != self.key:
            raise Refused(401, f"Invalid API key: {handler.headers.get('Api-Key')}")
        if handler.headers.get("X-Pinecone-Api-Version") != VERSION:
            raise Refused(400, "X-Pinecone-Api-Version has to be " + VERSION)
        for name, _ in query:
            if name not in allowed:
                raise Refused(400, f"there is no parameter {name}")


class Data(Plane):
    def __init__(self, key, faults, index):
        super().__init__(key)
        self.faults, self.index, self.lock = faults, index, threading.Lock()
        self.spaces, self.seen, self.numbers = {}, {}, {}

    def error(self, refused):
        return {"code": 3, "message": refused.message, "details": []}

    def answer(self, handler, method, path, query, body):
        self.check_call(handler, query, ("ids", "namespace") if path == "/vectors/fetch" else ())
        if self.index["status"]["state"] == "Terminating":
            raise Refused(404, "there is no such index")
        if int(handler.headers.get("Content-Length", 0)) > 2 * 2 ** 20:
            raise Refused(413, "a request of more than 2 MB")
        calls = {("POST", "/vectors/upsert"): (self.upsert, UPSERT), ("POST", "/query"): (self.query, QUERY),
                 ("POST", "/vectors/delete"): (self.delete, DELETE),
                 ("POST", "/describe_index_stats"): (self.stats, STATS)}
        with self.lock:
            if (method, path) == ("GET", "/vectors/fetch"):
                return self.fetch(query)
            if (method, path) not in calls:
                raise Refused(404, f"there is no {method} {path}")
            call, shape = calls[method, path]
            shape(body, "body")
            return call(body)

    def written(self, space, answer):
        self.numbers[space] = self.numbers.get(space, 0) + 1
        return 200, answer, {"x-pinecone-request-lsn": str(self.numbers[space])}

    def read(self, space):
        """What reads see, and the header that tells up to which write."""
        if not self.faults.take("lag"):
            self.seen[space] = (dict(self.spaces.get(space, {})), self.numbers.get(space, 0))
        vectors, last = self.seen.get(space, ({}, 0))
        return vectors, {"x-pinecone-max-indexed-lsn": str(last)}

    def upsert(self, body):
        space = self.spaces.setdefault(body.get("namespace", ""), {})
        for vector in body["vectors"]:
            if len(vector.get("values", [])) != self.index["dimension"]:
                raise Refused(400, f"Vector dimension {len(vector.get('values', []))} does not match the dimension of "
                                   f"the index {self.index['dimension']}")
            if not any(vector["values"]):
                raise Refused(400, f"Dense vectors must contain at least one non-zero value. Vector ID {vector['id']} "
                                   "contains only zeros.")
        if self.faults.take("partly"):
            body["vectors"] = body["vectors"][:len(body["vectors"]) // 2]
        for vector in body["vectors"]:
            kept = {name: float(one) if isinstance(one, int) and not isinstance(one, bool) else one
                    for name, one in vector.get("metadata", {}).items()}
            space[vector["id"]] = {"id": vector["id"], "values": [single(x) for x in vector["values"]], "metadata": kept}
        return self.written(body.get("namespace", ""), {"upsertedCount": len(body["vectors"])})

    def delete(self, body):
        if sum(name in body for name in ("ids", "filter")) + bool(body.get("deleteAll")) != 1:
            raise Refused(400, "one of ids, deleteAll and filter")
        name = body.get("namespace", "")
        if name not in self.spaces:
            raise Refused(404, "Namespace not found")
        space = self.spaces[name]
        if body.get("deleteAll"):
            del self.spaces[name]
        else:
            for one in list(space) if "filter" in body else body["ids"]:
                if one in space and ("ids" in body or holds(body["filter"], space[one]["metadata"])):
                    del space[one]
        return self.written(name, {})

    def query(self, body):
        if ("vector" in body) == ("id" in body):
            raise Refused(400, "one of vector and id")
        space, header = self.read(body.get("namespace", ""))
        vector = body.get("vector") or space.get(body.get("id"), {}).get("values")
        if vector is not None and len(vector) != self.index["dimension"]:
            raise Refused(400, "Vector dimension does not match the dimension of the index")
        found = [one for one in space.values() if "filter" not in body or holds(body["filter"], one["metadata"])]
        scored = [(score_of(self.index["metric"], vector, one["values"]), one) for one in found] if vector else []
        scored.sort(key=lambda pair: pair[0], reverse=self.index["metric"] != "euclidean")
        matches = []
        for score, one in scored[:body["topK"]]:
            match = {"id": one["id"], "score": single(score), "values": one["values"] if body.get("includeValues") else []}
            if body.get("includeMetadata"):
                match["metadata"] = one["metadata"]
            matches.append(match)
        return 200, {"results": [], "matches": matches, "namespace": body.get("namespace", ""),
                     "usage": {"readUnits": 1}}, header

    def fetch(self, query):
        ids = [value for name, value in query if name == "ids"]
        spaces = [value for name, value in query if name == "namespace"]
        if not ids or len(ids) > 1000 or len(spaces) > 1 or any(" " in one for one in ids):
            raise Refused(400, "ids, at most 1000 and without spaces, and at most one namespace")
        space, header = self.read(spaces[0] if spaces else "")
        return 200, {"vectors": {one: space[one] for one in ids if one in space},
                     "namespace": spaces[0] if spaces else "", "usage": {"readUnits": 1}}, header

    def stats(self, body):
        if "filter" in body:
            raise Refused(400, "Serverless and Starter indexes do not support describing index stats with metadata filtering")
        counts = {name: {"vectorCount": len(space)} for name, space in self.spaces.items()}
        return 200, {"namespaces": counts, "dimension": self.index["dimension"], "indexFullness": 0,
                     "totalVectorCount": sum(one["vectorCount"] for one in counts.values()),
                     "metric": self.index["metric"], "vectorType": "dense"}, {}


class Control(Plane):
    def __init__(self, key, faults, open_port):
        super().__init__(key)
        self.faults, self.open_port, self.indexes, self.lock = faults, open_port, {}, threading.Lock()

    def error(self, refused):
        codes = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS"}
        return {"error": {"code": codes.get(refused.status, "UNKNOWN"), "message": refused.message},
                "status": refused.status}

    def answer(self, handler, method, path, query, body):
        self.check_call(handler, query)
        name = re.fullmatch(r"/indexes/([^/]+)", path)
        with self.lock:
            if (method, path) == ("GET", "/indexes"):
                return 200, {"indexes": list(self.indexes.values())}, {}
            if (method, path) == ("POST", "/indexes"):
                return self.create(body)
            if not name or method not in ("GET", "DELETE"):
                raise Refused(404, f"there is no {method} {path}")
            if name[1] not in self.indexes:
                raise Refused(404, f"Resource {name[1]} not found")
            if method == "DELETE":
                self.indexes.pop(name[1])["status"] = {"ready": False, "state": "Terminating"}
                return 202, None, {}
            return 200, self.indexes[name[1]], {}

    def create(self, body):
        INDEX(body, "body")
        if "dimension" not in body:
            raise Refused(400, "body: dimension is missing")
        if body["name"] in self.indexes:
            raise Refused(409, "Resource already exists")
        index = {"name": body["name"], "dimension": body["dimension"], "metric": body.get("metric", "cosine"),
                 "deletion_protection": body.get("deletion_protection", "disabled"), "vector_type": "dense",
                 "tags": body.get("tags"), "spec": body["spec"], "status": {"ready": True, "state": "Ready"}}
        index["host"] = f"127.0.0.1:{self.open_port(Data(self.key, self.faults, index))}"
        self.indexes[body["name"]] = index
        return 201, index, {}


if __name__ == "__main__":
    main(Control)
