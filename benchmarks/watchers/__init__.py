"""Who is asked when a spacecraft is seen: one module each.

``NAME``, ``version()``, and for each case that the tool knows a function of the scene that
prepares it: ``chain(scene, light_time)``, ``passes``, ``far_side``, ``constellation``. It
returns what is timed, a function without arguments that returns windows by name, start and
stop (s past J2000 TDB); or None. That function carries ``words`` on how it was asked, and may
carry ``named``, which makes windows by name of its answer afterwards.
"""
