//! An activity type, in two items: a row for the list of types, and the same
//! with the fields, which can be long.

use crate::domain::activity_type::{TypeDefinition, TypeSummary};
use crate::domain::principal::TenantId;
use crate::store::failure::CorruptItem;
use crate::store::item::{Item, ItemReader, ItemWriter};
use crate::store::keys;

/// The items of a type.
pub(in crate::store) struct TypeItems {
    pub(in crate::store) row: Item,
    pub(in crate::store) definition: Item,
}

pub(in crate::store) fn write(tenant: &TenantId, definition: &TypeDefinition) -> TypeItems {
    let summary = &definition.summary;
    let id = summary.id(tenant);
    TypeItems {
        row: ItemWriter::new(keys::activity_type_row(tenant, &summary.api_name))
            .json("summary", summary)
            .finish(),
        definition: ItemWriter::new(keys::activity_type(tenant, id))
            .json("summary", summary)
            .json("fields", &definition.fields)
            .finish(),
    }
}

pub(in crate::store) fn read_row(item: &Item) -> Result<TypeSummary, CorruptItem> {
    ItemReader::new(item).json("summary")
}

pub(in crate::store) fn read(item: &Item) -> Result<TypeDefinition, CorruptItem> {
    let reader = ItemReader::new(item);
    Ok(TypeDefinition { summary: reader.json("summary")?, fields: reader.json("fields")? })
}
