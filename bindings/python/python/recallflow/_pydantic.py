"""Schemas of requests and responses for Pydantic, which imports this module if a program uses it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, get_type_hints

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from recallflow._errors import InvalidRequestError
from recallflow._values import MAPPINGS

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler

    from recallflow._values import Value


def value_schema(cls: type[Value], handler: GetCoreSchemaHandler) -> CoreSchema:
    """Returns a schema that accepts a value of the class, or the dict that `from_dict` reads."""

    def parse(given: Any) -> Value:
        if isinstance(given, cls):
            return given
        if not isinstance(given, MAPPINGS):
            raise PydanticCustomError("recallflow_type", "expected {name} or a dict", {"name": cls.__name__})
        try:
            return cls.from_dict(given)
        except InvalidRequestError as error:
            raise PydanticCustomError("recallflow_request", "{reason}", {"reason": str(error)}) from error

    fields = core_schema.typed_dict_schema(_fields(cls, handler), cls_name=cls.__name__)
    return core_schema.no_info_plain_validator_function(
        parse,
        ref=f"{cls.__module__}.{cls.__qualname__}",
        json_schema_input_schema=fields,
        serialization=core_schema.plain_serializer_function_ser_schema(_by_name, return_schema=fields),
        metadata={"pydantic_js_updates": {"title": cls.__name__}},
    )


def _fields(cls: type[Value], handler: GetCoreSchemaHandler) -> dict[str, core_schema.TypedDictField]:
    hints = get_type_hints(cls)
    fields: dict[str, core_schema.TypedDictField] = {}
    for name, is_time in zip(cls._fields, cls._times, strict=True):
        is_required = name not in cls._defaults
        schema = _time_schema(is_required=is_required) if is_time else handler.generate_schema(hints[name])
        fields[name] = core_schema.typed_dict_field(schema, required=is_required)
    return fields


def _time_schema(*, is_required: bool) -> CoreSchema:
    """Returns the schema of a time, which is a `datetime` in Python and text of the service's form in JSON."""
    form = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$"}
    writer = core_schema.plain_serializer_function_ser_schema(_time_text, when_used="json")
    time = core_schema.any_schema(metadata={"pydantic_js_updates": form}, serialization=writer)
    return time if is_required else core_schema.nullable_schema(time)


def _time_text(time: object) -> object:
    return time.isoformat(" ", "seconds") if isinstance(time, datetime) else time


def _by_name(value: Value) -> dict[str, Any]:
    """Returns the fields of a value. Pydantic writes the values in them by their own schemas."""
    fields = value._by_name()
    return {**fields, "extra": dict(fields["extra"])}
