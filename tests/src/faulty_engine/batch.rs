//! The two batch operations, of which DynamoDB may do just a part.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};

use super::{CRC32, Forwarded, bytes_of, reply};

/// An operation on many entries, some of which DynamoDB may leave undone.
pub(super) struct Batch {
    pub(super) operation: &'static str,
    /// The name of the list of entries within a table's part; none where that
    /// part is the list.
    list: Option<&'static str>,
    /// Where the answer names what was left undone.
    unprocessed: &'static str,
}

pub(super) const BATCH_WRITE: Batch =
    Batch { operation: "BatchWriteItem", list: None, unprocessed: "UnprocessedItems" };

pub(super) const BATCH_GET: Batch =
    Batch { operation: "BatchGetItem", list: Some("Keys"), unprocessed: "UnprocessedKeys" };

impl Batch {
    fn list_of<'a>(&self, part: &'a mut Value) -> Option<&'a mut Vec<Value>> {
        match self.list {
            Some(name) => part.get_mut(name)?.as_array_mut(),
            None => part.as_array_mut(),
        }
    }

    /// How many entries a call has, in all tables.
    pub(super) fn entries(&self, input: &Value) -> usize {
        let lists = input["RequestItems"].as_object().into_iter().flatten();
        lists
            .filter_map(|(_, part)| match self.list {
                Some(name) => part[name].as_array(),
                None => part.as_array(),
            })
            .map(Vec::len)
            .sum()
    }

    /// The parts with the first `keep` entries, and the parts with the others.
    /// What else a table's part says (`ConsistentRead`, the projection) is in
    /// both, as DynamoDB returns it.
    fn split(&self, input: &Value, keep: usize) -> (Map<String, Value>, Map<String, Value>) {
        let (mut kept, mut rest) = (Map::new(), Map::new());
        let mut left = keep;
        for (table, part) in input["RequestItems"].as_object().into_iter().flatten() {
            let (mut first, mut second) = (part.clone(), part.clone());
            let (Some(first_list), Some(second_list)) =
                (self.list_of(&mut first), self.list_of(&mut second))
            else {
                continue;
            };
            let count = left.min(first_list.len());
            left -= count;
            first_list.truncate(count);
            second_list.drain(..count);
            let (first_is_empty, second_is_empty) = (first_list.is_empty(), second_list.is_empty());
            if !first_is_empty {
                kept.insert(table.clone(), first);
            }
            if !second_is_empty {
                rest.insert(table.clone(), second);
            }
        }
        (kept, rest)
    }

    /// Has the engine do the first `keep` entries, and answers that the others
    /// are left.
    pub(super) async fn answer_partly(
        &self,
        input: &Value,
        keep: usize,
        request: Forwarded,
    ) -> Response<Bytes> {
        let (kept, rest) = self.split(input, keep);
        if kept.is_empty() {
            // The engine would refuse an empty call. DynamoDB answers one that
            // it did nothing of like this.
            let mut output = json!({ self.unprocessed: rest });
            if self.operation == BATCH_GET.operation {
                output["Responses"] = json!({});
            }
            return reply(StatusCode::OK, &output);
        }
        let mut part = input.clone();
        part["RequestItems"] = Value::Object(kept);
        let answer = request.send(bytes_of(&part)).await;
        if answer.status() != StatusCode::OK {
            return answer;
        }
        let (mut head, body) = answer.into_parts();
        let mut output: Value =
            serde_json::from_slice(&body).expect("an engine answers a batch in JSON");
        self.add_unprocessed(&mut output, rest);
        head.headers.remove(CRC32);
        Response::from_parts(head, bytes_of(&output))
    }

    /// Adds to what the engine itself has left undone.
    fn add_unprocessed(&self, output: &mut Value, rest: Map<String, Value>) {
        for (table, mut part) in rest {
            let left = &mut output[self.unprocessed][&table];
            match (self.list_of(left), self.list_of(&mut part)) {
                (Some(left), Some(more)) => left.append(more),
                _ => *left = part,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_undone_adds_up_over_tables() {
        let put = |n: u8| json!({ "PutRequest": { "Item": { "n": n } } });
        let input = json!({ "RequestItems": { "a": [put(1), put(2)], "b": [put(3), put(4)] } });
        assert_eq!(BATCH_WRITE.entries(&input), 4);
        let (kept, rest) = BATCH_WRITE.split(&input, 3);
        assert_eq!(Value::Object(kept), json!({ "a": [put(1), put(2)], "b": [put(3)] }));
        assert_eq!(Value::Object(rest.clone()), json!({ "b": [put(4)] }));

        let mut output = json!({ "UnprocessedItems": { "b": [put(3)] } });
        BATCH_WRITE.add_unprocessed(&mut output, rest);
        assert_eq!(output["UnprocessedItems"], json!({ "b": [put(3), put(4)] }));
    }
}
