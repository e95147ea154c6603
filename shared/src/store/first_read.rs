//! What every request begins with, and a look whether the table is one for this build.
//!
//! A request begins with the read of a credential or, where it has none, of a tombstone.
//! Both go through [`Store::get_first`], so no function can do without the look. A run
//! of the index's compactor is for nobody, and asks for the look alone.

use super::calls::Store;
use super::item::{Item, Key};
use super::keys;
use super::layout::{OtherLayout, version_of};
use crate::domain::error::Result;

impl Store {
    /// An item by which a request begins, and what is wrong with the layout of its table.
    /// The look takes one more call, side by side, until it was right once.
    pub(super) async fn get_first(
        &self,
        key: Key,
    ) -> Result<(Option<Item>, Result<(), OtherLayout>)> {
        let (item, layout) = tokio::try_join!(self.get(key), self.look_at_layout())?;
        Ok((item, layout))
    }

    /// Refuses a table of another layout, for who begins with the read of no such item.
    ///
    /// # Errors
    ///
    /// [`OtherLayout`] as the cause, also of one that says none; and a failed call.
    pub async fn expect_layout(&self) -> Result<()> {
        Ok(self.look_at_layout().await??)
    }

    /// What is wrong with the layout of the table, if anything.
    pub(super) async fn look_at_layout(&self) -> Result<Result<(), OtherLayout>> {
        if self.layout.is_right() {
            return Ok(Ok(()));
        }
        Ok(self.layout.judge(self.layout().await?))
    }

    /// What the table says of its layout; `None` where it says nothing.
    ///
    /// # Errors
    ///
    /// A failed call, or an item that can't be read.
    pub async fn layout(&self) -> Result<Option<i64>> {
        Ok(version_of(self.get(keys::layout()).await?.as_ref())?)
    }
}
