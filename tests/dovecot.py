"""Debian's Dovecot as a process of our own: a mailbox over IMAP and POP, on loopback ports.

with DovecotServer() as server:
    server.put("one", b"From: …")       # into the INBOX of the user "bounces"
    ...                                  # server.imap_port, server.pop_port, …
    server.folder(), server.folder("aside")
"""

import grp
import os
import pwd
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import trustme

from tests.daemon import Daemon, free_port
from tests.waiting import until

USER, PASSWORD = "bounces", "hush-dovecot"
_NOBODY = 65534  # "nobody": whoever runs the suite as root runs no server as root

_COMMON = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
first_valid_gid = 1
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop}
  }}
  inet_listener pop3s {{
    port = {pops}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
}}
"""
_BEFORE_2_4 = """
listen = 127.0.0.1
protocols = imap pop3
ssl = yes
ssl_cert = <{dir}/cert.pem
ssl_key = <{dir}/key.pem
disable_plaintext_auth = no
mail_location = maildir:{dir}/mail
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}
}}
"""
_SINCE_2_4 = """
listen = 127.0.0.1
protocols {{
  imap = yes
  pop3 = yes
}}
ssl = yes
ssl_server_cert_file = {dir}/cert.pem
ssl_server_key_file = {dir}/key.pem
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {dir}/mail
passdb static {{
  password = {password}
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {dir}
  }}
}}
"""


@dataclass(slots=True)
class DovecotServer(Daemon):
    imap: int = field(default_factory=free_port)
    imaps: int = field(default_factory=free_port)
    pop: int = field(default_factory=free_port)
    pops: int = field(default_factory=free_port)

    def __enter__(self) -> Self:
        program = self.program("dovecot", "dovecot-imapd dovecot-pop3d")
        self._make(program)
        user, group = self._owner
        root = os.getuid() == 0
        self.process = subprocess.Popen(
            [program, "-F", "-c", str(self.dir / "dovecot.conf")],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=user if root else None,
            group=group if root else None,
            extra_groups=[] if root else None,
        )
        until(self._answers, f"Dovecot: {self.dir}/log")
        return self

    @property
    def ca_file(self) -> Path:
        return self.dir / "ca.pem"

    def put(self, name: str, content: bytes) -> None:
        """Into the inbox, as a mail server would."""
        file = self.dir / "mail" / "new" / f"{name}.test"
        file.write_bytes(content)
        os.chown(file, *self._owner)

    def folder(self, name: str = "") -> list[Path]:
        """The mails that lie in a folder; those of the inbox without a name."""
        folder = self.dir / "mail" / (f".{name}" if name else "")
        return sorted(file for part in ("new", "cur") for file in (folder / part).glob("*"))

    @property
    def _owner(self) -> tuple[int, int]:
        return (_NOBODY, _NOBODY) if os.getuid() == 0 else (os.getuid(), os.getgid())

    def _make(self, program: str) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.dir / "ca.pem")
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        certificate.private_key_pem.write_to_path(self.dir / "key.pem")
        for pem in certificate.cert_chain_pems:
            pem.write_to_path(self.dir / "cert.pem", append=True)
        for part in ("mail/new", "mail/cur", "mail/tmp", "run", "state"):
            (self.dir / part).mkdir(parents=True)
        (self.dir / "dovecot.conf").write_text(self._configuration(program), "utf-8")
        for path in (self.dir, *self.dir.rglob("*")):
            os.chown(path, *self._owner)

    def _configuration(self, program: str) -> str:
        uid, gid = self._owner
        told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        version = tuple(map(int, told.stdout.split()[0].split(".")[:2]))
        names = f"dovecot_config_version = {told.stdout.split()[0]}\n" if version >= (2, 4) else ""
        return (names + (_SINCE_2_4 if version >= (2, 4) else _BEFORE_2_4) + _COMMON).format(
            dir=self.dir, user=pwd.getpwuid(uid).pw_name, group=grp.getgrgid(gid).gr_name,
            uid=uid, gid=gid, password=PASSWORD,
            imap=self.imap, imaps=self.imaps, pop=self.pop, pops=self.pops,
        )  # fmt: skip

    def _answers(self) -> bool:
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.pops), 1):
            return True
        return False
