"""Eight float64 at once inside compiled functions, in the vector instructions of the machine.

A compiler vectorises a loop over neighbours in memory, but not one whose every turn needs the
turn before. Here the eight lanes stand for eight such loops, kept in registers. LLVM maps them
to whatever the machine has (one AVX-512 register, two of AVX2, four of NEON).

Lanes know ``+ - * /`` and unary minus, also with a number beside them, and the functions
below; ``times_plus``, ``root``, ``fetch``, ``keep``, ``least`` and ``most`` take numbers as
well, so that one function serves a number or eight. Each lane gives what the number alone would
give, bit for bit.
"""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

LANES = 8
_intrinsic: Any = intrinsic  # its callers do not pass the typing context that it takes
_infer: Any = infer_global
_DOUBLE = ir.DoubleType()
_VECTOR = ir.VectorType(_DOUBLE, LANES)


class _Lanes(types.Type):
    def __init__(self) -> None:
        super().__init__(name="Lanes")


_LANES = _Lanes()


@register_model(_Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def _everywhere(builder, number):
    """Return ``number`` in all lanes; what is in lanes already as it is."""
    if number.type == _VECTOR:
        return number
    nothing = ir.Constant(_VECTOR, ir.Undefined)
    one = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    places = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, nothing, places)


def _arithmetic(sign: Any, instruction: str, count: int) -> None:
    """Give lanes the operator ``sign``, of ``count`` operands."""

    @_infer(sign)
    class _Template(AbstractTemplate):
        def generic(self, args, kws):  # noqa: ARG002
            known = all(a == _LANES or isinstance(a, types.Float) for a in args)
            if len(args) == count and known and _LANES in args:
                return signature(_LANES, *args)
            return None

    def code(_context, builder, _signature, arguments):
        lanes = [_everywhere(builder, argument) for argument in arguments]
        return getattr(builder, instruction)(*lanes)

    kinds = [(_Lanes,)] if count == 1 else [(_Lanes, _Lanes), (_Lanes, types.Float)]
    for kind in (*kinds, *([(types.Float, _Lanes)] if count == 2 else [])):
        lower_builtin(sign, *kind)(code)


_arithmetic(operator.add, "fadd", 2)
_arithmetic(operator.sub, "fsub", 2)
_arithmetic(operator.mul, "fmul", 2)
_arithmetic(operator.truediv, "fdiv", 2)
_arithmetic(operator.neg, "fneg", 1)


def _address(context, builder, array_type, array, place, kind: Any = _VECTOR):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [place]), kind.as_pointer())


def _either(*kinds):
    """Return the type of what comes of numbers and lanes."""
    return _LANES if _LANES in kinds else types.float64


def _matched(builder, arguments):
    """Return numbers as they are, and numbers beside lanes in all lanes."""
    if all(argument.type == _DOUBLE for argument in arguments):
        return list(arguments)
    return [_everywhere(builder, argument) for argument in arguments]


def _call(builder, name, arguments):
    """Call LLVM's ``name`` for numbers or lanes."""
    arguments = _matched(builder, arguments)
    of = arguments[0].type
    suffix = f"v{LANES}f64" if of == _VECTOR else "f64"
    function = ir.FunctionType(of, [of] * len(arguments))
    inner = cgutils.get_or_insert_function(builder.module, function, f"llvm.{name}.{suffix}")
    return builder.call(inner, arguments)


@_intrinsic
def load(_typing, array, place):
    """Return the eight numbers of a flat ``array`` from ``place`` on."""

    def code(context, builder, signature, arguments):
        value = builder.load(_address(context, builder, signature.args[0], *arguments))
        value.align = 8
        return value

    return _LANES(array, types.intp), code


@_intrinsic
def store(_typing, array, place, value):
    """Write eight numbers into a flat ``array`` from ``place`` on."""

    def code(context, builder, signature, arguments):
        array, place, value = arguments
        address = _address(context, builder, signature.args[0], array, place)
        builder.store(value, address).align = 8
        return context.get_dummy_value()

    return types.void(array, types.intp, _LANES), code


@_intrinsic
def fetch(_typing, array, place, like):
    """Return quantity ``place`` of a flat ``array`` of numbers or lanes, as ``like`` is."""
    width = LANES if like == _LANES else 1

    def code(context, builder, signature, arguments):
        array, place, _ = arguments
        place = builder.mul(place, ir.Constant(place.type, width))
        kind = _VECTOR if width > 1 else _DOUBLE
        address = _address(context, builder, signature.args[0], array, place, kind)
        value = builder.load(address)
        value.align = 8
        return value

    return like(array, types.intp, like), code


@_intrinsic
def keep(_typing, array, place, value):
    """Write quantity ``place`` of a flat ``array`` of numbers or lanes, as ``value`` is."""
    width = LANES if value == _LANES else 1

    def code(context, builder, signature, arguments):
        array, place, value = arguments
        place = builder.mul(place, ir.Constant(place.type, width))
        address = _address(context, builder, signature.args[0], array, place, value.type)
        builder.store(value, address).align = 8
        return context.get_dummy_value()

    return types.void(array, types.intp, value), code


@_intrinsic
def pick(_typing, array, offsets, place):
    """Return for each lane the number of a flat ``array`` at ``place`` and its offset."""

    def code(context, builder, signature, arguments):
        array, offsets, place = arguments
        data = context.make_array(signature.args[0])(context, builder, array).data
        steps = builder.fptosi(offsets, ir.VectorType(ir.IntType(64), LANES))
        value = ir.Constant(_VECTOR, ir.Undefined)
        for i in range(LANES):
            lane = ir.Constant(ir.IntType(32), i)
            at = builder.add(builder.extract_element(steps, lane), place)
            value = builder.insert_element(value, builder.load(builder.gep(data, [at])), lane)
        return value

    return _LANES(array, _LANES, types.intp), code


@_intrinsic
def spread(_typing, number):
    """Return ``number`` in all lanes."""

    def code(_context, builder, _signature, arguments):
        return _everywhere(builder, arguments[0])

    return _LANES(types.float64), code


@_intrinsic
def unit(_typing, lane):
    """Return 1 in ``lane`` and 0 in the others."""

    def code(_context, builder, _signature, arguments):
        zero = ir.Constant(_VECTOR, [0.0] * LANES)
        return builder.insert_element(zero, ir.Constant(_DOUBLE, 1.0), arguments[0])

    return _LANES(types.intp), code


@_intrinsic
def first(_typing, lanes):
    """Return the number in the first lane."""

    def code(_context, builder, _signature, arguments):
        return builder.extract_element(arguments[0], ir.Constant(ir.IntType(32), 0))

    return types.float64(lanes), code


@_intrinsic
def alike(_typing, lanes):
    """Return whether all lanes hold the same number."""

    def code(_context, builder, _signature, arguments):
        one = builder.extract_element(arguments[0], ir.Constant(ir.IntType(32), 0))
        differ = builder.fcmp_unordered("!=", arguments[0], _everywhere(builder, one))
        bits = builder.bitcast(differ, ir.IntType(LANES))
        return builder.icmp_unsigned("==", bits, ir.Constant(ir.IntType(LANES), 0))

    return types.boolean(lanes), code


@_intrinsic
def whole(_typing, lanes):
    """Return the lanes without what follows their points, towards zero."""

    def code(_context, builder, _signature, arguments):
        return _call(builder, "trunc", arguments)

    return _LANES(lanes), code


@_intrinsic
def within(_typing, lanes, low, high):
    """Return the lanes, each no less than ``low`` and no more than ``high``."""

    def code(_context, builder, _signature, arguments):
        value, low, high = (_everywhere(builder, argument) for argument in arguments)
        value = builder.select(builder.fcmp_ordered(">", value, low), value, low)
        return builder.select(builder.fcmp_ordered("<", value, high), value, high)

    return _LANES(lanes, types.float64, types.float64), code


@_intrinsic
def least(_typing, a, b):
    """Return the lesser of two numbers or lanes."""

    def code(_context, builder, _signature, arguments):
        pair = _matched(builder, arguments)
        return builder.select(builder.fcmp_ordered("<", *pair), *pair)

    return _either(a, b)(a, b), code


@_intrinsic
def most(_typing, a, b):
    """Return the greater of two numbers or lanes."""

    def code(_context, builder, _signature, arguments):
        pair = _matched(builder, arguments)
        return builder.select(builder.fcmp_ordered(">", *pair), *pair)

    return _either(a, b)(a, b), code


@_intrinsic
def root(_typing, a):
    """Return the square root of a number or of lanes."""

    def code(_context, builder, _signature, arguments):
        return _call(builder, "sqrt", arguments)

    return a(a), code


@_intrinsic
def times_plus(_typing, a, b, c):
    """Return a b + c of numbers or lanes, rounded once where the machine can."""

    def code(_context, builder, _signature, arguments):
        return _call(builder, "fmuladd", arguments)

    return _either(a, b, c)(a, b, c), code
