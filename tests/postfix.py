"""Debian's Postfix as an instance of our own: a relay that writes its own bounces.

with PostfixRelay(onward=port) as relay:
    ...                                  # relay.port takes letters, and hands them to `onward`
    relay.returned()                     # what came back, in a Maildir (relay.maildir)
"""

import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import create_connection
from typing import Self

from tests.daemon import Daemon, free_port
from tests.waiting import until

_NOBODY = 65534

# Whatever is for bounces@example.com is delivered here, all else to the next server. Who is told to
# come again is given up after two seconds.
_MAIN = """
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
maillog_file = {dir}/mail.log
maillog_file_prefixes = {dir}
mail_owner = postfix
setgid_group = postdrop
myhostname = relay.example
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
disable_dns_lookups = yes
relayhost = [127.0.0.1]:{onward}
recipient_delimiter = +
virtual_mailbox_domains = example.com
virtual_mailbox_maps = static:bounces/
virtual_mailbox_base = {dir}/mail
virtual_uid_maps = static:{nobody}
virtual_gid_maps = static:{nobody}
maximal_queue_lifetime = 2s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
"""
_MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60  1 pickup
cleanup   unix  n - n -   0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n -   - trivial-rewrite
bounce    unix  - - n -   0 bounce
defer     unix  - - n -   0 bounce
trace     unix  - - n -   0 bounce
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n -   - proxymap
smtp      unix  - - n -   - smtp
error     unix  - - n -   - error
retry     unix  - - n -   - error
virtual   unix  - n n -   - virtual
anvil     unix  - - n -   1 anvil
scache    unix  - - n -   1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


@dataclass(slots=True)
class PostfixRelay(Daemon):
    onward: int
    port: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        program = self.program("postfix", "postfix")
        if os.getuid() != 0:
            self.lacks("postfix", "only root can start it")
        self._make()
        self.process = subprocess.Popen(
            [program, "-c", str(self.dir / "etc"), "start-fg"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers, f"Postfix: {self.dir}/mail.log")
        return self

    @property
    def maildir(self) -> Path:
        return self.dir / "mail" / "bounces"

    def returned(self) -> list[Path]:
        return list(self.maildir.glob("new/*"))

    def _make(self) -> None:
        self.dir.chmod(0o755)
        for part in ("etc", "queue", "data", "mail"):
            (self.dir / part).mkdir()
        shutil.chown(self.dir / "data", "postfix", "postfix")
        os.chown(self.dir / "mail", _NOBODY, _NOBODY)
        known = {"dir": self.dir, "onward": self.onward, "port": self.port, "nobody": _NOBODY}
        (self.dir / "etc" / "main.cf").write_text(_MAIN.format(**known), "utf-8")
        (self.dir / "etc" / "master.cf").write_text(_MASTER.format(**known), "utf-8")

    def _answers(self) -> bool:
        with suppress(OSError), create_connection(("127.0.0.1", self.port), 1) as connection:
            return connection.recv(3) == b"220"
        return False
