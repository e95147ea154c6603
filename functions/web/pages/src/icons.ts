// The pictures, as paths of lines in a square of 24. Words stand beside each.

import type { ActivityCategory, AuditStatus } from "./api/client";

export const BRAND = ["M5 6h.01", "M5 12h.01", "M5 18h.01", "M10 6h10", "M10 12h6", "M10 18h9"];
export const CROSS = ["M7 7l10 10", "M17 7L7 17"];
export const PLUS = ["M12 5v14", "M5 12h14"];
export const LINK = ["M9 15L15 9", "M10 6l1-1a4 4 0 0 1 6 6l-2 2", "M14 18l-1 1a4 4 0 0 1-6-6l2-2"];
export const PERSON = ["M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8", "M4 21c0-4 3.5-6 8-6s8 2 8 6"];
export const GEAR = ["M4 7h10", "M18 7h2", "M16 5v4", "M4 17h2", "M10 17h10", "M8 15v4"];
export const SPARK = ["M12 3v6", "M12 15v6", "M3 12h6", "M15 12h6"];

export const CATEGORY: Readonly<Record<ActivityCategory, readonly string[]>> = {
  note: ["M6 3h9l4 4v14H6z", "M9 11h7", "M9 15h7"],
  call: [
    "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1",
  ],
  email: ["M3 6h18v12H3z", "M3 7l9 6 9-6"],
  meeting: ["M4 6h16v14H4z", "M4 10h16", "M8 3v4", "M16 3v4"],
  agent_action: ["M5 9h14v10H5z", "M12 5v4", "M9 13v2", "M15 13v2", "M2 13v3", "M22 13v3"],
};

export const STATUS: Readonly<Record<AuditStatus, readonly string[]>> = {
  succeeded: ["M5 13l4 4L19 7"],
  denied: ["M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18", "M6 6l12 12"],
  rejected: ["M12 4l9 16H3z", "M12 10v4", "M12 17v.5"],
};
