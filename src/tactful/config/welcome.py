"""What the start says while nobody works here: the first link. ``python -m tactful.config.welcome``"""

from tactful.config.shop import invitation_link
from tactful.foundation.setting_up.queries import nobody_yet


def main() -> int:
    if nobody_yet():
        print("Nobody works here yet. Open this once, within a week, and become the owner:")
        print(invitation_link(None))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
