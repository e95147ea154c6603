//! Which tenants have an index.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;

use super::scan::{self, Scan, ScanPage, Tally};
use crate::domain::error::Result;
use crate::domain::principal::TenantId;
use crate::store::calls::Store;
use crate::store::item::Key;
use crate::store::keys::{self, ItemKind};

/// The tenants that have a manifest or an entry in their tail. It scans the whole table, and
/// tells `report` after each page how many items were looked at.
///
/// # Errors
///
/// A failed call.
pub async fn indexed_tenants(store: &Store, report: impl Fn(usize)) -> Result<BTreeSet<TenantId>> {
    let tally = Tally::default();
    let (report, shared) = (&report, &tally);
    let page = |page: ScanPage| async move {
        let tenants = page.items.iter().filter_map(Key::of).filter_map(|key| {
            let (tenant, kind) = keys::kind_of(&key.pk)?;
            matches!(kind, ItemKind::TailEntry | ItemKind::Manifest).then_some(tenant)
        });
        let (scanned, _) = shared.update(|(scanned, found): &mut (usize, BTreeSet<TenantId>)| {
            *scanned += page.scanned;
            found.extend(tenants);
        });
        report(scanned);
        Ok(())
    };
    // Other items may satisfy it, and their keys say what they are.
    let scan = Scan::keys()
        .only("contains(pk, :tail) OR sk = :manifest")
        .with(":tail", AttributeValue::S("#TAIL".to_owned()))
        .with(":manifest", AttributeValue::S("SEGS".to_owned()));
    scan::each_page(store, &scan, page).await?;
    Ok(tally.into_inner().1)
}
