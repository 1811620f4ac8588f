#!/usr/bin/env python3
"""An official client of Weaviate talks to the contract server: what it says is what the server takes.

    python3 tests/store/servers/drive_weaviate.py

Version 4 says schemas, tenants and single objects by REST, and a query of one's own by GraphQL; version 3 batches and
filters, too, which version 4 says by gRPC. The one that is installed is driven.
"""

import json
import pathlib
import subprocess
import sys
import uuid

import weaviate


def version_4(port):
    from weaviate.classes.config import Configure, DataType, Property, Tokenization, VectorDistances
    from weaviate.classes.init import AdditionalConfig, Auth

    client = weaviate.connect_to_custom("127.0.0.1", port, False, "127.0.0.1", 1, False, skip_init_checks=True,
                                        auth_credentials=Auth.api_key("k"))
    with client:
        client.collections.create(
            "Books", properties=[Property(name="title", data_type=DataType.TEXT, tokenization=Tokenization.FIELD)],
            vectorizer_config=Configure.Vectorizer.none(),
            vector_index_config=Configure.VectorIndex.hnsw(distance_metric=VectorDistances.L2_SQUARED))
        books = client.collections.get("Books")
        books.config.add_property(Property(name="year", data_type=DataType.NUMBER))
        one = books.data.insert({"title": "a b", "year": 2020}, vector=[1.0, 0.0])
        assert books.data.exists(one) and not books.data.exists(uuid.uuid4())
        answer = client.graphql_raw_query('{Get{Books(limit: 3, nearVector: {vector: [0, 0]}, where: {operator: And, operands: '
                                          '[{path: ["title"], operator: Equal, valueText: "a b"}, {path: ["year"], '
                                          'operator: GreaterThan, valueNumber: 2019}]}){title _additional{id distance}}}}')
        assert answer.errors is None and answer.get["Books"][0]["_additional"] == {"id": str(one), "distance": 1}, answer
        assert client.graphql_raw_query("{Get{Books(limits: 3){title}}}").errors
        assert books.data.delete_by_id(one)
        client.collections.create("Shared", vectorizer_config=Configure.Vectorizer.none(),
                                  multi_tenancy_config=Configure.multi_tenancy(enabled=True))
        shared = client.collections.get("Shared")
        shared.tenants.create(["t1", "t2"])
        shared.with_tenant("t1").data.insert({}, vector=[1.0])
        client.collections.delete("Books")
        assert not client.collections.exists("Books")


def version_3(port):
    client = weaviate.Client(f"http://127.0.0.1:{port}", auth_client_secret=weaviate.AuthApiKey("k"))
    client.schema.create_class({"class": "Books", "vectorizer": "none", "properties": [
        {"name": "title", "dataType": ["text"], "tokenization": "field"}, {"name": "tags", "dataType": ["text[]"],
                                                                           "tokenization": "field"},
        {"name": "year", "dataType": ["number"]}]})
    ids = [str(uuid.uuid4()) for _ in range(3)]
    client.batch.configure(batch_size=2)
    with client.batch as batch:
        for i, one in enumerate(ids):
            batch.add_data_object({"title": f"t{i}", "tags": ["x", f"y{i}"], "year": 2000 + i}, "Books", one, [1, i])
    where = {"operator": "And", "operands": [
        {"path": ["tags"], "operator": "ContainsAny", "valueTextArray": ["y1", "y2"]},
        {"path": ["year"], "operator": "LessThan", "valueNumber": 2002}]}
    found = (client.query.get("Books", ["title"]).with_near_vector({"vector": [1, 1]}).with_where(where).with_limit(5)
             .with_additional(["id", "distance"]).do())
    assert [one["title"] for one in found["data"]["Get"]["Books"]] == ["t1"], found
    count = client.query.aggregate("Books").with_meta_count().do()
    assert count["data"]["Aggregate"]["Books"][0]["meta"]["count"] == 3, count
    done = client.batch.delete_objects("Books", {"path": ["id"], "operator": "ContainsAny", "valueTextArray": ids[:2]})
    assert done["results"]["successful"] == 2, done
    assert client.data_object.get_by_id(ids[2], class_name="Books", with_vector=True)["properties"]["title"] == "t2"
    client.schema.delete_class("Books")


def main():
    here = pathlib.Path(__file__).resolve().parent
    server = subprocess.Popen([sys.executable, here / "weaviate_server.py", "--key", "k"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        port = json.loads(server.stdout.readline())["port"]
        (version_3 if weaviate.__version__.startswith("3.") else version_4)(port)
    finally:
        server.stdin.close()
        server.wait(10)


if __name__ == "__main__":
    main()
