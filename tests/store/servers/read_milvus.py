#!/usr/bin/env python3
"""A collection that MilvusStore wrote and a query come in; what pymilvus finds in it is checked.

    python3 tests/store/servers/read_milvus.py HOST:PORT COLLECTION NUMBERS IDS

IDS are those that the store found for lang = "de", in order of the cosine.
"""

import sys

from pymilvus import MilvusClient


def main():
    address, collection, numbers, ids = sys.argv[1:]
    client = MilvusClient(uri="http://" + address)
    query = [float(number) for number in numbers.split(",")]
    hits = client.search(collection, data=[query], limit=len(ids.split(",")), filter='metadata["lang"] == "de"',
                         output_fields=["id", "body", "metadata"])[0]
    assert [hit["entity"]["id"] for hit in hits] == ids.split(","), hits
    for hit in hits:
        entity = hit["entity"]
        assert entity["body"] == "text " + entity["id"][1:] and entity["metadata"]["lang"] == "de", hit
    rows = client.query(collection, filter='id == "r7"', output_fields=["pk", "embedding", "name_space", "tags"])
    assert len(rows) == 1 and rows[0]["pk"] == "r7" and len(rows[0]["embedding"]) == 8, rows
    assert rows[0]["name_space"] == "", rows


if __name__ == "__main__":
    main()
