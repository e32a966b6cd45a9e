"""The scripted server, and the relay that records what goes to a real one."""
import re
import socket
import ssl
import threading
import time

from script import octets

DEFAULTS = {
    "LOGIN": ["T OK LOGIN completed"],
    "SELECT": ["* 3 EXISTS", "* 0 RECENT", "* FLAGS (\\Seen)", "* OK [UIDVALIDITY 7] ok", "T OK [READ-WRITE] selected"],
    "EXAMINE": ["* 3 EXISTS", "* 0 RECENT", "* FLAGS (\\Seen)", "* OK [UIDVALIDITY 7] ok", "T OK [READ-ONLY] examined"],
    "LOGOUT": ["* BYE logging out", "T OK LOGOUT completed"],
    "APPEND": ["+ go", "?", "T OK APPEND completed"],
    "IDLE": ["+ idling", "?", "T OK IDLE ends"],
    "AUTHENTICATE": ["+", "?", "T OK authenticated"],
}
PATIENCE = 20  # seconds until a silent client is given up


class Gone(Exception):
    pass


class Connection:
    """One connection, played by one script. Keeps all octets that the client sent."""

    def __init__(self, sock, script, tls, received):
        self.sock, self.script, self.tls, self.received, self.pending = sock, script, tls, received, b""
        self.answers = {name: list(blocks) for name, blocks in script.answers.items()}
        self.literal = 0

    def fill(self):
        chunk = self.sock.recv(65536)
        if not chunk:
            raise Gone
        self.received += chunk
        self.pending += chunk

    def unit(self):
        """One line, behind the literal that was asked for."""
        while len(self.pending) < self.literal or b"\r\n" not in self.pending[self.literal :]:
            self.fill()
        end = self.pending.index(b"\r\n", self.literal) + 2
        unit, self.pending = self.pending[:end], self.pending[end:]
        announced = re.search(rb"\{(\d+)\}\r\n\Z", unit)
        self.literal = int(announced[1]) if announced else 0
        return unit

    def play(self, block, tag):
        waiting = b""  # lines between two events go out in one packet
        for step in block:
            if not step.startswith("<") and step != "?":
                raw = step.endswith("<raw>")
                text = octets(step.removesuffix("<raw>"))
                waiting += re.sub(rb"\AT(?= |\Z)", lambda _: tag, text) + (b"" if raw else b"\r\n")
                continue
            special = re.fullmatch(r"<(\w+)(?: (\S+))?>", step)
            if step != "?" and not special:
                waiting += octets(step) + b"\r\n"
                continue
            if waiting:
                self.sock.sendall(waiting)
                waiting = b""
            if step == "?":
                self.unit()
            elif special[1] == "close":
                raise Gone
            elif special[1] == "sleep":
                time.sleep(float(special[2]))
            elif special[1] == "tls":
                self.pending = b""
                self.sock = self.tls.wrap_socket(self.sock, server_side=True)
        if waiting:
            self.sock.sendall(waiting)

    def answer(self, line):
        words = line.rstrip(b"\r\n").split(b" ")
        tag, name = words[0], (words[1] if len(words) > 1 else b"").decode("latin-1").upper()
        if name == "UID" and len(words) > 2 and "UID" not in self.answers:
            name = "UID " + words[2].decode("latin-1").upper()
        blocks = self.answers.get(name)
        if blocks:
            block = blocks.pop(0) if len(blocks) > 1 else blocks[0]
        elif name == "CAPABILITY":
            block = [f"* CAPABILITY {self.script.caps}", "T OK done"]
        else:
            block = DEFAULTS.get(name, ["T OK done"])
        self.play(block, tag)

    def run(self):
        self.sock.settimeout(PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.script.settings.get("transport") == "tls":
                self.sock = self.tls.wrap_socket(self.sock, server_side=True)
            greeting = self.script.greeting
            if greeting is None:
                greeting = ["* PREAUTH hi" if self.script.start in ("auth", "selected") else "* OK hi"]
            self.play(greeting, b"T")
            while True:
                self.answer(self.unit())
        except (Gone, OSError):
            pass
        finally:
            self.sock.close()


class Scripted:
    """Listens for one script."""

    def __init__(self, script, tls):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.received, self.script, self.tls, self.connections = bytearray(), script, tls, []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=Connection(sock, self.script, self.tls, self.received).run, daemon=True)
            self.connections.append(thread)
            thread.start()

    def finish(self):
        """\\return what the clients sent. They must be done."""
        self.listener.close()
        for thread in self.connections:
            thread.join(PATIENCE)
        return bytes(self.received)


class Relay:
    """Passes octets on to a real server and keeps those of the client."""

    def __init__(self, host, port):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port, self.to, self.received, self.threads = self.listener.getsockname()[1], (host, port), bytearray(), []
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(self.to)
            for source, sink, record in ((client, server, self.received), (server, client, bytearray())):
                thread = threading.Thread(target=self.copy, args=(source, sink, record), daemon=True)
                self.threads.append(thread)
                thread.start()

    @staticmethod
    def copy(source, sink, record):
        try:
            while chunk := source.recv(65536):
                record += chunk
                sink.sendall(chunk)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def finish(self):
        self.listener.close()
        for thread in self.threads:
            thread.join(PATIENCE)
        return bytes(self.received)


def tls_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
