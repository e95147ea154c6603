// The pages that there are for who is signed in, in the order of the navigation.

import type { PageKind } from "../page";
import { texts } from "../texts";
import { openLog } from "./log";
import { openRecord } from "./record";
import { openTimeline } from "./timeline";

export const pageTable: readonly PageKind[] = [
  { path: [], scope: "activity:read", nav: texts.nav.timeline, open: openTimeline },
  { path: ["activities", ":id"], scope: "activity:read", open: openRecord },
  { path: ["log"], scope: "activity:write", action: texts.nav.log, open: openLog },
];
