# A model hub of one folder on the loopback interface:  hub_server.py FOLDER FAULT FILE_FOR_PORT
# Announces length and SHA-256 as the public hub does. FAULT is what goes wrong with model.safetensors: none, cut (the
# connection ends early), altered (a byte differs from what was announced), missing (404); silent: no answer to anything.
import hashlib
import http.server
import os
import sys
import time

folder, fault, port_file = sys.argv[1:]


class Hub(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if fault == "silent":
            time.sleep(60)
        path = folder + self.path
        if not os.path.isfile(path) or (fault == "missing" and path.endswith(".safetensors")):
            self.send_error(404)
            return
        data = open(path, "rb").read()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("X-Linked-ETag", '"' + hashlib.sha256(data).hexdigest() + '"')
        self.end_headers()
        if path.endswith(".safetensors"):
            if fault == "cut":
                data = data[: len(data) // 2]
            if fault == "altered":
                data = data[:-1] + bytes([data[-1] ^ 1])
        self.wfile.write(data)

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Hub)
open(port_file + ".new", "w").write(str(server.server_port))
os.rename(port_file + ".new", port_file)
server.serve_forever()
