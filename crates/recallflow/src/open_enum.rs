//! Implements the traits of every generated enum.

/// Implements traits for an enum with `number`, `from_number`, `VALUES` and a variant `Unknown(i64)`.
macro_rules! open_enum {
    ($name:ident) => {
        impl crate::request::read_value::ReadValue for $name {
            fn read_value(
                source: &impl crate::request::source::Source,
                at: &crate::request::path::Path<'_>,
                problems: &mut crate::request::read::Problems,
            ) -> Option<Self> {
                let values = Self::VALUES.iter().filter_map(|value| Some((value.name()?, *value)));
                crate::request::read_value::read_enum(source, at, problems, values)
            }

            fn stand_in() -> Self {
                $name::Unknown(crate::request::read_value::UNNAMED)
            }
        }

        impl crate::request::check::Presence for $name {}

        impl crate::response::record::FromCell for $name {
            fn from_cell(row: crate::response::record::Row<'_>, cell: crate::response::table::Cell) -> Option<Self> {
                i64::from_cell(row, cell).map($name::from_number)
            }
        }

        // Compares numbers, so that `Unknown` with a known number equals the known value.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.number() == other.number()
            }
        }

        impl Eq for $name {}

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.number().cmp(&other.number())
            }
        }

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.number().hash(state);
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                $name::from_number(number)
            }
        }

        impl From<$name> for i64 {
            fn from(value: $name) -> i64 {
                value.number()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => f.write_str(name),
                    None => self.number().fmt(f),
                }
            }
        }
    };
}
pub(crate) use open_enum;
