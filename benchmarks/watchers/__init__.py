"""Who is asked when a spacecraft is seen: one module each.

``NAME``, ``version()``; ``chain(scene, light_time)`` and ``passes(scene)`` prepare a case and
return what is timed, a function without arguments that returns windows by name, start and stop
(s past J2000 TDB); or None where the tool has no such thing.
"""
