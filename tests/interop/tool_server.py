"""The server that the environment names, for tests of programs: the embedded one is started as `imapxx serve`."""
import imaplib
import os
import re
import ssl
import subprocess
import sys

SECONDS = 60
USER = "user4"


def test_password():
    """As tests/support/password.hpp says."""
    if "IMAPXX_TEST_PASSWORD" in os.environ:
        return os.environ["IMAPXX_TEST_PASSWORD"]
    if "IMAPXX_TEST_PASSWORD_FILE" in os.environ:
        with open(os.environ["IMAPXX_TEST_PASSWORD_FILE"], encoding="ascii") as file:
            return file.read().strip()
    return "pass"


PASSWORD = test_password()


class Server:
    def __init__(self):
        self.child = None
        self.name = os.environ["IMAPXX_SERVER"]
        if self.name == "embedded":
            self.child = subprocess.Popen([os.environ["IMAPXX_CLI"], "serve", "--tls", "--user", f"{USER}:{PASSWORD}"],
                                          stdout=subprocess.PIPE, text=True)
            for line in self.child.stdout:
                if line.startswith("URL: "):
                    self.host, self.port = re.search(r"@([^:/]+):(\d+)", line).groups()
                if line.startswith("CA file: "):
                    self.ca = line.split()[2]
                if "test and demo server" in line:
                    break
            return
        self.host, self.port = os.environ["IMAPXX_HOST"], os.environ["IMAPXX_TLS_PORT"]
        self.ca = os.environ["IMAPXX_CA_FILE"]
        if self.host == "127.0.0.1":
            self.host = "localhost"

    def stop(self):
        if self.child is not None:
            self.child.terminate()
            self.child.wait(SECONDS)

    def log_in(self):
        client = imaplib.IMAP4_SSL(self.host, int(self.port), ssl_context=ssl.create_default_context(cafile=self.ca))
        client.login(USER, PASSWORD)
        return client

    def environment(self):
        return dict(os.environ, IMAPXX_PASSWORD=PASSWORD, SSL_CERT_FILE=self.ca)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def empty(client, mailbox):
    """Selects it, without messages."""
    client.select(mailbox)
    if client.search(None, "ALL")[1] != [b""]:
        client.store("1:*", "+FLAGS", "(\\Deleted)")
        client.expunge()


def example(server, name, *arguments):
    """The command line of a program of examples/."""
    return [os.path.join(os.environ["IMAPXX_EXAMPLES"], "example_" + name), f"{server.host}:{server.port}", USER, *arguments]


def run_example(server, name, *arguments, folder=None):
    done = subprocess.run(example(server, name, *arguments), env=server.environment(), capture_output=True, timeout=SECONDS,
                          cwd=folder)
    if done.returncode != 0:
        sys.exit(f"{name}: exit {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout.decode()
