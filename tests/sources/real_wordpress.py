"""A real WordPress on the loopback address: Debian's own, with a database that lives as long as the
test, and PHP's built-in server. Nothing of the machine's own WordPress or database is touched."""

import getpass
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.daemon import free_port

WORDPRESS = Path("/usr/share/wordpress")
_SCRIPTS = Path(__file__).parent.parent / "data" / "sources" / "wordpress"
_SECONDS = 60


def why_not() -> str | None:
    """What is missing on this machine; None when a WordPress can be brought up."""
    wanted = ("php", "mariadbd", "mariadb-install-db", "mariadb-admin")
    missing = [name for name in wanted if _program(name) is None]
    if not (WORDPRESS / "wp-settings.php").is_file():
        missing.insert(0, str(WORDPRESS))
    if not missing and "mysqli" not in _php_modules():
        missing.append("PHP's mysqli")
    return f"{', '.join(missing)} not here" if missing else None


@dataclass(frozen=True, slots=True)
class RealWordPress:
    """`run` lets it do what a PHP script of tests/data says, as its editors would."""

    url: str
    root: Path

    def run(self, script: str) -> None:
        _run("php", str(_SCRIPTS / script), cwd=self.root, environ=_environment(self.root))


@contextmanager
def real_wordpress() -> Iterator[RealWordPress]:
    """One that has just been installed, without any article."""
    with ExitStack() as stack:
        # Not below pytest's folder: a socket's path has at most 107 letters.
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wp-")))
        folder.chmod(0o755)
        database = stack.enter_context(_database(folder))
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        site = RealWordPress(url, _site(folder, database, url))
        site.run("install.php")
        stack.enter_context(_server(site.root, folder, port))
        yield site


@contextmanager
def _database(folder: Path) -> Iterator[Path]:
    """The socket of a MariaDB of our own, without a port."""
    data, socket_path, log = folder / "db", folder / "db.sock", folder / "db.log"
    user = f"--user={_user()}"
    data.mkdir()
    for each in (data, folder):
        shutil.chown(each, _user())
    _run(
        "mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", user,
        "--auth-root-authentication-method=normal",
    )  # fmt: skip
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                _program("mariadbd") or "", "--no-defaults", f"--datadir={data}", user,
                f"--socket={socket_path}", "--skip-networking", f"--pid-file={folder / 'db.pid'}",
                "--innodb-buffer-pool-size=32M", "--innodb-flush-log-at-trx-commit=0",
            ],
            stdout=output, stderr=output,
        )  # fmt: skip
    try:
        _until(process, lambda: _is_up(socket_path), log)
        yield socket_path
    finally:
        _end(process)


def _is_up(socket_path: Path) -> bool:
    asked = [_program("mariadb-admin") or "", "--no-defaults", f"--socket={socket_path}", "-uroot"]
    return subprocess.run([*asked, "ping"], capture_output=True, check=False).returncode == 0


def _site(folder: Path, database: Path, url: str) -> Path:
    """A folder that is WordPress's own, but for its configuration and what is uploaded."""
    root = folder / "site"
    root.mkdir()
    for path in WORDPRESS.iterdir():
        if path.name not in ("wp-config.php", "wp-content", ".htaccess"):
            (root / path.name).symlink_to(path)
    # PHP looks through links for the files beside it: these have to lie here.
    for name in ("index.php", "wp-load.php", "wp-settings.php", "wp-blog-header.php"):
        (root / name).unlink()
        shutil.copy(WORDPRESS / name, root / name)
    content = root / "wp-content"
    content.mkdir()
    shutil.copytree(_SCRIPTS / "plain", content / "themes" / "plain")
    shutil.copytree(_SCRIPTS / "mu-plugins", content / "mu-plugins")
    (content / "plugins").mkdir()
    (content / "uploads").mkdir()
    template = (_SCRIPTS / "wp-config.php").read_text("utf-8")
    filled = template.replace("@SOCKET@", str(database)).replace("@URL@", url)
    filled = filled.replace("@SECRET@", secrets.token_hex(32)).replace("@ROOT@", f"{root}/")
    (root / "wp-config.php").write_text(filled, "utf-8")
    return root


@contextmanager
def _server(root: Path, folder: Path, port: int) -> Iterator[None]:
    log = folder / "php.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [_program("php") or "", "-S", f"127.0.0.1:{port}", "-t", str(root),
             str(_SCRIPTS / "router.php")],
            stdout=output, stderr=output, cwd=root, env=_environment(root),
        )  # fmt: skip
    try:
        _until(process, lambda: _listens(port), log)
        yield
    finally:
        _end(process)


def _environment(root: Path) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "WORDPRESS_ROOT": str(root)}


def _run(*command: str, cwd: Path | None = None, environ: dict[str, str] | None = None) -> None:
    program = _program(command[0]) or command[0]
    done = subprocess.run(
        [program, *command[1:]], cwd=cwd, env=environ, capture_output=True, text=True, check=False,
        timeout=_SECONDS,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}")


def _until(process: subprocess.Popen[bytes], ready: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + _SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f"did not come up: {log.read_text('utf-8', 'replace')[-2000:]}")
        time.sleep(0.05)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _user() -> str:
    """Whom the database runs as: it refuses to be root's."""
    return "mysql" if os.getuid() == 0 else getpass.getuser()


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _php_modules() -> list[str]:
    asked = [_program("php") or "", "-m"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.split()
