// The pages that there are for who is signed in, in the order of the navigation.

import type { PageKind } from "../page";
import { texts } from "../texts";
import { openKeys } from "./keys";
import { openLog } from "./log";
import { openRecord } from "./record";
import { openTimeline } from "./timeline";
import { openTrail } from "./trail";

export const pageTable: readonly PageKind[] = [
  { path: [], scope: "activity:read", nav: texts.nav.timeline, open: openTimeline },
  { path: ["activities", ":id"], scope: "activity:read", open: openRecord },
  { path: ["log"], scope: "activity:write", action: texts.nav.log, open: openLog },
  { path: ["trail"], scope: "audit:read", nav: texts.nav.trail, open: openTrail },
  { path: ["keys"], scope: "keys:manage", nav: texts.nav.keys, open: openKeys },
];
