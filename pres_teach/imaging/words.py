from __future__ import annotations
def volume_ml(head, drawn):
    return 0.0
def describe(*a): return ""
def report(*a): return ""
