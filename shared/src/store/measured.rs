//! How functions make their calls: each asks for its units, and is counted for the
//! request that waits for it.

use std::future::Future;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::{
    batch_get_item, batch_write_item, delete_item, get_item, put_item, query, transact_write_items,
    update_item,
};
use aws_sdk_dynamodb::types::{ConsumedCapacity, ReturnConsumedCapacity};

use crate::platform::usage::Kind;

/// A call that is counted.
pub(super) trait Measured {
    type Output;
    type Error;

    /// Makes the call.
    fn measured(self) -> impl Future<Output = Result<Self::Output, SdkError<Self::Error>>> + Send;
}

/// The sum of what a call consumed: of one table, or of each.
pub(super) fn units<'a>(consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) -> f64 {
    consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum()
}

/// One implementation for each operation, whose builders have no trait in common.
macro_rules! measured {
    ($($module:ident, $builder:ident, $output:ident, $error:ident: $kind:ident;)*) => { $(
        impl Measured for $module::builders::$builder {
            type Output = $module::$output;
            type Error = $module::$error;

            fn measured(
                self,
            ) -> impl Future<Output = Result<Self::Output, SdkError<Self::Error>>> + Send {
                // On the heap: every future around it would carry it over the stack.
                let call =
                    Box::pin(self.return_consumed_capacity(ReturnConsumedCapacity::Total).send());
                Kind::$kind.count(call, |answer| units(answer.consumed_capacity()))
            }
        }
    )* };
}

measured! {
    get_item, GetItemFluentBuilder, GetItemOutput, GetItemError: Read;
    batch_get_item, BatchGetItemFluentBuilder, BatchGetItemOutput, BatchGetItemError: Read;
    query, QueryFluentBuilder, QueryOutput, QueryError: Read;
    put_item, PutItemFluentBuilder, PutItemOutput, PutItemError: Write;
    update_item, UpdateItemFluentBuilder, UpdateItemOutput, UpdateItemError: Write;
    delete_item, DeleteItemFluentBuilder, DeleteItemOutput, DeleteItemError: Write;
    batch_write_item, BatchWriteItemFluentBuilder, BatchWriteItemOutput, BatchWriteItemError: Write;
    transact_write_items, TransactWriteItemsFluentBuilder, TransactWriteItemsOutput,
        TransactWriteItemsError: Write;
}
