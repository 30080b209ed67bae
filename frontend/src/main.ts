import "./styles/main.css";
import htmx from "htmx.org";
import "htmx-ext-sse";
import { installKeyboard } from "./islands/keyboard";
import { installThread } from "./islands/thread";
import { installToasts } from "./islands/toasts";
import { installPicks } from "./islands/picks";
import { installPictures } from "./islands/pictures";
import { installEditor } from "./islands/editor";
import { installFields } from "./islands/fields";
import { installFrames } from "./islands/frames";
import { installMarks } from "./islands/marks";

// The content security policy allows neither eval nor style elements made on the fly.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.attributesToSettle = ["class"]; // styles in attributes are not allowed, so none is carried over
htmx.config.scrollIntoViewOnBoost = false; // a part that is swapped stays where it was
// A form with faults comes back with 422 and is shown, like any other answer.
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..|422", swap: true },
  { code: "[45]..", swap: false, error: true },
];
htmx.config.historyCacheSize = 0; // pages hold clients' words: nothing of them goes to local storage

installKeyboard(document);
installToasts(document);
installThread(document);
installPicks(document);
installPictures(document);
installFrames(document);
installEditor(document);
installFields(document);
installMarks(document);
