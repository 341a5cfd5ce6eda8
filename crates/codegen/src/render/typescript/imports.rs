//! Import statements.

use std::collections::BTreeMap;

use crate::model::{Field, FieldKind};

/// The imports of a file: names by module.
#[derive(Debug, Default)]
pub(super) struct Imports(BTreeMap<&'static str, BTreeMap<String, Use>>);

/// What an imported name is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Type,
    Value,
}

impl Imports {
    /// Adds a name that is used as a type only.
    pub(super) fn add_type(&mut self, module: &'static str, name: impl Into<String>) {
        self.0.entry(module).or_default().entry(name.into()).or_insert(Use::Type);
    }

    /// Adds a name that exists at run time.
    pub(super) fn add_value(&mut self, module: &'static str, name: impl Into<String>) {
        self.0.entry(module).or_default().insert(name.into(), Use::Value);
    }

    /// Adds the enums of fields of requests.
    pub(super) fn add_enums<'a>(&mut self, fields: impl IntoIterator<Item = &'a Field>) {
        for field in fields {
            if let FieldKind::Enum(name) = field.kind.item() {
                self.add_type("./enums.js", name);
            }
        }
    }

    /// Renders the statements, each with its line break.
    pub(super) fn statements(&self) -> String {
        let statement = |(module, names): (&&str, &BTreeMap<String, Use>)| {
            let only_types = names.values().all(|of| *of == Use::Type);
            let mut names: Vec<_> = names.iter().collect();
            names.sort_by_key(|(name, _)| name.to_lowercase());
            let names = names.into_iter().map(|(name, of)| match of {
                Use::Type if !only_types => format!("type {name}"),
                _ => name.clone(),
            });
            let keyword = if only_types { "import type" } else { "import" };
            format!("{keyword} {{ {} }} from '{module}';\n", names.collect::<Vec<_>>().join(", "))
        };
        self.0.iter().map(statement).collect()
    }
}
