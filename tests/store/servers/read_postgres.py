#!/usr/bin/env python3
"""A table that PgvectorStore wrote and a query come in; what psycopg finds in it goes out, and is checked.

    python3 tests/store/servers/read_postgres.py HOST:PORT PASSWORD TABLE NUMBERS IDS

IDS are those that the store found for lang = "de", in order of the cosine.
"""

import sys

import psycopg


def main():
    address, password, table, numbers, ids = sys.argv[1:]
    host, port = address.split(":")
    with psycopg.connect(host=host, port=port, user="postgres", password=password, dbname="postgres") as connection:
        rows = connection.execute(
            f'SELECT id, body, metadata, vector_dims(embedding) FROM "{table}" WHERE metadata @> %s::jsonb '
            "ORDER BY embedding <=> %s::vector", ('{"lang": "de"}', f"[{numbers}]")).fetchall()
    assert [row[0] for row in rows][:len(ids.split(","))] == ids.split(","), rows
    for name, body, metadata, dims in rows:
        assert body == "text " + name[1:] and metadata["lang"] == "de" and dims == 8, (name, body, metadata, dims)


if __name__ == "__main__":
    main()
