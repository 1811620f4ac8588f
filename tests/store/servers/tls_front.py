#!/usr/bin/env python3
"""A PostgreSQL without TLS comes in; one with TLS goes out: what a client encrypts is passed on in the clear, on loopback.

    python3 tests/store/servers/tls_front.py HOST:PORT CERTIFICATE KEY

Prints {"port": …}, and ends with its input.
"""

import json
import socket
import ssl
import sys
import threading

REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # SSLRequest


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        pass
    for one in (source, target):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def serve(client, target, context):
    try:
        if client.recv(8, socket.MSG_WAITALL) != REQUEST:
            client.close()
            return
        client.sendall(b"S")
        client = context.wrap_socket(client, server_side=True)
    except OSError:
        client.close()
        return
    server = socket.create_connection(target)
    threading.Thread(target=pump, args=(server, client), daemon=True).start()
    pump(client, server)


def main():
    host, port = sys.argv[1].split(":")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client, (host, int(port)), context), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
