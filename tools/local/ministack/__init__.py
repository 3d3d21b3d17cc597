"""What runs inside MiniStack's process: it keeps every acknowledged write, and makes queries fast.

Standard library and MiniStack only, because MiniStack has an environment of its own.
"""
