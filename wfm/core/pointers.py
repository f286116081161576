"""Memory without its owner, for compiled functions that hand it to each other millions of times a second.

A numba function counts references to every array it is given; in a play of many small functions that takes longer than the play. A
pointer is indexed as an array is, counts nothing, knows no length, and lives only as long as the array it was taken from: compiled
entry points take arrays, and pointers from them for what they call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numba import types
from numba.core import cgutils
from numba.core.extending import intrinsic
from numba.np import arrayobj
from numpy.typing import NDArray

_numba: Any = arrayobj  # as far as type checkers are concerned
_types: Any = types
_pack: Any = cgutils.pack_array


@intrinsic
def _pointer(typingctx: Any, array: Any) -> Any:
    """A pointer to the first item of a contiguous array."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _numba.make_array(signature.args[0])(context, builder, arguments[0]).data

    return _types.CPointer(array.dtype)(array), codegen


@intrinsic
def _view(typingctx: Any, origin: Any, first: Any, end: Any) -> Any:
    """The items from ``first`` up to ``end`` behind a pointer, as an array that owns nothing."""
    result = types.Array(origin.dtype, 1, "C")

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        start, begins, ends = arguments
        array = _numba.make_array(result)(context, builder)
        size = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(origin.dtype)))
        _numba.populate_array(
            array,
            data=builder.gep(start, [begins]),
            shape=_pack(builder, [builder.sub(ends, begins)]),
            strides=_pack(builder, [size]),
            itemsize=size,
            meminfo=None,
        )
        return array._getvalue()

    return result(origin, types.intp, types.intp), codegen


@intrinsic
def _integers_at(typingctx: Any, address: Any) -> Any:
    """A pointer to the whole numbers at an address, as ``array.ctypes.data`` gives it."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

    return _types.CPointer(types.int64)(types.intp), codegen


Item = TypeVar("Item", np.int64, np.float64)

if TYPE_CHECKING:  # to a reader, a pointer is the array itself

    def pointer(array: NDArray[Item]) -> NDArray[Item]:
        """See `_pointer`."""

    def integers_at(address: int) -> NDArray[np.int64]:
        """See `_integers_at`."""

    def view(origin: NDArray[Item], first: int, end: int) -> NDArray[Item]:
        """See `_view`."""

else:
    pointer, integers_at, view = _pointer, _integers_at, _view
