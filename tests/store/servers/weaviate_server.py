#!/usr/bin/env python3
"""A contract server for Weaviate: its published REST interface (schema, objects, batches, tenants) and the GraphQL
queries Get and Aggregate, as far as the connector uses them. What they do not describe is refused.

    python3 tests/store/servers/weaviate_server.py [--key KEY] [--tls CERTIFICATE KEY] [--port N]

See strict_server.py. Like the real one, it gives vectors back at unit length where the distance is the cosine, and cuts
blanks off texts that it compares.
"""

import math
import re
import struct
import threading
import uuid

import weaviate_filter
import weaviate_graphql
from strict_server import (Refused, anything, boolean, check_headers, fields, listed, main, number, one_of, text, whole)

HEADERS = {"authorization", "x-weaviate-client", "x-weaviate-client-integration", "x-weaviate-cluster-url",
           "x-openai-api-key"}
STRING = text(10 ** 9)
CLASS_NAME = text(255, 1, r"[A-Z][_0-9A-Za-z]*")
TENANT_NAME = text(64, 1, r"[A-Za-z0-9_-]+")
PROPERTY = fields(
    {"name": text(231, 1, r"[_A-Za-z][_0-9A-Za-z]*"),
     "dataType": listed(one_of("text", "text[]", "number", "number[]", "int", "int[]", "boolean", "boolean[]"), 1, 1)},
    {"description": STRING, "moduleConfig": anything, "indexInverted": boolean, "indexFilterable": boolean,
     "indexSearchable": boolean, "indexRangeFilters": boolean,
     "tokenization": one_of("word", "lowercase", "whitespace", "field", "trigram"), "nestedProperties": anything})
DISTANCE = one_of("cosine", "dot", "l2-squared", "manhattan", "hamming")
INDEX_CONFIG = fields({}, {"distance": DISTANCE, **{name: anything for name in (
    "ef", "efConstruction", "maxConnections", "dynamicEfMin", "dynamicEfMax", "dynamicEfFactor", "vectorCacheMaxObjects",
    "flatSearchCutoff", "cleanupIntervalSeconds", "skip", "pq", "bq", "sq", "rq", "filterStrategy", "multivector")}})
CLASS = fields(
    {"class": CLASS_NAME},
    {"description": STRING, "vectorizer": one_of("none"), "vectorIndexType": one_of("hnsw", "flat", "dynamic"),
     "vectorIndexConfig": INDEX_CONFIG, "properties": listed(PROPERTY), "moduleConfig": anything,
     "multiTenancyConfig": fields({}, {"enabled": boolean, "autoTenantCreation": boolean, "autoTenantActivation": boolean}),
     "invertedIndexConfig": anything, "replicationConfig": anything, "shardingConfig": anything})
OBJECT = fields({"class": CLASS_NAME},
                {"id": text(36, 36), "vector": listed(number), "vectors": anything, "properties": anything,
                 "tenant": TENANT_NAME})
BATCH = fields({"objects": listed(OBJECT, 1)}, {"fields": listed(one_of("ALL", "class", "schema", "id", "creationTimeUnix"))})
DELETE = fields({"match": fields({"class": CLASS_NAME, "where": anything})},
                {"output": one_of("minimal", "verbose"), "dryRun": boolean, "deletionTimeUnixMilli": whole(0, 2 ** 62)})
QUERY = fields({"query": STRING}, {"operationName": STRING, "variables": anything})
TENANTS = listed(fields({"name": TENANT_NAME}, {"activityStatus": one_of("ACTIVE", "INACTIVE", "HOT", "COLD")}), 1)


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def unit(vector):
    length = math.sqrt(sum(x * x for x in vector))
    return [single(x / length) for x in vector] if length else vector


def distance_of(kind, a, b):
    if kind == "dot":
        return -sum(x * y for x, y in zip(a, b))
    if kind == "l2-squared":
        return sum((x - y) ** 2 for x, y in zip(a, b))
    if kind == "manhattan":
        return sum(abs(x - y) for x, y in zip(a, b))
    return 1 - sum(x * y for x, y in zip(unit(a), unit(b)))


class Collection:
    def __init__(self, about):
        self.about, self.tenants, self.dims = about, {}, None
        about.setdefault("properties", [])
        about.setdefault("vectorizer", "none")
        about.setdefault("vectorIndexType", "hnsw")
        about.setdefault("vectorIndexConfig", {}).setdefault("distance", "cosine")
        about.setdefault("multiTenancyConfig", {}).setdefault("enabled", False)
        about["replicationConfig"] = {"factor": 1}
        about["invertedIndexConfig"] = {"bm25": {"b": 0.75, "k1": 1.2}, "cleanupIntervalSeconds": 60,
                                        "stopwords": {"preset": "en"}}
        about.setdefault("shardingConfig", {})
        if not self.has_tenants:
            self.tenants[None] = {}

    @property
    def has_tenants(self):
        return self.about["multiTenancyConfig"]["enabled"]

    @property
    def distance(self):
        return self.about["vectorIndexConfig"]["distance"]

    @property
    def properties(self):
        return {one["name"]: one for one in self.about["properties"]}

    def objects(self, tenant):
        if self.has_tenants and tenant is None:
            raise Refused(422, "class has multi-tenancy enabled, but request was without tenant")
        if not self.has_tenants and tenant is not None:
            raise Refused(422, "class has multi-tenancy disabled, but request was with tenant")
        if tenant not in self.tenants:
            raise Refused(422, f"tenant not found: {tenant}")
        return self.tenants[tenant]

    def put(self, one):
        """Checks an object as a whole, and keeps it."""
        objects, known = self.objects(one.get("tenant")), self.properties
        kinds = {"text": str, "number": (int, float), "int": int, "boolean": bool}
        for name, value in one.get("properties", {}).items():
            if name not in known:
                raise Refused(422, f"invalid object: no such prop with name '{name}' found in class")
            kind = known[name]["dataType"][0]
            parts = value if kind.endswith("[]") else [value]
            if not isinstance(parts, list) or any(not isinstance(part, kinds[kind.removesuffix("[]")]) for part in parts):
                raise Refused(422, f"invalid object: {name} is no {kind}")
            if kind == "number" and isinstance(value, bool):
                raise Refused(422, f"invalid object: {name} is no {kind}")
        vector = [single(x) for x in one.get("vector", [])]
        if self.dims not in (None, len(vector)):
            raise Refused(422, f"vector lengths don't match: {self.dims} vs {len(vector)}")
        self.dims = len(vector)
        name = one.get("id") or str(uuid.uuid4())
        try:
            uuid.UUID(name)
        except ValueError:
            raise Refused(422, f"invalid UUID: {name}")
        kept = {**one, "id": name.lower(), "vector": unit(vector) if self.distance == "cosine" else vector,
                "properties": one.get("properties", {})}
        objects[kept["id"]] = kept
        return kept


class Weaviate:
    def __init__(self, key, faults, open_port):
        self.key, self.faults, self.lock, self.collections = key, faults, threading.Lock(), {}

    def error(self, refused):
        if refused.status == 401:
            return {"code": 401, "message": refused.message}
        return {"error": [{"message": refused.message}]}

    def answer(self, handler, method, path, query, body):
        check_headers(handler, HEADERS)
        if path in ("/v1/.well-known/ready", "/v1/.well-known/live"):
            return 200, None, {}
        if path == "/v1/.well-known/openid-configuration":
            return 404, None, {}
        if self.key and handler.headers.get("Authorization") != "Bearer " + self.key:
            raise Refused(401, f"unauthorized: invalid api key: {handler.headers.get('Authorization')}")
        with self.lock:
            return self.route(method, path, dict(query), body)

    def route(self, method, path, query, body):
        calls = [("GET", "/v1/meta", self.meta, ()), ("GET", "/v1/nodes", self.nodes, ("output",)),
                 ("GET", "/v1/schema", self.schema, ()),
                 ("POST", "/v1/schema", self.make_class, ()), ("GET", "/v1/schema/([^/]+)", self.get_class, ()),
                 ("DELETE", "/v1/schema/([^/]+)", self.drop_class, ()),
                 ("POST", "/v1/schema/([^/]+)/properties", self.add_property, ()),
                 ("GET", "/v1/schema/([^/]+)/tenants", self.get_tenants, ()),
                 ("POST", "/v1/schema/([^/]+)/tenants", self.add_tenants, ()),
                 ("DELETE", "/v1/schema/([^/]+)/tenants", self.drop_tenants, ()),
                 ("POST", "/v1/batch/objects", self.put_objects, ("consistency_level",)),
                 ("DELETE", "/v1/batch/objects", self.delete_objects, ("tenant", "consistency_level")),
                 ("POST", "/v1/objects", self.put_object, ("consistency_level",)),
                 ("GET", "/v1/objects/([^/]+)/([^/]+)", self.get_object, ("include", "tenant", "consistency_level")),
                 ("HEAD", "/v1/objects/([^/]+)/([^/]+)", self.has_object, ("tenant", "consistency_level")),
                 ("DELETE", "/v1/objects/([^/]+)/([^/]+)", self.delete_object, ("tenant", "consistency_level")),
                 ("POST", "/v1/graphql", self.graphql, ())]
        for known, pattern, call, parameters in calls:
            found = re.fullmatch(pattern, path)
            if known == method and found:
                for name in query:
                    if name not in parameters:
                        raise Refused(400, f"there is no parameter {name}")
                status, answer = call(query, body, *found.groups())
                return status, answer, {}
        raise Refused(404, f"there is no {method} {path}")

    def collection(self, name, status=404):
        if name not in self.collections:
            raise Refused(status, f"could not find class {name} in schema")
        return self.collections[name]

    def meta(self, query, body):
        return 200, {"hostname": "http://[::]:8080", "modules": {}, "version": "1.33.0"}

    def nodes(self, query, body):
        return 200, {"nodes": [{"name": "one", "status": "HEALTHY", "version": "1.33.0", "gitHash": "", "shards": None,
                                "stats": {"objectCount": 0, "shardCount": 0},
                                "batchStats": {"queueLength": 0, "ratePerSecond": 0}}]}

    def schema(self, query, body):
        return 200, {"classes": [one.about for one in self.collections.values()]}

    def make_class(self, query, body):
        CLASS(body, "body")
        if body["class"] in self.collections:
            raise Refused(422, f"class name {body['class']} already exists")
        for one in body.get("properties", []):
            self.check_property(one)
        names = [one["name"].lower() for one in body.get("properties", [])]
        if len(set(names)) < len(names):
            raise Refused(422, "conflict for property: already in use or provided multiple times")
        self.collections[body["class"]] = Collection(body)
        return 200, body

    @staticmethod
    def check_property(one):
        kind = one["dataType"][0].removesuffix("[]")
        if one.get("tokenization") and kind != "text":
            raise Refused(422, "tokenization is for text")
        if one.get("indexSearchable") and kind != "text":
            raise Refused(422, "`indexSearchable` is allowed only for text/text[] data types")
        if one.get("indexRangeFilters") and one["dataType"][0] not in ("int", "number", "date"):
            raise Refused(422, "`indexRangeFilters` is allowed only for number/int/date data types")
        if one["name"] in ("id", "_id", "_additional"):
            raise Refused(422, f"{one['name']} is a reserved property name")
        one.setdefault("indexFilterable", True)
        one.setdefault("indexSearchable", kind == "text")
        one.setdefault("indexRangeFilters", False)
        if kind == "text":
            one.setdefault("tokenization", "word")

    def get_class(self, query, body, name):
        return 200, self.collection(name).about

    def drop_class(self, query, body, name):
        self.collections.pop(name, None)
        return 200, None

    def add_property(self, query, body, name):
        PROPERTY(body, "body")
        self.check_property(body)
        collection = self.collection(name, 422)
        if body["name"].lower() in (name.lower() for name in collection.properties):
            raise Refused(422, f"conflict for property {body['name']!r}: already in use or provided multiple times")
        collection.about["properties"].append(body)
        return 200, body

    def get_tenants(self, query, body, name):
        collection = self.collection(name)
        if not collection.has_tenants:
            raise Refused(422, "multi-tenancy is not enabled for class")
        return 200, [{"name": tenant, "activityStatus": "ACTIVE"} for tenant in collection.tenants]

    def add_tenants(self, query, body, name):
        TENANTS(body, "body")
        collection = self.collection(name)
        if not collection.has_tenants:
            raise Refused(422, "multi-tenancy is not enabled for class")
        for one in body:
            collection.tenants.setdefault(one["name"], {})
        return 200, body

    def drop_tenants(self, query, body, name):
        listed(TENANT_NAME, 1)(body, "body")
        for one in body:
            self.collection(name).tenants.pop(one, None)
        return 200, None

    def put_objects(self, query, body):
        """An object that is wrong does not keep the others from being stored."""
        BATCH(body, "body")
        answers = []
        for one in body["objects"]:
            try:
                kept = self.collection(one["class"], 422).put(one)
                answers.append({**kept, "deprecations": None, "result": {"status": "SUCCESS"}})
            except Refused as refused:
                answers.append({**one, "result": {"status": "FAILED", "errors": {"error": [{"message": refused.message}]}}})
        return 200, answers

    def delete_objects(self, query, body):
        DELETE(body, "body")
        collection = self.collection(body["match"]["class"], 422)
        objects = collection.objects(query.get("tenant"))
        weaviate_filter.check(body["match"]["where"], collection.properties, is_rest=True)
        found = [name for name, one in objects.items() if weaviate_filter.holds(body["match"]["where"], one)]
        if not body.get("dryRun"):
            for name in found:
                del objects[name]
        return 200, {**body, "results": {"matches": len(found), "limit": 10000, "successful": len(found), "failed": 0,
                                         "objects": None}}

    def put_object(self, query, body):
        OBJECT(body, "body")
        return 200, self.collection(body["class"], 422).put(body)

    def get_object(self, query, body, name, one):
        objects = self.collection(name).objects(query.get("tenant"))
        if one.lower() not in objects:
            raise Refused(404, "")
        return 200, objects[one.lower()]

    def has_object(self, query, body, name, one):
        self.get_object(query, body, name, one)
        return 204, None

    def delete_object(self, query, body, name, one):
        if self.collection(name).objects(query.get("tenant")).pop(one.lower(), None) is None:
            raise Refused(404, "")
        return 204, None

    def graphql(self, query, body):
        """Errors of a query come with status 200."""
        QUERY(body, "body")
        try:
            return 200, {"data": self.data_of(weaviate_graphql.parse(body["query"]))}
        except Refused as refused:
            with self.faults.lock:
                self.faults.refused.append(f"graphql: {refused.status} {refused.message}")
            return 200, {"data": None, "errors": [{"message": refused.message, "path": None, "locations": []}]}

    def data_of(self, selection):
        out = {}
        for kind, arguments, classes in selection:
            if kind not in ("Get", "Aggregate") or arguments or not classes:
                raise Refused(422, f'Cannot query field "{kind}" on type "WeaviateObj"')
            out[kind] = {name: (self.get if kind == "Get" else self.aggregate)(self.collection(name, 422), wanted, inner)
                         for name, wanted, inner in classes}
        return out

    def aggregate(self, collection, arguments, selection):
        if set(arguments) - {"tenant"} or selection != [("meta", {}, [("count", {}, None)])]:
            raise Refused(422, "this server knows only the count of all objects")
        return [{"meta": {"count": len(collection.objects(arguments.get("tenant")))}}]

    def get(self, collection, arguments, selection):
        unknown = set(arguments) - {"nearVector", "limit", "where", "tenant"}
        if unknown:
            raise Refused(422, f'Unknown argument "{unknown.pop()}"')
        limit = arguments.get("limit", 25)
        if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 10000:
            raise Refused(422, "limit has to be a whole number from 1 to QUERY_MAXIMUM_RESULTS")
        found = list(collection.objects(arguments.get("tenant")).values())
        if "where" in arguments:
            weaviate_filter.check(arguments["where"], collection.properties, is_rest=False)
            found = [one for one in found if weaviate_filter.holds(arguments["where"], one)]
        distances = {}
        if "nearVector" in arguments:
            fields({"vector": listed(number, 1)}, {"distance": number, "certainty": number})(arguments["nearVector"],
                                                                                             "nearVector")
            vector = [single(x) for x in arguments["nearVector"]["vector"]]
            if collection.dims not in (None, len(vector)):
                raise Refused(422, f"vector lengths don't match: {collection.dims} vs {len(vector)}")
            distances = {one["id"]: single(distance_of(collection.distance, vector, one["vector"])) for one in found}
            found.sort(key=lambda one: distances[one["id"]])
        return [self.selected(collection, one, distances.get(one["id"]), selection) for one in found[:limit]]

    @staticmethod
    def selected(collection, one, distance, selection):
        out = {}
        for name, arguments, inner in selection:
            if name == "_additional" and inner and not arguments:
                values = {"id": one["id"], "vector": one["vector"], "distance": distance}
                for part, more, deeper in inner:
                    if part not in values or more or deeper:
                        raise Refused(422, f'Cannot query field "{part}" on type "AdditionalProps"')
                out[name] = {part: values[part] for part, _, _ in inner}
            elif name in collection.properties and not arguments and inner is None:
                out[name] = one["properties"].get(name)
            else:
                raise Refused(422, f'Cannot query field "{name}"')
        return out


if __name__ == "__main__":
    main(Weaviate)
