"""Decisions of the desk as pure functions: frozen facts in, a frozen decision with its reasons out.

Only the standard library may be imported here. `now` and `today` are always arguments, all instants are aware UTC,
and nothing is read, written or remembered (compiled rules and opened days aside). Gathering facts and recording
outcomes belongs to the ability next door.
"""
