"""pipe.py PORT: standard input and output as a connection to that port of this machine."""
import os
import socket
import sys
import threading

sock = socket.create_connection(("127.0.0.1", int(sys.argv[1])))


def from_server():
    while chunk := sock.recv(65536):
        os.write(1, chunk)
    os.close(1)


threading.Thread(target=from_server, daemon=True).start()
while text := os.read(0, 65536):
    sock.sendall(text)
try:
    sock.shutdown(socket.SHUT_RDWR)
except OSError:
    pass  # the server was first
