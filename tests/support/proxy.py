"""A TCP proxy between a client and a server that a test can cut or stall."""

import socket
from contextlib import suppress
from threading import Event, Lock, Thread
from types import TracebackType
from urllib.parse import urlsplit

_CHUNK = 65536


class Proxy:
    """Listens on a free port of the loopback. `cut` refuses and resets, `stall` keeps connections but passes nothing.

    `refused` counts the connections that were turned away, `carried` the bytes passed on in either direction.
    """

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._flows = Event()
        self._flows.set()
        self._open: set[socket.socket] = set()
        self._lock = Lock()
        self._refuses = False
        self.refused = 0
        self.carried = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    @classmethod
    def before(cls, url: str) -> "Proxy":
        address = urlsplit(url)
        return cls(address.hostname or "", address.port or 0)

    def url(self, url: str) -> str:
        """The same address, through the proxy."""
        address = urlsplit(url)
        credentials = address.netloc.rpartition("@")[0]
        return address._replace(netloc=f"{credentials}@127.0.0.1:{self.port}").geturl()

    def __enter__(self) -> "Proxy":
        Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.cut()
        self._listener.close()

    def cut(self) -> None:
        self._refuses = True
        self._flows.set()
        with self._lock:
            for end in self._open:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()
            self._open.clear()

    def stall(self) -> None:
        self._flows.clear()

    def mend(self) -> None:
        self._refuses = False
        self._flows.set()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                if self._refuses:
                    self.refused += 1
                    raise ConnectionRefusedError
                server = socket.create_connection(self._target, timeout=5)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            with self._lock:
                self._open |= {client, server}
            Thread(target=self._pass_on, args=(client, server), daemon=True).start()
            Thread(target=self._pass_on, args=(server, client), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(_CHUNK):
                self._flows.wait()
                with self._lock:
                    self.carried += len(data)
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
