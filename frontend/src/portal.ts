// Pages that clients see: no htmx, no shortcuts, only what makes a file field kinder.
import { installPicks } from "./islands/picks";

installPicks(document);
