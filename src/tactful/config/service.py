"""A systemd unit for ``tactful up``: restarted when it fails, hardened, its logs rotated."""

import os
import pwd
import sys
from dataclasses import dataclass
from pathlib import Path

from tactful.config.environment import Environment
from tactful.config.home import PACKAGE, checkout
from tactful.config.postgres import places
from tactful.config.trouble import Trouble

UNIT_FILE = Path("/etc/systemd/system/tactful.service")
LOGROTATE_FILE = Path("/etc/logrotate.d/tactful")
UNIT = """\
# Written by 'tactful service'. Secrets belong into {env_file} (mode 0600), not here.
[Unit]
Description=Tactful, customer communication
Wants=network-online.target
After=network-online.target postgresql.service
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=simple
User={user}
{paths}EnvironmentFile=-{env_file}
ExecStart={command}
Restart=always
RestartSec=5
# The supervisor is asked first and stops the parts in five seconds; what is left after that is killed.
KillMode=mixed
TimeoutStopSec=30
LimitNOFILE=65536
UMask=0077

# To listen on 80 and 443 without being root.
AmbientCapabilities=CAP_NET_BIND_SERVICE
CapabilityBoundingSet=CAP_NET_BIND_SERVICE
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service

[Install]
WantedBy=multi-user.target
"""
LOGROTATE = """\
# Written by 'tactful service'. What the parts say goes to the journal; this is PostgreSQL's own log.
{home}/postgres.log {{
	weekly
	maxsize 20M
	rotate 8
	compress
	missingok
	notifempty
	copytruncate
	su {user} {user}
}}
"""


@dataclass(frozen=True, slots=True)
class Service:
    user: str
    domain: str = ""
    firms: bool = False
    env_file: str = "/etc/tactful.env"


def unit(environment: Environment, service: Service) -> str:
    """The text of the unit. It holds no secret: others may read it."""
    what: tuple[str, ...] = ("firms", "up") if service.firms else ("up",)
    words = [
        sys.executable,
        "-m",
        "tactful",
        *what,
        *(("--domain", service.domain) if service.domain else ()),
    ]
    writable = dict.fromkeys((environment.home, environment.backup_folder))
    named = {"TACTFUL_HOME": environment.home, "TACTFUL_BACKUP_FOLDER": environment.backup_folder}
    if checkout() is not None:
        named["PYTHONPATH"] = PACKAGE.parent
    return UNIT.format(
        user=service.user,
        env_file=service.env_file,
        command=" ".join(map(_quoted, words)),
        paths="".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in named.items()),
        writable=" ".join(_quoted(str(path)) for path in writable),
    )


def give(environment: Environment, owner: pwd.struct_passwd) -> None:
    """What root has made until now, this command included, is the user's: the folders that the unit lets it
    write to, which systemd wants to be there, and the secret key. Raises ``Trouble``."""
    data = places.data_folder(environment.home)
    if data.exists() and data.stat().st_uid != owner.pw_uid:
        raise Trouble(
            f"The database in {data} belongs to another user. Give it to {owner.pw_name} first: "
            f"chown -R {owner.pw_name} {environment.home}"
        )
    environment.backup_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in (environment.home, environment.home / "secret-key", environment.backup_folder):
        if path.exists() and path.stat().st_uid == os.geteuid():
            os.chown(path, owner.pw_uid, owner.pw_gid)


def logrotate(environment: Environment, service: Service) -> str:
    return LOGROTATE.format(home=str(environment.home).replace(" ", "\\ "), user=service.user)


def write(path: Path, text: str) -> None:
    """Whole, or not at all."""
    aside = path.with_name(f".{path.name}.new")
    aside.write_text(text, encoding="utf-8")
    aside.chmod(0o644)
    os.replace(aside, path)  # noqa: PTH105, with the lines above one idea


def _quoted(word: str) -> str:
    """As systemd.syntax(7) wants it; a percent sign begins a specifier there, a dollar sign a variable."""
    plain = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{plain}"' if plain != word or " " in word else word
