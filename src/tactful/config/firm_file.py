"""What a firm among many knows of itself: ``firm.json`` in its data folder.

So a command in that folder (``TACTFUL_HOME=…/firms/fjord tactful doctor``) has the same address, ports and
backups as the firm that runs.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tactful.config.trouble import Trouble, disk_trouble

NAME = "firm.json"


@dataclass(frozen=True, slots=True)
class Firm:
    """``slug``: how it is called on the command line. ``domain``: as DNS has it. ``backups``: its folder."""

    slug: str
    domain: str
    port: int
    home: Path
    backups: Path

    @property
    def inbound_port(self) -> int:
        return self.port + 1

    @property
    def base_url(self) -> str:
        return f"https://{self.domain}"


def read(path: Path) -> Firm:
    """Raises ``Trouble``."""
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        # Firms of before have no folder of their own written down: it was this one, unless set otherwise.
        backups = body.get("backups") or path.parents[2] / "backups" / body["slug"]
        return Firm(body["slug"], body["domain"], int(body["port"]), path.parent, Path(backups))
    except OSError as error:
        raise disk_trouble(error, path) from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise Trouble(f"{path} is damaged. It holds slug, domain and port of a firm as JSON.") from error


def write(firm: Firm) -> None:
    """Raises ``Trouble``."""
    body = {"slug": firm.slug, "domain": firm.domain, "port": firm.port, "backups": str(firm.backups)}
    aside = firm.home / f".{NAME}.new"
    try:
        aside.write_text(json.dumps(body) + "\n", encoding="utf-8")
        aside.replace(firm.home / NAME)
    except OSError as error:
        raise disk_trouble(error, firm.home) from error


def settings_of(home: Path) -> Mapping[str, object]:
    """What ``TACTFUL_*`` would say for the firm of this data folder; nothing for a house by itself."""
    path = home / NAME
    if not path.is_file():
        return {}
    firm = read(path)
    return {
        "PORT": firm.port,
        "INBOUND_PORT": firm.inbound_port,
        "BASE_URL": firm.base_url,
        "BACKUP_FOLDER": firm.backups,
    }
