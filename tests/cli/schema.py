"""As much of JSON Schema as docs/imapxx.schema.json uses; members that the schema does not name are errors."""

import re

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def _is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def _check(value, schema, root, where):
    if "$ref" in schema:
        return _check(value, root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, where)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            results = [_check(value, option, root, where) for option in schema[word]]
            good = sum(1 for r in results if r is None)
            if good == 0 or (word == "oneOf" and good != 1):
                # The most telling failure: the one of the option with the right kind.
                told = [r for r in results if r and ".kind" not in r]
                return (told or results)[0] or f"{where}: fits {good} options"
            return None
    if "const" in schema and value != schema["const"]:
        return f"{where}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        return f"{where}: {value!r} is not one of {schema['enum']}"
    if "type" in schema:
        names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        if not any(_is_type(value, n) for n in names):
            return f"{where}: {value!r} is no {names}"
    if "minimum" in schema and isinstance(value, int) and value < schema["minimum"]:
        return f"{where}: {value} is too small"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{where}: {value!r} does not match"
    if isinstance(value, list) and "items" in schema:
        for i, item in enumerate(value):
            failure = _check(item, schema["items"], root, f"{where}[{i}]")
            if failure:
                return failure
    if isinstance(value, dict):
        return _check_object(value, schema, root, where)
    return None


def _check_object(value, schema, root, where):
    for name in schema.get("required", []):
        if name not in value:
            return f"{where}.{name}: is missing"
    # The kind first: it tells which option of oneOf was meant.
    for name in sorted(value, key=lambda n: n != "kind"):
        if name in schema.get("properties", {}):
            inner = schema["properties"][name]
        elif isinstance(schema.get("additionalProperties"), dict):
            inner = schema["additionalProperties"]
        else:
            return f"{where}.{name}: is not in the schema"
        failure = _check(value[name], inner, root, f"{where}.{name}")
        if failure:
            return failure
    return None


def validate(value, schema):
    failure = _check(value, schema, schema, "line")
    if failure:
        raise AssertionError(f"{failure}\nin {value}")
