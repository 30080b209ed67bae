// Pages that clients see, and the invitation: no htmx, no shortcuts, only what makes a field kinder.
import { installPasskey } from "./islands/passkey";
import { installPicks } from "./islands/picks";

installPicks(document);
installPasskey(document);
