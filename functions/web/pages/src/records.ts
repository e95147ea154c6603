// The records that an activity is about, by the names that they had when it was logged.

import type { Activity, RelatedResourceType } from "./api/client";
import { h, icon } from "./dom";
import { LINK } from "./icons";
import { formatRoute } from "./router";
import { texts } from "./texts";

export interface RelatedRecord {
  readonly type: string;
  readonly id: string;
  readonly name: string | undefined;
}

/** All of them, each once. */
export function relatedRecords(activity: Activity): readonly RelatedRecord[] {
  if (activity.related_objects !== undefined) {
    return activity.related_objects.map(({ type, id, display_name: name }) => ({ type, id, name }));
  }
  if (activity.related_resource_type === undefined || activity.related_resource_id === undefined) {
    return [];
  }
  return [
    {
      type: activity.related_resource_type,
      id: activity.related_resource_id,
      name: activity.related_resource_display_name,
    },
  ];
}

function isBuiltIn(type: string): type is RelatedResourceType {
  return Object.hasOwn(texts.record, type);
}

/** A tenant's own kinds have no text here: `purchase_order` is "Purchase order". */
export function recordTypeText(type: string): string {
  if (isBuiltIn(type)) {
    return texts.record[type];
  }
  const words = type.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A record, as a link to all that is about it, where the search has a filter for its kind. */
export function createRecord(record: RelatedRecord, within: URLSearchParams): HTMLElement {
  const type = recordTypeText(record.type);
  const name = record.name ?? record.id;
  const said = [
    icon(...LINK),
    h("span", { class: "record-type" }, `${type} `),
    h("span", { dir: "auto", class: "name" }, name),
  ];
  if (!isBuiltIn(record.type)) {
    return h("span", { class: "record", title: record.id }, said);
  }
  const parameters = new URLSearchParams(within);
  parameters.set("related_resource_type", record.type);
  parameters.set("related_resource_id", record.id);
  return h(
    "a",
    {
      class: "record",
      href: formatRoute([], parameters),
      title: texts.timeline.record(type, record.id),
    },
    said,
  );
}
