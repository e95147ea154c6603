// The pages that there are for who is signed in, in the order of the navigation.

import type { PageKind } from "../page";

export const pageTable: readonly PageKind[] = [];
