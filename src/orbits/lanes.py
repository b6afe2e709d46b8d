"""Eight float64 at once inside compiled functions, in the vector instructions of the machine.

A compiler vectorises a loop over neighbours in memory, but not one whose every turn needs the
turn before. Here the eight lanes stand for eight such loops, kept in registers. LLVM maps them
to whatever the machine has (one AVX-512 register, two of AVX2, four of NEON).
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, models, register_model

LANES = 8
_intrinsic: Any = intrinsic  # its callers do not pass the typing context that it takes
_VECTOR = ir.VectorType(ir.DoubleType(), LANES)


class _Lanes(types.Type):
    def __init__(self) -> None:
        super().__init__(name="Lanes")


_LANES = _Lanes()


@register_model(_Lanes)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


def _address(context, builder, array_type, array, place):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [place]), _VECTOR.as_pointer())


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
def spread(_typing, number):
    """Return ``number`` in all lanes."""

    def code(_context, builder, _signature, arguments):
        nothing = ir.Constant(_VECTOR, ir.Undefined)
        first = ir.Constant(ir.IntType(32), 0)
        one = builder.insert_element(nothing, arguments[0], first)
        everywhere = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
        return builder.shuffle_vector(one, nothing, everywhere)

    return _LANES(types.float64), code


@_intrinsic
def unit(_typing, lane):
    """Return 1 in ``lane`` and 0 in the others."""

    def code(_context, builder, _signature, arguments):
        zero = ir.Constant(_VECTOR, [0.0] * LANES)
        return builder.insert_element(zero, ir.Constant(ir.DoubleType(), 1.0), arguments[0])

    return _LANES(types.intp), code


@_intrinsic
def times(_typing, a, b):
    """Return a b."""

    def code(_context, builder, _signature, arguments):
        return builder.fmul(*arguments)

    return _LANES(_LANES, _LANES), code


@_intrinsic
def times_plus(_typing, a, b, c):
    """Return a b + c, rounded once where the machine can."""

    def code(_context, builder, _signature, arguments):
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        name = f"llvm.fmuladd.v{LANES}f64"
        return builder.call(
            cgutils.get_or_insert_function(builder.module, kind, name), arguments
        )

    return _LANES(_LANES, _LANES, _LANES), code
