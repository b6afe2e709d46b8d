"""One module a peer, each with the same face.

``NAME``; ``LADDER``, tolerances from loose to tight; ``version()``; ``refusal(case)``: why it
cannot be given a case, or ``None``; ``prepare(case, tolerance, kernels, cores)``: a function
that propagates and returns the end positions (n, 3), m. What can be made once for many runs is
made in ``prepare``; what a user pays for every run is in the function.
"""
