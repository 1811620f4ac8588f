#!/usr/bin/env python3
"""The official client of Pinecone comes in and talks to the contract server: what it says is what the server takes.

    python3 tests/store/servers/drive_pinecone.py
"""

import json
import pathlib
import subprocess
import sys

from pinecone import Pinecone, ServerlessSpec


def main():
    here = pathlib.Path(__file__).resolve().parent
    server = subprocess.Popen([sys.executable, here / "pinecone_server.py", "--key", "k"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    try:
        port = json.loads(server.stdout.readline())["port"]
        client = Pinecone(api_key="k", host=f"http://127.0.0.1:{port}", ssl_verify=False)
        client.create_index("books", dimension=3, metric="euclidean", spec=ServerlessSpec(cloud="aws", region="us-east-1"),
                            timeout=-1)
        about = client.describe_index("books")
        assert about.dimension == 3 and about.metric == "euclidean", about
        index = client.Index(host="http://" + about.host)
        index.upsert([{"id": "a", "values": [1.0, 0.0, 0.0], "metadata": {"lang": "de", "year": 2020, "tags": ["x", "y"]}},
                      {"id": "b", "values": [0.0, 1.0, 0.0], "metadata": {"lang": "en"}}], namespace="n")
        found = index.query(vector=[0.0, 0.0, 0.0], top_k=5, namespace="n", include_metadata=True,
                            filter={"$and": [{"lang": {"$in": ["de"]}}, {"year": {"$gte": 2019}}, {"tags": "x"}]})
        assert [(one.id, one.score) for one in found.matches] == [("a", 1)], found
        assert found.matches[0].metadata["year"] == 2020, found
        assert set(index.fetch(ids=["a", "c"], namespace="n").vectors) == {"a"}
        assert index.describe_index_stats().namespaces["n"].vector_count == 2
        index.delete(ids=["a"], namespace="n")
        assert index.describe_index_stats().namespaces["n"].vector_count == 1
        for wrong in ({"lang": {"$like": "d"}}, {"lang": {"$gt": "d"}}):
            try:
                index.query(vector=[0.0, 0.0, 0.0], top_k=1, filter=wrong)
            except Exception as error:
                assert "400" in str(error) or "operator" in str(error) or "number" in str(error), error
            else:
                raise AssertionError(f"taken: {wrong}")
        index.delete(delete_all=True, namespace="n")
        client.delete_index("books", timeout=-1)
        assert not client.list_indexes().names()
    finally:
        server.stdin.close()
        server.wait(10)


if __name__ == "__main__":
    main()
