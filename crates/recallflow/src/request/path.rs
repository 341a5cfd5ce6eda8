//! The path of a value in a request, in wire names: `nodeList[0].smsContent`.

use std::fmt;

/// A path whose steps borrow the previous step, so that it allocates nothing until it is displayed.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Path<'a> {
    /// The request itself.
    Root,
    /// A field of an object; the name may hold a nested wire object, as in `params.strTime`.
    Field(&'a Path<'a>, &'a str),
    /// An item of a list.
    Item(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(Path::Root, name) => f.write_str(name),
            Path::Field(parent, name) => write!(f, "{parent}.{name}"),
            Path::Item(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// Returns whether `path` is `ancestor` or lies inside it.
pub(crate) fn is_within(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor)
        .is_some_and(|rest| rest.is_empty() || ancestor.is_empty() || rest.starts_with('.') || rest.starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_displayed_in_wire_names() {
        let list = Path::Field(&Path::Root, "nodeList");
        let item = Path::Item(&list, 3);
        assert_eq!(Path::Field(&item, "text").to_string(), "nodeList[3].text");
        assert_eq!(Path::Root.to_string(), "");
    }

    #[test]
    fn a_longer_name_with_the_same_beginning_is_not_inside() {
        assert!(is_within("params.strTime", "params"));
        assert!(is_within("nodeList[1].text", "nodeList[1]"));
        assert!(is_within("text", "text"));
        assert!(is_within("anything", ""));
        assert!(!is_within("nodeList[10]", "nodeList[1"));
        assert!(!is_within("textual", "text"));
    }
}
