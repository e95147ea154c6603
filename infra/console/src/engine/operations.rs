//! DynamoDB's operations, as the embedded database has them.

use dynoxide::{Database, DynoxideError};

/// What the header `X-Amz-Target` of DynamoDB and of its streams begins with.
const TARGET_PREFIXES: [&str; 2] = ["DynamoDB_20120810.", "DynamoDBStreams_20120810."];

/// An operation by the name that its callers give it.
macro_rules! operations {
    ($($name:literal $method:ident $effect:ident,)+) => {
        /// An operation of DynamoDB.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Operation(&'static str);

        impl Operation {
            /// The operation that the header `X-Amz-Target` names.
            pub(super) fn of_target(target: &str) -> Option<Self> {
                let name = TARGET_PREFIXES.iter().find_map(|prefix| target.strip_prefix(prefix))?;
                match name {
                    $($name => Some(Self($name)),)+
                    _ => None,
                }
            }

            /// Whether it changes something where it succeeds.
            pub(super) fn writes(self) -> bool {
                match self.0 {
                    $($name => matches!(Effect::$effect, Effect::Writes),)+
                    _ => false,
                }
            }

            /// Does it: JSON in, JSON out.
            pub(super) fn perform(
                self,
                database: &Database,
                input: &[u8],
            ) -> Result<Vec<u8>, DynoxideError> {
                match self.0 {
                    $($name => output(&database.$method(read(input)?)?),)+
                    _ => Err(DynoxideError::SerializationException(String::new())),
                }
            }
        }
    };
}

#[derive(Clone, Copy, Debug)]
enum Effect {
    Reads,
    Writes,
}

operations! {
    "BatchExecuteStatement" batch_execute_statement Writes,
    "BatchGetItem" batch_get_item Reads,
    "BatchWriteItem" batch_write_item Writes,
    "CreateTable" create_table Writes,
    "DeleteItem" delete_item Writes,
    "DeleteTable" delete_table Writes,
    "DescribeStream" describe_stream Reads,
    "DescribeTable" describe_table Reads,
    "DescribeTimeToLive" describe_time_to_live Reads,
    "ExecuteStatement" execute_statement Writes,
    "ExecuteTransaction" execute_transaction Writes,
    "GetItem" get_item Reads,
    "GetRecords" get_records Reads,
    "GetShardIterator" get_shard_iterator Reads,
    "ListStreams" list_streams Reads,
    "ListTables" list_tables Reads,
    "ListTagsOfResource" list_tags_of_resource Reads,
    "PutItem" put_item Writes,
    "Query" query Reads,
    "Scan" scan Reads,
    "SearchVectors" search_vectors Reads,
    "TagResource" tag_resource Writes,
    "TransactGetItems" transact_get_items Reads,
    "TransactWriteItems" transact_write_items Writes,
    "UntagResource" untag_resource Writes,
    "UpdateItem" update_item Writes,
    "UpdateTable" update_table Writes,
    "UpdateTimeToLive" update_time_to_live Writes,
}

fn read<T: serde::de::DeserializeOwned>(input: &[u8]) -> Result<T, DynoxideError> {
    serde_json::from_slice(input)
        .map_err(|error| DynoxideError::SerializationException(error.to_string()))
}

fn output(answer: &impl serde::Serialize) -> Result<Vec<u8>, DynoxideError> {
    serde_json::to_vec(answer)
        .map_err(|error| DynoxideError::InternalServerError(error.to_string()))
}
