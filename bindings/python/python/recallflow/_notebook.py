"""How notebooks and IPython show values: a list as a table, a long value over several lines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, SupportsIndex, TypeVar, cast, overload

from recallflow._values import LISTS, LONGEST_TEXT, Extra, Value, is_set, show

T = TypeVar("T")

# Rows that a table shows.
_MOST_ROWS = 100


class ValueList(list[T]):
    """A list whose requests or responses a notebook shows as a table.

    >>> rf.ValueList(task for task in client.group_calls(query) if task.fail)
    """

    __slots__ = ()

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> T: ...
    @overload
    def __getitem__(self, index: slice, /) -> ValueList[T]: ...
    def __getitem__(self, index: Any, /) -> Any:
        item = cast("Any", super()).__getitem__(index)
        return ValueList[T](item) if isinstance(index, slice) else item

    def _repr_html_(self) -> str | None:
        return table(self)


def table(values: Sequence[object], total: object = None) -> str | None:
    """Returns an HTML table of values of one class, with the fields that any of them sets, or None for other items.

    Args:
        values: The rows.
        total: Number of rows of the whole list, of which these are a part.
    """
    from html import escape

    shown = [value for value in values[:_MOST_ROWS] if isinstance(value, Value)]
    if not shown or len(shown) < min(len(values), _MOST_ROWS) or len({type(value) for value in shown}) > 1:
        return None
    columns = [name for name in shown[0]._fields if any(is_set(value, name) for value in shown)]
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = [
        f"<tr>{''.join(f'<td>{escape(_cell(getattr(value, name)))}</td>' for name in columns)}</tr>" for value in shown
    ]
    count = total if isinstance(total, int) else len(values)
    note = f"<p>{len(shown)} of {count} rows</p>" if count > len(shown) else ""
    # Jupyter and its themes style this class.
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f'<table border="1" class="dataframe">{body}</table>{note}'


def _cell(field: Any) -> str:
    """Returns the text of a field in a table."""
    if field is None:
        return ""
    if isinstance(field, LISTS) and any(isinstance(item, Value) for item in field):
        return f"{len(field)} item{'' if len(field) == 1 else 's'}"
    if isinstance(field, str):
        # Shortened as in a `repr`, but without quotes and escapes.
        return field if len(field) <= LONGEST_TEXT else field[:LONGEST_TEXT] + "…"
    return show(field) if isinstance(field, (*LISTS, Extra)) else str(field)


def pretty(value: Value, printer: Any) -> None:
    """Writes the `repr` of a value to IPython's printer, over several lines if it is longer than one."""
    name = type(value).__name__
    fields = [field for field in value._fields if is_set(value, field)]
    with printer.group(len(name) + 1, f"{name}(", ")"):
        for index, field in enumerate(fields):
            _separate(printer, index)
            printer.text(f"{field}=")
            _pretty_field(getattr(value, field), printer)


def _pretty_field(field: Any, printer: Any) -> None:
    if isinstance(field, Value):
        pretty(field, printer)
    elif isinstance(field, LISTS):
        with printer.group(1, "[", "]"):
            for index, item in enumerate(field):
                _separate(printer, index)
                _pretty_field(item, printer)
    else:
        printer.text(show(field))


def _separate(printer: Any, index: int) -> None:
    """Begins the item with this index."""
    if index:
        printer.text(",")
        printer.breakable()
